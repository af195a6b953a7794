"""The state machine of applications, from the table a clerk can read; pure."""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.advice.rows import Row, load_table
from bot.errors import Refused
from storage.rules.ticket_kinds import table

_FILE = Path(__file__).with_name("application_states.yaml")
_WHO = ("sales", "underwriting", "customer")
_LEAD = ("supervisor", "admin")
_HOLES = {"number", "kind", "what"}


@dataclass(frozen=True)
class State:
    """One state: its words, where it leads, who may go there and what that takes."""

    code: str
    label: str
    told: str
    next: tuple[str, ...]
    by: tuple[str, ...]
    owner: str
    hours: int
    needs: tuple[str, ...]
    notice: str
    task: str

    def allows(self, role: str) -> bool:
        """Tell whether ``role`` may take an application here."""
        return role in self.by or role in _LEAD


@dataclass(frozen=True)
class Machine:
    """Where an application may go."""

    states: Mapping[str, State]
    words: Mapping[str, str]
    over: frozenset[str]
    never_for_compulsory: frozenset[str]

    def next(self, status: str) -> list[str]:
        """Return where an application may go."""
        return list(self.states[status].next)

    def check(self, status: str, to: str, given: Mapping[str, Any], role: str) -> None:
        """Refuse a step that the table does not know, that is not this role's, or lacks parts."""
        if to not in self.states[status].next:
            onward = "、".join(self.states[s].label for s in self.next(status)) or "无"
            raise Refused(
                f"「{self.label(status)}」不能直接到「{self.label(to)}」，可以到：{onward}"
            )
        if not self.states[to].allows(role):
            raise Refused(f"到「{self.label(to)}」要由{self._who(to)}来办")
        lacking = [self.words[name] for name in self.states[to].needs if not given.get(name)]
        if lacking:
            raise Refused(f"到「{self.label(to)}」要写明{'、'.join(lacking)}")

    def check_compulsory(self, to: str) -> None:
        """Compulsory cover is neither declined nor put off (CTPL 10)."""
        if to in self.never_for_compulsory:
            raise Refused(
                "交强险不得拒绝或拖延承保（《交强险条例》10 条）；"
                "商业险部分有问题的，请走「有条件承保」写明商业险怎么调整"
            )

    def label(self, status: str) -> str:
        """Return the name of a state."""
        return self.states[status].label if status in self.states else status

    def _who(self, to: str) -> str:
        names = {"sales": "销售", "underwriting": "核保", "customer": "客户本人"}
        return "或".join(names[who] for who in self.states[to].by)


@lru_cache(maxsize=1)
def machine() -> Machine:
    """Return the machine as shipped; raise TableError with file, line and remedy."""
    return load_machine(_FILE)


def load_machine(file: Path) -> Machine:
    """Return the machine of a file; raise TableError with file, line and remedy."""
    raw = load_table(file)
    raw.only("states", "words", "over", "never_for_compulsory")
    known = list(raw.row("states"))
    if "received" not in known:
        raise raw.wrong("states", "没有 received 这个状态", "投保申请从它开始，请补上。")
    words = raw.row("words")
    made = Machine(
        states={code: _state(code, row, known, words) for code, row in raw.named_rows("states")},
        words={name: words.text(name) for name in words},
        over=frozenset(raw.names("over", known)),
        never_for_compulsory=frozenset(raw.names("never_for_compulsory", known)),
    )
    _check_ways(raw, made)
    return made


def _state(code: str, row: Row, known: list[str], words: Row) -> State:
    row.only("label", "told", "next", "by", "owner", "hours", "needs", "notice", "task")
    if not row.get("by"):
        raise row.wrong("by", f"{code} 没写谁能走到这一步", f"请写 by，可用：{'、'.join(_WHO)}。")
    return State(
        code=code,
        label=row.text("label"),
        told=row.text("told"),
        next=row.names("next", known),
        by=row.names("by", _WHO),
        owner=row.text("owner"),
        hours=row.whole("hours", 0),
        needs=row.names("needs", words),
        notice=_notice(row),
        task=_task(row),
    )


def _notice(row: Row) -> str:
    text = row.text("notice", "")
    holes = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    if strays := holes - _HOLES:
        problem = f"notice 里有不认识的 {{{'、'.join(sorted(strays))}}}"
        raise row.wrong("notice", problem, "只能用 {number}、{kind}、{what}。")
    return text


def _task(row: Row) -> str:
    kind = row.text("task", "")
    if kind and kind not in table().kinds:
        raise row.wrong("task", f"没有 {kind} 这种工单", "请写 ticket_kinds.yaml 里的种类。")
    return kind


def _check_ways(table: Row, made: Machine) -> None:
    """Every state can be reached, and every one that is not over leads somewhere."""
    reached = {to for state in made.states.values() for to in state.next} | {"received"}
    for code, row in table.row("states").items():
        if code not in reached:
            raise row.wrong("next", f"没有哪个状态能走到 {code}", "请在别的状态的 next 里写上它。")
        if not made.states[code].next and code not in made.over:
            raise row.wrong("next", f"{code} 走不出去", "请写 next，或者把它列进 over。")
