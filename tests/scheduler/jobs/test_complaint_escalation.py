"""The ladder: warnings ahead, one rung at once when late, another each time patience runs out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
from sqlalchemy import Engine, select

from bot.clock import SHANGHAI
from scheduler.jobs import complaint_escalation as job
from storage.models.case import Ticket
from tests.storage.claims_kit import desk_on
from tests.storage.complaints_kit import Room

NOW = datetime(2026, 11, 2, 10, 0, tzinfo=SHANGHAI)


@pytest.fixture
def room(database: Engine) -> Iterator[Room]:
    """A branch on a Monday with nothing special ahead."""
    desk = desk_on(database)
    desk.now = NOW
    yield Room(desk)
    desk.ways.close()


def run(room: Room, now: str, *, dry_run: bool = False) -> list[str]:
    """Run the job as if it were then."""
    room.desk.now = datetime.fromisoformat(now).replace(tzinfo=SHANGHAI)
    d = room.desk
    return d.ways.run(lambda uow: job.escalate(uow, d.cipher, d.settings, d.now, dry_run=dry_run))


def contacted(room: Room) -> str:
    """Return a complaint that waits for nothing but its decision."""
    number = room.open()
    room.milestone(number, "contacted", "已通话")
    room.milestone(number, "receipt", "已发")
    return number


def test_it_warns_five_and_two_days_ahead_once_each(room: Room) -> None:
    """Due on the 17th at midnight; nobody is warned twice of the same day."""
    number = contacted(room)
    assert run(room, "2026-11-11T10:00") == []
    assert run(room, "2026-11-13T10:00") == [
        f"{number}：告知处理决定将于 11月17日 24:00 到期，预警"
    ]
    assert run(room, "2026-11-13T10:05") == []
    assert len(run(room, "2026-11-16T10:00")) == 1
    assert room.kinds(number).count("warned") == 2
    assert room.get(number).rung is None


def test_a_late_one_goes_up_step_by_step(room: Room) -> None:
    """P2: one rung at midnight, the next after each working day, to the top and no further."""
    number = contacted(room)
    first = run(room, "2026-11-18T00:00")
    assert first == [f"{number}：告知处理决定已过 11月17日 24:00，上抬到班组长"]
    assert run(room, "2026-11-18T09:00") == []
    assert "客服主管" in run(room, "2026-11-19T17:30")[0]
    assert "分公司消保岗" in run(room, "2026-11-20T17:30")[0]
    assert "分公司领导" in run(room, "2026-11-23T17:30")[0]  # over the weekend
    assert "总公司核查" in run(room, "2026-11-24T17:30")[0]
    assert run(room, "2026-12-20T10:00") == []
    tickets = room.work(
        lambda s: s.register.uow.session.scalars(
            select(Ticket).where(Ticket.kind == "complaint_overdue")
        ).all()
    )
    assert [ticket.about for ticket in tickets] == [number] * 5
    assert room.get(number).rung == 5


def test_after_an_outage_it_goes_where_it_belongs(room: Room) -> None:
    """Missed runs make no detour: the rung is what the clock says."""
    number = contacted(room)
    assert "分公司消保岗" in run(room, "2026-11-20T18:00")[0]
    assert room.kinds(number).count("escalated") == 1


def test_a_first_contact_in_danger_is_urgent(room: Room) -> None:
    """P0: a quarter of an hour for each rung, at any hour."""
    number = room.open(story="再不解决我就开直播曝光")
    lines = run(room, "2026-11-02T10:15")
    assert lines == [f"{number}：首次联系（P0）已过 11月2日 10:15，上抬到班组长"]
    assert "客服主管" in run(room, "2026-11-02T10:30")[0]


def test_what_was_done_in_time_is_left_alone(room: Room) -> None:
    """Decided, withdrawn or merged: nothing to carry up; the rung is taken down."""
    number = contacted(room)
    run(room, "2026-11-18T00:00")
    room.decide(number)
    run(room, "2026-11-18T10:00")
    assert room.get(number).rung is None
    withdrawn = room.open()
    room.move(withdrawn, "withdrawn")
    assert not any(withdrawn in line for line in run(room, "2026-12-20T10:00"))


def test_a_dry_run_says_and_does_nothing(room: Room) -> None:
    """The same lines, and no trace."""
    number = contacted(room)
    said = run(room, "2026-11-18T00:00", dry_run=True)
    assert len(said) == 1
    assert "escalated" not in room.kinds(number)
    assert run(room, "2026-11-18T00:00") == said


def test_a_missing_call_back_is_late_too(room: Room) -> None:
    """S58: closed, and after seven days nobody has called."""
    number = room.open()
    room.close(number)
    assert run(room, "2026-11-08T10:00") == [f"{number}：办结回访将于 11月9日 24:00 到期，预警"]
    assert "班组长" in run(room, "2026-11-10T00:00")[0]
