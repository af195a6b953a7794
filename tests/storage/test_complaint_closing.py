"""After the end of a complaint: asked, counted, reopened, learned from."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from bot.errors import Refused
from storage.complaints_steps import ComplaintSteps
from storage.models.case import Ticket
from storage.models.quality import Improvement
from tests.storage.complaints_kit import CLOSING, DECISION, Room, at


def test_s58_survey_and_call_back_follow_the_closing(room: Room) -> None:
    """Planned for the third day, promised within seven; «no» opens a review by another."""
    number = room.open()
    room.close(number)
    (survey,) = room.desk.outbox("survey_invitation")
    assert (survey.status, survey.due_at) == ("planned", at("2026-10-01T10:00"))
    assert room.clocks(number)["callback"].due_at == at("2026-10-06T00:00")
    room.desk.later(days=4)
    made = room.call_back(number, "no")
    assert made is not None
    assert (made.kind, made.queue, made.about) == ("complaint_review", "lead", number)
    assert room.clocks(number)["callback"].state == "met"
    with pytest.raises(Refused, match="办结以后"):
        room.call_back(room.open(), "yes")
    with pytest.raises(Refused, match="解决了吗"):
        room.call_back(number, "maybe")


def test_who_has_a_conversation_is_asked_there(room: Room) -> None:
    """The plan of surveys asks in the conversation: no second invitation by short message."""
    room.close(room.open("webchat", room.desk.converse("webchat")))
    assert room.desk.outbox("survey_invitation") == []


def test_the_end_is_told_to_the_figures(room: Room) -> None:
    """Accepted, or upheld by a review, counts as success; a mere closing does not."""
    accepted = room.open()
    room.close(accepted)
    upheld = room.open()
    room.decide(upheld)
    room.position(upheld, "rejected")
    room.move(upheld, "review", reason="不服")
    room.move(upheld, "decided", **DECISION)
    room.position(upheld, "rejected")
    room.move(upheld, "closed", **CLOSING)
    refused = room.open()
    room.decide(refused)
    room.position(refused, "rejected")
    room.move(refused, "closed", **CLOSING)
    ends = [room.desk.events(n)[-1].data for n in (accepted, upheld, refused)]
    assert [end.get("outcome") for end in ends] == ["accepted", "upheld", "rejected"]


def test_reopening_takes_back_what_was_planned(room: Room) -> None:
    """A new clock, no survey meanwhile; closed again, asked again."""
    number = room.open()
    room.close(number)
    room.desk.now = at("2026-09-30T10:00")
    with pytest.raises(Refused, match="写明理由"):
        room.move(number, "investigating")
    room.move(number, "investigating", reason="客户说没有道歉")
    complaint = room.get(number)
    assert (complaint.due_on, complaint.closed_at) == (date(2026, 10, 15), None)
    assert [i.status for i in room.desk.outbox("survey_invitation")] == ["suppressed"]
    room.along(number, "decided")
    room.position(number, "accepted")
    room.along(number, "closed")
    statuses = [i.status for i in room.desk.outbox("survey_invitation")]
    assert statuses == ["suppressed", "planned"]


def test_three_of_one_cause_in_a_month_make_an_improvement(room: Room) -> None:
    """The third closes the count; the fourth adds nothing; another month counts anew."""

    def improvements() -> int:
        kinds = select(Ticket).where(Ticket.kind == "improvement")
        items = select(Improvement).where(Improvement.source == "complaint")

        def count(steps: ComplaintSteps) -> tuple[int, int]:
            session = steps.register.uow.session
            return len(session.scalars(kinds).all()), len(session.scalars(items).all())

        tickets, found = room.work(count)
        assert tickets == found
        return found

    for expected in (0, 0, 1, 1):
        room.close(room.open())
        assert improvements() == expected
    room.desk.now = at("2026-10-09T10:00")
    room.close(room.open())
    assert improvements() == 1
