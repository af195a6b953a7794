"""Which conversations somebody of one trade may open: those of their queue, and their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.console.parts import Room
from bot.errors import Refused
from bot.permissions import SERVES
from storage.unit_of_work import UnitOfWork

_ELSEWHERE = "这个会话不在您的队列里，现在不归您看。需要的话请客服转给您这一组。"


def trade_of(here: Room) -> str | None:
    """Return the one queue that this person serves; None for those who serve all."""
    return SERVES.get(here.staff.role)


def within_reach(uow: UnitOfWork, here: Room, row: Mapping[str, Any]) -> bool:
    """Tell whether a conversation is this person's to see."""
    trade = trade_of(here)
    if trade is None or (row["owner"] == "agent" and row["agent"] == here.staff.name):
        return True
    handoff = uow.cases.open_handoff(row["id"])
    return handoff is not None and handoff.skill == trade


def check(uow: UnitOfWork, here: Room, number: int) -> None:
    """Refuse a conversation that is another group's."""
    row = uow.inbox.conversation(number)
    if row is None:
        raise Refused("没有这个会话，可能已经合并或删除。")
    if not within_reach(uow, here, row):
        raise Refused(_ELSEWHERE)
