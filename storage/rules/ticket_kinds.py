"""The kinds of tickets and whose work they are, from the table a clerk can edit; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from bot.clockwork.clocks import UNITS, Rule
from bot.errors import ConfigurationError
from bot.settings import Desk
from bot.yaml_text import safe_load

_FILE = Path(__file__).with_name("ticket_kinds.yaml")
_NEEDED = ("title", "queue", "value", "unit", "calendar", "doing", "basis")
_KEYS: Final = {*_NEEDED, "also", "setting", "warn", "receipt", "private", "internal"}
_CALENDARS = ("desk", "office")
LEADS: Final = frozenset({"supervisor", "admin"})
# The states of a ticket; whatever is not done is open.
STATES: Final = frozenset({"opened", "new", "assigned", "waiting_customer", "restricted", "done",
                              "reopened"})  # fmt: skip
# Nothing of ours is late while it waits for the customer, or for the law to let it be finished.
RESTING: Final = ("done", "waiting_customer", "restricted")
STATUSES: Final[Mapping[str, str]] = {
    "new": "已登记",
    "assigned": "办理中",
    "waiting_customer": "等您补充",
    "restricted": "部分办完，其余依法限制使用",
    "done": "已办结",
    "overdue": "办理中，已超过约定时间",
}


@dataclass(frozen=True)
class Queue:
    """A department as the customer knows it, and the roles that work there."""

    code: str
    title: str
    roles: frozenset[str]


@dataclass(frozen=True)
class Kind:
    """One kind of promise: whose it is, by when, and what the customer is told of it."""

    code: str
    title: str
    queue: Queue
    rule: Rule
    calendar: str
    doing: str
    also: frozenset[str]
    setting: str = ""
    receipt: bool = False
    private: bool = False
    internal: bool = False

    def rule_for(self, desk: Desk) -> Rule:
        """Return the clock, with the value of the configuration where that decides."""
        if not self.setting:
            return self.rule
        return replace(self.rule, value=int(getattr(desk, self.setting)))


@dataclass(frozen=True)
class Kinds:
    """The whole table."""

    queues: Mapping[str, Queue]
    kinds: Mapping[str, Kind]
    routes: Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]]

    def find(self, code: str) -> Kind:
        """Return a kind; one that an older table knew is worked on like a call-back."""
        return self.kinds.get(code) or replace(self.kinds["callback"], code=code, title="服务请求")

    def queue_of(self, kind: Kind, words: str) -> Queue:
        """Return who gets a ticket of this kind in these words."""
        for queue, cues in self.routes.get(kind.code, ()):
            if any(cue in words for cue in cues):
                return self.queues[queue]
        return kind.queue

    def seen_by(self, role: str) -> frozenset[str]:
        """Return the kinds that a role may see, whichever queue they are in."""
        if role in LEADS:
            return frozenset(self.kinds)
        return frozenset(
            code for code, kind in self.kinds.items() if role in kind.also | kind.queue.roles
        )

    def queues_of(self, role: str) -> frozenset[str]:
        """Return the queues that a role works on."""
        return frozenset(q.code for q in self.queues.values() if role in q.roles | LEADS)


@lru_cache(maxsize=1)
def table() -> Kinds:
    """Return the table; raise ConfigurationError with file, place and remedy."""
    raw: dict[str, Any] = safe_load(_FILE.read_text(encoding="utf-8"))
    return read(raw)


def read(raw: Mapping[str, Any]) -> Kinds:
    """Return the table of parsed YAML, checked row by row."""
    queues = {
        code: Queue(code, str(row["title"]), frozenset(row["roles"]))
        for code, row in raw["queues"].items()
    }
    kinds = {code: _kind(code, row, queues) for code, row in raw["kinds"].items()}
    routes = {
        kind: tuple((row["queue"], tuple(map(str, row["words"]))) for row in rows)
        for kind, rows in (raw.get("routes") or {}).items()
    }
    for kind, rows in routes.items():
        if kind not in kinds or any(queue not in queues for queue, _ in rows):
            raise _wrong(f"routes.{kind}", "种类或队列没有定义，请改正")
    return Kinds(queues, kinds, routes)


def _kind(code: str, row: Mapping[str, Any], queues: Mapping[str, Queue]) -> Kind:
    _check(code, row, queues)
    rule = Rule(
        code=code,
        label=row["title"],
        value=row["value"],
        unit=row["unit"],
        start=("opened", "reopened"),
        stop=("done",),
        basis=row["basis"],
        start_label="登记",
        warn=tuple(row.get("warn", ())),
        pauses={"waiting_customer": "等客户补充", "restricted": "依法要保留的到期才能删"},
        restarts=True,
    )
    return Kind(
        code,
        row["title"],
        queues[row["queue"]],
        rule,
        row["calendar"],
        row["doing"],
        frozenset(row.get("also", ())),
        row.get("setting", ""),
        bool(row.get("receipt")),
        bool(row.get("private")),
        bool(row.get("internal")),
    )


def _check(code: str, row: Mapping[str, Any], queues: Mapping[str, Queue]) -> None:
    if lacking := [key for key in _NEEDED if key not in row]:
        raise _wrong(code, f"缺少 {'、'.join(lacking)}，请补上")
    if strays := sorted(row.keys() - _KEYS):
        raise _wrong(code, f"不认识 {'、'.join(strays)}，请改正或删去")
    if row["queue"] not in queues:
        raise _wrong(code, f"的队列 {row['queue']} 没有定义，请改正")
    if row["unit"] not in UNITS or not isinstance(row["value"], int) or row["value"] < 1:
        raise _wrong(code, f"的 value 须为正整数，unit 须是 {'、'.join(UNITS)} 之一")
    if row["calendar"] not in _CALENDARS:
        raise _wrong(code, f"的 calendar 须是 {'、'.join(_CALENDARS)} 之一")
    if row.get("setting") and row["setting"] not in Desk.model_fields:
        raise _wrong(code, "的 setting 不是 desk 里的一项，请改正")


def _wrong(place: str, remedy: str) -> ConfigurationError:
    return ConfigurationError(f"{_FILE.name}：{place} {remedy}")
