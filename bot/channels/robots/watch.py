"""Looks for what the groups should hear, and merges it into one post a robot at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import RowMapping, text

from bot.settings import Robot
from storage.robot_notes import Occasion, RobotNotes
from storage.rules.skills import skills
from storage.unit_of_work import UnitOfWork

CHANNEL = KIND = "robot"
_LOCK = 7_2026_18
_MOST_LINES = 12
_TITLES: Final = {
    "handoff": "排队",
    "alarm": "主管提醒",
    "claim_p0": "特急案件",
    "complaint_late": "投诉超期",
}
_LEVELS: Final = {"P0": "特急", "P1": "紧急", "P2": "优先", "human": "普通"}


@dataclass(frozen=True)
class Watch:
    """One look; safe to run twice and by several processes."""

    robots: Sequence[Robot]
    public_url: str

    def __call__(self, uow: UnitOfWork, now: datetime) -> bool:
        """Note what is new and owe what can leave; tell whether anything can."""
        if not _alone(uow):
            return False
        notes = RobotNotes(uow.connection)
        occasions = list(notes.occasions(now))
        for robot in self.robots:
            self._note(notes, robot, occasions, now)
            self._post(uow, notes, robot, now)
        return uow.owes

    def _note(
        self, notes: RobotNotes, robot: Robot, occasions: Sequence[Occasion], now: datetime
    ) -> None:
        wanted = {one.key: one for one in occasions if _wants(robot, one)}
        for key in sorted(notes.unknown(robot.name, list(wanted))):
            notes.add(robot.name, wanted[key], self._line(wanted[key]), now)

    def _line(self, one: Occasion) -> str:
        """Return one line of the post: numbers and groups, never a person."""
        return f"{_TITLES[one.event]}：{_WORDS[one.event](one.row)}{self._link(one)}"

    def _link(self, one: Occasion) -> str:
        paths = {
            "handoff": f"inbox?c={one.about}",
            "alarm": f"inbox?c={one.about}" if one.about else "floor",
            "claim_p0": f"claims/{one.about}",
            "complaint_late": f"complaints/{one.about}",
        }
        return f" [打开]({self.public_url.rstrip('/')}/console/{paths[one.event]})"

    def _post(self, uow: UnitOfWork, notes: RobotNotes, robot: Robot, now: datetime) -> None:
        """Put all that waits into one post unless one is under way."""
        waiting = notes.untold(robot.name)
        if not waiting or notes.under_way(CHANNEL, robot.name):
            return
        stale, rest = _parted(notes, waiting)
        if stale:
            notes.told([row["id"] for row in stale], "")
        if not rest:
            return
        key = f"robot:{robot.name}:{rest[0]['id']}"
        uow.outbox.queue(
            dedupe_key=key,
            kind=KIND,
            channel=CHANNEL,
            account=robot.name,
            peer=robot.name,
            body={"type": KIND, "text": _whole(rest)},
            due_at=now,
            now=now,
        )
        notes.told([row["id"] for row in rest], key)


def _wants(robot: Robot, one: Occasion) -> bool:
    """A robot that does not work is no place to say that it does not work."""
    data = one.row.get("data")
    own = isinstance(data, dict) and data.get("robot") == robot.name
    return one.event in robot.events and not own


def _parted(
    notes: RobotNotes, waiting: Sequence[RowMapping]
) -> tuple[list[RowMapping], list[RowMapping]]:
    """Part those customers whom somebody has taken meanwhile from what is still to be told."""
    numbers = {row["id"]: str(row["key"]).split(":")[1] for row in waiting}
    open_ = notes.still_waiting(list(numbers.values()))
    stale = [r for r in waiting if r["event"] == "handoff" and numbers[r["id"]] not in open_]
    gone = {row["id"] for row in stale}
    return stale, [row for row in waiting if row["id"] not in gone]


def _whole(rows: Sequence[RowMapping]) -> str:
    """Return the post in the robots' Markdown; a flood is counted, not listed."""
    lines = [f"> {row['text']}" for row in rows[:_MOST_LINES]]
    if len(rows) > _MOST_LINES:
        lines.append(f"> 另有 {len(rows) - _MOST_LINES} 条，请到控制台看")
    return "\n".join([f"**安答提醒**（{len(rows)} 条）", *lines])


def _handoff(row: Mapping[str, Any]) -> str:
    level = _LEVELS.get(str(row["level"]), str(row["level"]))
    return f"{skills().title(str(row['skill']))}，{level}，{row['number']} 在等人接"


def _alarm(row: Mapping[str, Any]) -> str:
    data = row["data"] or {}
    return " ".join(str(data.get(part) or "") for part in ("level", "why", "handoff")).strip()[:120]


_WORDS: Final[Mapping[str, Callable[[Mapping[str, Any]], str]]] = {
    "handoff": _handoff,
    "alarm": _alarm,
    "claim_p0": lambda row: f"{row['number']}，马上联系客户",
    "complaint_late": lambda row: f"{row['number']}，{row['due_at']:%m月%d日 %H:%M} 到期，还没办结",
}


def _alone(uow: UnitOfWork) -> bool:
    """Tell whether no other process looks now; SQLite has one writer anyway."""
    if uow.connection.dialect.name != "postgresql":
        return True
    query = text("SELECT pg_try_advisory_xact_lock(:lock)")
    return bool(uow.connection.execute(query, {"lock": _LOCK}).scalar())
