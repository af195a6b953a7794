"""The list beside the conversations: a page of a tab, its clocks, and what the desk has to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from bot.console.pages import show, span
from bot.console.parts import Room, may
from bot.console.reach import trade_of
from bot.console.times import left, on
from bot.console.unreachable import in_words
from bot.dialogue.registry import Registry
from storage.floor import DEFAULT_CAPACITY
from storage.inbox_list import PAGE, TABS, Load, Row
from storage.inbox_tabs import read_key
from storage.rules.skills import skills
from storage.unit_of_work import UnitOfWork
from storage.unreachable import WayLeft, ways_left

router = APIRouter(prefix="/console/inbox")
# So much a page shows at once; what lies before and after is fetched when it is scrolled to.
_LONGEST = 200
_WINDOW_SOON = timedelta(hours=6)
# What says nothing about the matter: the wish for a person itself.
_NO_TOPIC = frozenset({"human", "greet"})
Word = Annotated[str, Query(max_length=10)]


@dataclass(frozen=True)
class Clock:
    """A clock of a row: what it says, its colour ('' while there is time), the long form."""

    text: str
    tone: str = ""
    title: str = ""


@dataclass(frozen=True)
class Shown:
    """A row with its clocks, and what the customer is about ('' where nothing is open)."""

    row: Row
    clocks: Sequence[Clock]
    topic: str


@router.get("/list")
def listed(
    request: Request,
    here: Annotated[Room, Depends(may("desk", "read"))],
    tab: Word = "queue",
    shown: Annotated[int, Query(ge=PAGE, le=_LONGEST)] = PAGE,
    after: Annotated[str, Query(max_length=160)] = "",
) -> Response:
    """Show ``shown`` rows of a tab, those after the row whose key is ``after``."""
    return show(request, "_list.html", **page(here, tab, shown, after), alone=True)


def page(here: Room, tab: str, shown: int = PAGE, start: str = "") -> dict[str, Any]:
    """Return what the list shows: rows, how many wait, and the person's own state."""
    tab, trade = tab if tab in TABS else "queue", trade_of(here)
    key = read_key(tab, start) if start else None

    def read(uow: UnitOfWork) -> dict[str, Any]:
        name = here.staff.name
        state = uow.floor.state_of(name)
        rows = uow.inbox.rows(tab, name, here.now, shown + 1, trade, key)
        gone = ways_left(uow.connection, [row.id for row in rows[:shown]])
        return {
            "rows": [_shown(here, row, gone.get(row.id)) for row in rows[:shown]],
            "more": len(rows) > shown,
            "load": uow.inbox.load(name, here.now, trade),
            "state": state.state if state else "offline",
            "reason": state.reason if state else "",
        }

    found = here.read(read)
    return {"tab": tab, "skills": skills(), **found, **_counted(found["load"], here.now)}


def _counted(load: Load, now: datetime) -> dict[str, Any]:
    """Return the figures of the bar at the top."""
    waited = (now - load.oldest).total_seconds() if load.oldest and load.queue else 0
    return {
        "counts": {"mine": load.mine, "queue": load.queue},
        "capacity": max(1, load.capacity or DEFAULT_CAPACITY),
        "longest": int(waited),
    }


def _shown(here: Room, row: Row, gone: WayLeft | None) -> Shown:
    patience = timedelta(minutes=here.parts.settings.desk.answer_minutes)
    clocks = [_answer(row, here.now, patience), _back(row, here.now)]
    # Where nobody is, it does not matter how long one may write there.
    clocks.append(_gone(gone) if gone else _window(row, here.now))
    return Shown(row, [one for one in clocks if one], _topic(here.parts.registry, row))


def _answer(row: Row, now: datetime, patience: timedelta) -> Clock | None:
    """Until when this customer is to be answered: as was promised, or since they wrote."""
    if row.owner == "queue" and row.level in ("P0", "P1"):
        return Clock("马上接", "chip-red", "紧急，不分先后马上接")
    if row.owner == "queue" and row.answer_by is not None:
        title = f"答应客户 {on(row.answer_by, now)} 前有人接"
        return Clock(left(row.answer_by, now), _tone(row.answer_by - now, patience), title)
    if row.owner != "agent" or row.author != "customer":
        return None
    waits = (now - row.last_at).total_seconds()
    title = "客户说了话，还没有人回"
    return Clock(f"等回复 {span(waits)}", _tone(row.last_at + patience - now, patience), title)


def _tone(rest: timedelta, patience: timedelta) -> str:
    """Red when the time is over, amber in its last half."""
    if rest <= timedelta():
        return "chip-red"
    return "chip-amber" if rest <= patience / 2 else ""


def _back(row: Row, now: datetime) -> Clock | None:
    if row.snoozed_until is None or row.snoozed_until <= now:
        return None
    return Clock(f"{on(row.snoozed_until, now)} 回来", "", "搁置到这个时候")


def _gone(left: WayLeft) -> Clock:
    """Nobody reads it there any more; which way is left."""
    found = in_words(left)
    return Clock(found.brief, "chip-red", f"{found.why}，{found.way}")


def _window(row: Row, now: datetime) -> Clock | None:
    """The 48 hours of WeChat, where they end soon or have ended."""
    if row.left is None:
        return None
    until = row.left.until
    if until is None or until <= now:
        return Clock("窗口已关", "chip-red", "客户超过 48 小时没说话，微信里发不到了")
    if until - now > _WINDOW_SOON:
        return None
    return Clock(f"窗口{left(until, now)}", "chip-amber", f"微信到 {on(until, now)} 为止能发")


def _topic(registry: Registry, row: Row) -> str:
    """Return what the customer is about; what a form has put before itself is not it."""
    for name in reversed(row.flows):
        flow = registry.flows.get(name)
        if flow is not None and not flow.gate and name not in _NO_TOPIC:
            return flow.title
    return ""
