"""The rules of outbound messages, from a clerk's table: kinds, ladders, caps, steps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from functools import lru_cache
from pathlib import Path
from string import Formatter
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from bot.errors import ConfigurationError
from bot.yaml_text import safe_load
from storage.rules import message_templates, ticket_kinds

_FILE = Path(__file__).with_name("outbound.yaml")
Way = Literal["custom", "template", "notice", "sms", "task"]
Check = Literal["policy", "unpaid", "complaint", "complaint_any", "claim", "claim_any"]
_ORDINARY = 50
Count = Annotated[int, Field(ge=1)]
TEXT_WORDS = frozenset({"who", "product", "object", "ends", "starts", "road", "hotline"})


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Quiet(_Part):
    """When nobody is written to."""

    begins: time = Field(alias="from")
    ends: time = Field(alias="to")


class Allowance(_Part):
    """How many customer-service messages an action of the customer allows, for how long."""

    count: Count
    seconds: Count


class Allowances(_Part):
    """The two kinds of actions."""

    message: Allowance
    tap: Allowance
    kept: Annotated[int, Field(ge=0, le=4)] = 0


class Cap(_Part):
    """The most that one person gets of some kinds within some hours."""

    hours: Count
    count: Count
    kinds: tuple[str, ...]


class Reserve(_Part):
    """The share of a day's quota that only urgent kinds may use."""

    share: Annotated[float, Field(ge=0, lt=1)]
    priority: int


class Beside(_Part):
    """How campaigns make room while customers write."""

    quiet_seconds: Count
    share: Annotated[float, Field(gt=0, le=1)]
    longest_seconds: Annotated[float, Field(gt=0, le=10)]


class Kind(_Part):
    """What may be sent, how, and what is looked at again before it leaves."""

    title: str
    priority: int
    opt_out: str
    ways: Annotated[tuple[Way, ...], Field(min_length=1)]
    ticket: str
    template: str = ""
    recheck: tuple[Check, ...] = ()
    cap: str = ""
    consent: str = ""
    quiet: bool = True
    repeat: bool = False
    staff: bool = False


class Step(_Part):
    """One touch relative to a date of a policy."""

    code: str
    days: int
    kind: str
    text: str
    road: str = ""

    @model_validator(mode="after")
    def _known_words(self) -> Self:
        used = {key for _, key, _, _ in Formatter().parse(self.text) if key is not None}
        if used - TEXT_WORDS:
            raise ValueError(f"{self.code} 用了没有的 {used - TEXT_WORDS}")
        return self


class Family(_Part):
    """Steps around one date of a policy, and the hour they are due at."""

    at: time
    steps: tuple[Step, ...]
    # What is said on another day than planned, where the steps speak of «today» or «15 days».
    late: str = ""

    @model_validator(mode="after")
    def _known_words_late(self) -> Self:
        used = {key for _, key, _, _ in Formatter().parse(self.late) if key is not None}
        if used - TEXT_WORDS:
            raise ValueError(f"late 用了没有的 {used - TEXT_WORDS}")
        return self


class Renewal(Family):
    """The steps around the end of a policy."""

    page: Count
    skip_status: tuple[str, ...]
    lines_to_people: tuple[str, ...]
    neutral: str


class Payment(Family):
    """The steps before a premium is due."""

    open: tuple[str, ...]


class Rules(_Part):
    """The whole table."""

    quiet: Quiet
    window_hours: Count
    retry_minutes: tuple[Count, ...]
    quota: Mapping[str, Count]
    minute_quota: Mapping[str, Count]
    beside_customers: Beside
    reserve: Reserve
    allowance: Allowances
    caps: Mapping[str, Cap]
    kinds: Mapping[str, Kind]
    renewal: Renewal
    payment: Payment
    issued: Family

    def families(self) -> dict[str, Family]:
        """Return the steps about policies by the name of their family."""
        return {"renewal": self.renewal, "payment": self.payment, "issued": self.issued}

    def steps(self) -> dict[str, Step]:
        """Return all steps by code."""
        return {step.code: step for family in self.families().values() for step in family.steps}

    @model_validator(mode="after")
    def _names_exist(self) -> Self:
        for code, kind in self.kinds.items():
            if kind.cap and kind.cap not in self.caps:
                raise ValueError(f"kinds.{code}.cap 写的 {kind.cap} 不在 caps 里")
            if kind.template and kind.template not in message_templates.templates():
                raise ValueError(f"kinds.{code}.template 写的 {kind.template} 没有这个模板")
            if {"template", "notice"} & set(kind.ways) and not kind.template:
                raise ValueError(f"kinds.{code} 走模板，要写 template")
            if kind.ticket not in ticket_kinds.table().kinds:
                raise ValueError(f"kinds.{code}.ticket 写的 {kind.ticket} 没有这种工单")
        for step in self.steps().values():
            if step.kind not in self.kinds:
                raise ValueError(f"{step.code}.kind 写的 {step.kind} 不在 kinds 里")
        return self


@lru_cache(maxsize=1)
def rules() -> Rules:
    """Return the table; raise ConfigurationError with file, place and remedy."""
    return read(_FILE)


def read(file: Path) -> Rules:
    """Return the rules of a file."""
    try:
        return Rules.model_validate(safe_load(file.read_text(encoding="utf-8")))
    except ValidationError as error:
        lines = [f"{'.'.join(map(str, e['loc']))}：{e['msg']}" for e in error.errors()]
        raise ConfigurationError(f"{file.name} 有误，请改：" + "；".join(lines)) from error


def priority_of(kind: str) -> int:
    """Return how urgent a kind is; one that is not in the table waits with the ordinary ones."""
    found = rules().kinds.get(kind)
    return found.priority if found else _ORDINARY
