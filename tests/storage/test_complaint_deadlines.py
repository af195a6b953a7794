"""The deadlines of a complaint: prolonged, suspended, or beyond the calendar."""

from __future__ import annotations

from datetime import date

import pytest

from bot.errors import Refused
from tests.storage.complaints_kit import DECISION, Room, at


def test_15_30_60_with_approval_and_notice(room: Room) -> None:
    """Each prolongation is asked for, approved by another with the right to, and told at once."""
    number = room.open()
    with pytest.raises(Refused, match="没有等待审批"):
        room.approve(number)
    room.ask(number)
    assert room.get(number).due_on == date(2026, 10, 13)  # asking moves nothing
    with pytest.raises(Refused, match="在等审批"):
        room.ask(number)
    with pytest.raises(Refused, match="不能自己批准"):
        room.approve(number, actor="api:王专员")
    room.approve(number)
    assert room.get(number).due_on == date(2026, 10, 28)
    assert "办理期限延至 2026年10月28日，已经客户服务部主管批准" in room.texts()[-1]
    assert "要调取三个月的录音" in room.clocks(number)["decision"].reason
    room.ask(number, "等司法鉴定")
    with pytest.raises(Refused, match="分公司负责人"):
        room.approve(number)
    room.approve(number, role="admin")
    assert room.get(number).due_on == date(2026, 11, 27)
    with pytest.raises(Refused, match="最多 2 次"):
        room.ask(number)


def test_a_refused_prolongation_moves_nothing(room: Room) -> None:
    """And it may be asked for again with a better reason."""
    number = room.open()
    room.ask(number)
    room.approve(number, yes=False)
    assert room.get(number).due_on == date(2026, 10, 13)
    room.ask(number, "确需鉴定")


def test_too_late_is_too_late(room: Room) -> None:
    """After the day nobody prolongs; nor after the decision."""
    number = room.open()
    room.ask(number)
    room.desk.now = at("2026-10-14T00:00")
    with pytest.raises(Refused, match="不能再延期"):
        room.approve(number)
    other = room.open()
    room.decide(other)
    with pytest.raises(Refused, match="不用延期"):
        room.ask(other)


def test_a_suspension_stops_the_clock(room: Room) -> None:
    """Ten days before the court are ten days more, and it goes back whence it came."""
    number = room.open()
    room.along(number, "accepted", "investigating")
    room.desk.later(days=1)
    room.move(number, "suspended", reason="法院已受理")
    room.desk.later(days=10)
    assert room.clocks(number)["decision"].state == "paused"
    with pytest.raises(Refused, match="可以到"):
        room.move(number, "decided", **DECISION)
    room.move(number, "investigating")
    assert room.get(number).due_on == date(2026, 10, 23)


def test_the_calendar_may_end_and_complaints_go_on(room: Room) -> None:
    """At the end of the last announced year the legal day is known and the other one is not."""
    room.desk.now = at("2026-12-31T17:00")
    number = room.open()
    clocks = room.clocks(number)
    assert clocks["decision"].due_at == at("2027-01-16T00:00")
    assert clocks["contact_p2"].state == "unknown"
    assert room.get(number).due_on == date(2027, 1, 15)
