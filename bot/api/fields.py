"""The values that requests may carry, each normalised and checked in one place."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import Path
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic import StringConstraints as Text

from bot.api.problems import allowed
from bot.clock import SHANGHAI
from bot.dialogue.slot_types.plate_tokens import is_plate

_YEARS = range(2000, 2101)
# A "+" of an address that was not escaped arrives as a space.
_LOST_PLUS = re.compile(r"(T[\d:.]+) (\d{2}:?\d{2})$")
_PHONE = re.compile(r"1[3-9][0-9]{9}|0[0-9]{9,11}")


def _moment(value: Any) -> datetime:
    """Return a time; without an offset it is Shanghai's."""
    if not isinstance(value, str) or len(value) > 40:
        raise ValueError("须为 ISO 8601 时间，例如 2026-11-22T09:30:00+08:00")
    try:
        moment = datetime.fromisoformat(_LOST_PLUS.sub(r"\1+\2", value))
    except ValueError:
        raise ValueError("须为 ISO 8601 时间，例如 2026-11-22T09:30:00+08:00") from None
    if moment.year not in _YEARS:
        raise ValueError("年份超出范围")
    return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)


def _day(value: date) -> date:
    if value.year not in _YEARS:
        raise ValueError("年份超出范围")
    return value


def _plate(value: str) -> str:
    plate = re.sub(r"[\s·.•・\-]", "", unicodedata.normalize("NFKC", value)).upper()
    if not (is_plate(plate) and plate.isalnum()):
        raise ValueError("须为完整车牌，例如 津A12345、津AD12345")
    return plate


def _phone(value: str) -> str:
    phone = re.sub(r"[\s\-]", "", value).removeprefix("+86")
    if not _PHONE.fullmatch(phone):
        raise ValueError("须为 11 位手机号，或带区号的座机")
    return phone


Moment = Annotated[datetime, BeforeValidator(_moment)]
Day = Annotated[date, AfterValidator(_day)]
Plate = Annotated[str, Text(max_length=32), AfterValidator(_plate)]
Phone = Annotated[str, Text(max_length=32), AfterValidator(_phone)]
Code = Annotated[str, Text(pattern=r"^[A-Za-z0-9_\-]{1,64}$")]
Word = Annotated[str, Text(strip_whitespace=True, min_length=1, max_length=64)]
Line = Annotated[str, Text(strip_whitespace=True, min_length=1, max_length=200)]
Story = Annotated[str, Text(strip_whitespace=True, min_length=1, max_length=2_000)]
Reason = Annotated[
    str,
    Text(strip_whitespace=True, min_length=2, max_length=200),
    Field(description="查看原因，记入访问日志"),
]
RowId = Annotated[int, Field(ge=1, le=2**63 - 1)]
PathId = Annotated[int, Path(ge=1, le=2**63 - 1)]
PathNumber = Annotated[str, Path(pattern=r"^[A-Z]{2}[0-9]{12,24}$")]
PathCode = Annotated[str, Path(pattern=r"^[A-Za-z0-9_\-]{1,64}$")]

ClaimLine = Literal["auto", "home", "accident", "liability", "cargo", "property"]
AccidentType = Literal[
    "rear_end", "scrape", "single_vehicle", "hit_object", "flood", "glass", "theft", "fire",
    "hail", "pedestrian", "water_leak", "fall", "other",
]  # fmt: skip
Relation = Literal["self", "family", "friend", "other"]


def one_of(codes: Iterable[str]) -> AfterValidator:
    """Return the check of a filter whose values are known elsewhere; a refusal names them all."""
    known = tuple(codes)

    def checked(value: str | None) -> str | None:
        if value is not None and value not in known:
            raise ValueError(allowed(known))
        return value

    return AfterValidator(checked)


class Body(BaseModel):
    """A request body: a misspelt key is an error."""

    model_config = ConfigDict(extra="forbid")


class OneQuery(BaseModel):
    """What a single record takes."""

    model_config = ConfigDict(extra="forbid")

    reason: Reason | None = None
