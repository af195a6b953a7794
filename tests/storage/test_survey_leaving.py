"""A survey leaves like any other message of ours: judged at the last moment, asked only then."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from storage.ledger import Happening
from storage.models.case import Survey
from storage.models.conversation import Message
from storage.models.customer import OptOut
from storage.models.ledger import Event
from storage.outbound import campaigns
from tests.storage.claims_kit import Desk
from tests.storage.survey_kit import NOW, complaint, happened, leave, quiet_desk, rows, run, surveys


@pytest.fixture
def desk(database: Engine) -> Desk:
    """A branch with one conversation in which nothing was said for long."""
    return quiet_desk(database)


def _asked(desk: Desk) -> list[tuple[str, datetime]]:
    events = [e for e in rows(desk, Event) if e.kind == "survey.sent"]
    return [(e.case_number, e.at) for e in events]


def test_a_question_counts_as_asked_when_it_leaves(desk: Desk) -> None:
    """The time to answer begins then; with its buttons, in the talk only once it is on its way."""
    late = NOW.replace(hour=22)
    desk.ways.run(lambda uow: uow.ledger.add(Happening("handoff.closed", late, 1, "HO1", "王敏")))
    run(desk, late)
    assert (_asked(desk), rows(desk, Message)) == ([], [])
    morning = (late + timedelta(days=1)).replace(hour=9)
    leave(desk, morning)
    [survey] = [s for s in rows(desk, Survey) if s.about == "handoff"]
    assert _asked(desk) == [(f"SV{survey.id}", morning)]
    assert (survey.sent_at, survey.expires_at) == (morning, morning + timedelta(hours=24))
    [said] = [m for m in rows(desk, Message) if m.author == "bot"]
    assert said.body["buttons"] == ["5", "4", "3", "2", "1"]
    assert leave(desk, morning) == []


WHY_NOT: dict[str, tuple[Callable[[], Any], str]] = {
    "unsubscribed": (
        lambda: OptOut(conversation_id=1, category="survey", at=NOW), "客户退订了这一类消息",
    ),
    "complains": (lambda: complaint("investigating"), "有未办结的投诉"),
}  # fmt: skip


@pytest.mark.parametrize("why", sorted(WHY_NOT))
def test_what_happens_before_it_leaves_counts(why: str, desk: Desk) -> None:
    """It is judged again at the last moment; nobody was asked then, and the reason is kept."""
    row, reason = WHY_NOT[why]
    happened(desk, "handoff.closed", timedelta(minutes=5), case_number="HO1")
    run(desk)
    desk.ways.run(lambda uow: uow.session.add(row()))
    assert leave(desk) == []
    assert ("handoff", "skipped", reason) in surveys(desk)
    assert _asked(desk) == []
    skipped = [e.result for e in rows(desk, Event) if e.kind == "survey.skipped"]
    assert reason in skipped


def test_the_stop_switch_holds_surveys_too(desk: Desk) -> None:
    """Stopped, nothing leaves; stopped too long for the question, nobody is asked."""
    happened(desk, "handoff.closed", timedelta(minutes=5), case_number="HO1")
    run(desk)
    desk.ways.run(lambda uow: campaigns.stop(uow, "survey", "文案写错", "主管", NOW))
    assert leave(desk) == []
    assert ("handoff", "sent", None) in surveys(desk)
    run(desk, NOW + timedelta(hours=25))
    assert ("handoff", "skipped", "没能在有效期内发出去") in surveys(desk)
    desk.ways.run(lambda uow: campaigns.resume(uow, "survey", NOW + timedelta(hours=26)))
    # The question of the quarter, which was not drawn before, is another one.
    assert "survey:handoff:HO1" not in leave(desk, NOW + timedelta(hours=27))
    [handoff] = [s for s in rows(desk, Survey) if s.about == "handoff"]
    assert f"SV{handoff.id}" not in dict(_asked(desk))
