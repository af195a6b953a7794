"""What a form on a case asks for, and what came back: one place that reads what staff typed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.datastructures import FormData

from bot.clock import SHANGHAI
from bot.dialogue.slot_types.plate_tokens import is_plate
from bot.errors import Refused

Options = Sequence[tuple[str, str]]
_MOST = {"line": 200, "story": 2_000, "name": 64}
_CODE = re.compile(r"[A-Za-z0-9_\-]{1,64}")
_TAIL = re.compile(r"\d{4}")
_PHONE = re.compile(r"1[3-9][0-9]{9}|0[0-9]{9,11}")
_YEARS = range(2000, 2101)
_LARGEST = Decimal(10**10)


@dataclass(frozen=True)
class Field:
    """One thing that is asked for. ``parts`` are the fields of a group, ``rows`` how many of it."""

    name: str
    label: str
    kind: str = "line"
    required: bool = False
    options: Options = ()
    parts: tuple[Field, ...] = ()
    rows: int = 0
    help: str = ""
    value: str = ""

    @property
    def needed(self) -> Field:
        """Return the same field, to be filled in."""
        return replace(self, required=True)


@dataclass(frozen=True)
class Step:
    """Something that may be done now: where it leads, its name, and what it takes."""

    to: str
    label: str
    fields: Sequence[Field] = ()


async def _sent(request: Request) -> FormData:
    return await request.form()


Sent = Annotated[FormData, Depends(_sent)]


def text_of(form: FormData, name: str, kind: str = "line") -> str:
    """Return what was typed, clean and not too long; raise Refused."""
    raw = form.get(name)
    text = (raw if isinstance(raw, str) else "").replace("\0", "").strip()
    if len(text) > _MOST.get(kind, 2_000):
        raise Refused(
            f"写得太长了，这一项最多 {_MOST.get(kind, 2_000)} 字，现在是 {len(text)} 字。"
        )
    return text


def read(fields: Sequence[Field], form: FormData, prefix: str = "") -> dict[str, Any]:
    """Return the values that were filled in; raise Refused naming the one that cannot be read."""
    found = {}
    for field in fields:
        value = _value(field, form, prefix + field.name)
        if value not in (None, "", [], {}):
            found[field.name] = value
        elif field.required:
            raise Refused(f"请填写「{field.label}」。")
    return found


def _value(field: Field, form: FormData, name: str) -> Any:
    if field.kind == "group":
        return _group(field, form, name)
    if field.kind == "checks":
        known = {code for code, _ in field.options}
        return [one for one in map(str, form.getlist(name)) if one in known]
    text = text_of(form, name, field.kind)
    if not text:
        return None
    try:
        return _READ.get(field.kind, _plain)(field, text)
    except (ValueError, InvalidOperation):
        hint = _HINTS.get(field.kind, "请检查")
        raise Refused(f"「{field.label}」没填对：{hint}。") from None


def _group(field: Field, form: FormData, name: str) -> Any:
    """Return the parts of a group, or of each row that somebody began to fill in."""
    if not field.rows:
        return read(field.parts, form, f"{name}.") if _begun(field.parts, form, f"{name}.") else {}
    rows = [f"{name}.{number}." for number in range(field.rows)]
    return [read(field.parts, form, row) for row in rows if _begun(field.parts, form, row)]


def _begun(parts: Sequence[Field], form: FormData, prefix: str) -> bool:
    typed = [part for part in parts if part.kind != "choice"] or list(parts)
    return any(str(form.get(prefix + part.name) or "").strip() for part in typed)


def _plain(_: Field, text: str) -> str:
    return text


def _choice(field: Field, text: str) -> str:
    if text not in {code for code, _ in field.options}:
        raise ValueError(text)
    return text


def fen(text: str) -> int:
    """Return a sum in yuan as fen."""
    clean = unicodedata.normalize("NFKC", text).replace(",", "").removesuffix("元").strip()
    amount = Decimal(clean)
    if not amount.is_finite() or amount <= 0 or amount > _LARGEST or amount != round(amount, 2):
        raise ValueError(text)
    return int(amount * 100)


def moment(text: str) -> datetime:
    """Return a time; without an offset it is Shanghai's."""
    found = datetime.fromisoformat(text)
    if found.year not in _YEARS:
        raise ValueError(text)
    return found if found.tzinfo else found.replace(tzinfo=SHANGHAI)


def plate(text: str) -> str:
    """Return a number plate as it is stored."""
    clean = re.sub(r"[\s·.•・\-]", "", unicodedata.normalize("NFKC", text)).upper()
    if not (is_plate(clean) and clean.isalnum()):
        raise ValueError(text)
    return clean


def phone(text: str) -> str:
    """Return a telephone number as it is stored."""
    clean = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", text)).removeprefix("+86")
    if not _PHONE.fullmatch(clean):
        raise ValueError(text)
    return clean


def _matching(pattern: re.Pattern[str], text: str) -> str:
    if not pattern.fullmatch(text):
        raise ValueError(text)
    return text


def _count(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 10**9:
        raise ValueError(text)
    return number


def _names(text: str) -> list[str]:
    names = [name.strip() for name in re.split(r"[\n、；;]", text)]
    if any(len(name) > 200 for name in names) or len(names) > 40:
        raise ValueError(text)
    return [name for name in names if name]


_YES, _NO = ("yes", "on", "是", "有"), ("no", "否", "没有")


def _flag(text: str) -> bool:
    """Return yes or no; what is neither is never taken for a no."""
    if text not in _YES + _NO:
        raise ValueError(text)
    return text in _YES


_READ: Mapping[str, Callable[[Field, str], Any]] = {
    "choice": _choice,
    "money": lambda _, text: fen(text),
    "moment": lambda _, text: moment(text),
    "date": lambda _, text: date.fromisoformat(text).isoformat(),
    "tail": lambda _, text: _matching(_TAIL, text),
    "code": lambda _, text: _matching(_CODE, text),
    "plate": lambda _, text: plate(text),
    "phone": lambda _, text: phone(text),
    "count": lambda _, text: _count(text),
    "names": lambda _, text: _names(text),
    "flag": lambda _, text: _flag(text),
}
_HINTS: Mapping[str, str] = {
    "choice": "请从列表里选",
    "money": "写金额，单位元，最多两位小数，如 1280.50",
    "moment": "请选日期和时间",
    "date": "请选日期",
    "tail": "写最后 4 位数字",
    "code": "只能用字母、数字和短横线",
    "plate": "写完整车牌，如 津A12345",
    "phone": "写 11 位手机号，或带区号的座机",
    "count": "写一个数",
    "flag": "请选「是」或「否」",
    "names": "一行写一项，最多 40 项",
}
