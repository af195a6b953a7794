"""Surveys: who is asked, who is not and why, who is credited, what a low score leads to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select

from bot.bootstrap import App
from bot.clock import SHANGHAI
from bot.dialogue.message import InboundMessage
from bot.result import Claim as Answer
from scheduler.jobs import satisfaction_survey
from storage import survey_plan
from storage.ledger import Happening
from storage.models.case import Complaint, Survey, Ticket
from storage.models.conversation import Conversation, Message
from storage.models.customer import OptOut
from storage.models.ledger import Event
from storage.models.outbox import OutboxItem
from storage.unit_of_work import UnitOfWork
from tests.storage.claims_kit import Desk, desk_on

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=SHANGHAI)


@pytest.fixture
def desk(database: Engine) -> Desk:
    """A branch with one conversation in which nothing was said for long."""
    made = desk_on(database)
    made.converse()
    return made


def _happened(desk: Desk, kind: str, ago: timedelta, **said: Any) -> None:
    row = Happening(kind, NOW - ago, **{"conversation_id": 1, **said})
    desk.ways.run(lambda uow: uow.ledger.add(row))


def _run(desk: Desk, now: datetime = NOW) -> None:
    desk.ways.run(lambda uow: satisfaction_survey.ask(uow, now))


def _all(desk: Desk, model: type[Any]) -> list[Any]:
    query = select(model).order_by(model.id)
    return desk.ways.read(lambda uow: list(uow.session.scalars(query)))


def _surveys(desk: Desk) -> list[tuple[str, str, str | None]]:
    return [(s.about, s.status, s.reason) for s in _all(desk, Survey) if s.about != "regular"]


EPISODES = {
    "handoff": ("handoff.closed", timedelta(minutes=5), "HO20261125000001"),
    "claim": ("claim.paid", timedelta(hours=25), "CL20261124000001"),
    "complaint": ("complaint.closed", timedelta(hours=73), "CP20261120000001"),
    "issued": ("policy.issued", timedelta(days=7, hours=1), "TATJ1"),
}


@pytest.mark.parametrize("about", sorted(EPISODES))
def test_every_episode_is_asked_about_once(about: str, desk: Desk) -> None:
    """S15, S58: after its wait, with the one who served credited; running again asks nobody."""
    kind, ago, number = EPISODES[about]
    _happened(desk, kind, ago, case_number=number, actor="王敏")
    _run(desk)
    _run(desk)
    asked = [s for s in _all(desk, Survey) if s.about == about]
    assert [(s.status, s.agent, s.case_number) for s in asked] == [("sent", "王敏", number)]
    assert (
        len([o for o in _all(desk, OutboxItem) if o.dedupe_key == f"survey:{about}:{number}"]) == 1
    )
    said = _all(desk, Message)
    assert any(m.body["buttons"][:1] == ["5"] for m in said)
    sent = [e for e in _all(desk, Event) if e.kind == "survey.sent" and e.label == about]
    assert [e.actor for e in sent] == ["王敏"]


def test_not_before_its_time(desk: Desk) -> None:
    """A claim is asked about a day after payment, not at once."""
    _happened(desk, "claim.paid", timedelta(hours=23), case_number="CL20261124000001")
    _run(desk)
    assert _surveys(desk) == []


def _complaint(status: str) -> Complaint:
    return Complaint(
        number="CP20261120000009", conversation_id=1, channel="wechat", category="理赔",
        severity="P2", status=status, owner="投诉岗", facts={}, decision="", received_at=NOW,
        due_on=date(2026, 12, 5), updated_at=NOW,
    )  # fmt: skip


REASONS: dict[str, tuple[Callable[[], Any], str]] = {
    "an open complaint": (lambda: _complaint("investigating"), "有未办结的投诉"),
    "a customer who wants none": (
        lambda: OptOut(conversation_id=1, category="survey", at=NOW), "客户退订了回访",
    ),
    "asked a moment ago": (
        lambda: Survey(
            key="x", conversation_id=1, about="handoff", status="expired", comment="",
            sent_at=NOW - timedelta(days=6),
        ),
        "7 天内问过同一类",
    ),
}  # fmt: skip


@pytest.mark.parametrize("why", sorted(REASONS))
def test_somebody_is_not_asked_and_the_reason_is_kept(why: str, desk: Desk) -> None:
    """Every no has its reason, in the row and in the ledger; the dry run says the same."""
    row, reason = REASONS[why]
    desk.ways.run(lambda uow: uow.session.add(row()))
    _happened(desk, "handoff.closed", timedelta(minutes=5), case_number="HO1")
    dry = desk.ways.read(lambda uow: satisfaction_survey.rehearse(uow, NOW))
    assert ("handoff:HO1", reason) in dry
    _run(desk)
    assert ("handoff", "skipped", reason) in _surveys(desk)
    assert [o.kind for o in _all(desk, OutboxItem) if "HO1" in o.dedupe_key] == []


def test_the_injured_get_a_call_not_a_form(desk: Desk) -> None:
    """A claim with somebody hurt, or one that was declined, is for people to follow up."""
    number = desk.open(1, injured=True)
    _happened(desk, "claim.paid", timedelta(hours=25), case_number=number)
    _run(desk)
    assert ("claim", "skipped", "人伤案件，改人工关怀") in _surveys(desk)


def test_three_a_week_are_the_most(desk: Desk) -> None:
    """Whatever the occasions, the fourth question of a week is not asked."""

    def asked(uow: UnitOfWork) -> None:
        for n, about in enumerate(("claim", "issued", "complaint")):
            uow.session.add(
                Survey(
                    key=about, conversation_id=1, about=about, status="expired", comment="",
                    sent_at=NOW - timedelta(days=n + 1),
                )
            )  # fmt: skip

    desk.ways.run(asked)
    _happened(desk, "handoff.closed", timedelta(minutes=5), case_number="HO1")
    _run(desk)
    assert ("handoff", "skipped", "7 天内已问过 3 次") in _surveys(desk)


def test_one_question_at_a_time(desk: Desk) -> None:
    """While one waits for its answer the next is not asked, nor given up for good."""
    _happened(desk, "claim.paid", timedelta(hours=25), case_number="CL20261124000001")
    _happened(desk, "handoff.closed", timedelta(minutes=5), case_number="HO1")
    _run(desk)
    assert _surveys(desk) == [("handoff", "sent", None)]
    _run(desk, NOW + timedelta(hours=25))
    assert ("claim", "sent", None) in _surveys(desk)


def test_nobody_is_woken(desk: Desk) -> None:
    """At half past ten at night the question waits until morning, and is valid from then."""
    late = NOW.replace(hour=22, minute=30)
    row = Happening("handoff.closed", late - timedelta(minutes=5), 1, "HO1")
    desk.ways.run(lambda uow: uow.ledger.add(row))
    _run(desk, late)
    survey = next(s for s in _all(desk, Survey) if s.about == "handoff")
    morning = (NOW + timedelta(days=1)).replace(hour=8, minute=5)
    assert survey.sent_at == morning
    assert survey.expires_at == morning + timedelta(hours=24)
    assert survey_plan.polite(NOW) == NOW


def test_the_regular_survey_draws_the_same_from_every_channel(database: Engine) -> None:
    """S55, S86: as many from each channel, once a quarter, the coverage visible."""
    desk = desk_on(database)

    def people(uow: Any) -> None:
        for channel, count in (("wechat", 60), ("webchat", 30), ("phone", 3)):
            for n in range(count):
                uow.session.add(
                    Conversation(
                        channel=channel, account="a", peer=f"{channel}{n}", state={}, owner="bot",
                        owner_rev=0, subscribed=True, last_seq=2, opened_at=NOW, last_at=NOW,
                    )
                )  # fmt: skip

    desk.ways.run(people)
    _run(desk, NOW + timedelta(hours=1))  # they are still talking: nobody is asked
    assert not desk.ways.read(lambda uow: list(survey_plan.strata(uow, NOW - timedelta(days=1))))
    _run(desk, NOW + timedelta(days=1))
    _run(desk, NOW + timedelta(days=1, hours=1))
    covered = desk.ways.read(lambda uow: list(survey_plan.strata(uow, NOW - timedelta(days=1))))
    assert sorted(covered) == [
        ("phone", "regular", 3), ("webchat", "regular", 20), ("wechat", "regular", 20),
    ]  # fmt: skip


def test_one_tap_counts_and_a_low_score_is_called_back(make_app: Callable[[], App]) -> None:
    """The tap is in the ledger at once, for the right person; the callback has its date."""
    app = make_app()
    _say(app, "你好", NOW, "a")
    row = Happening("handoff.closed", NOW, 1, "HO1", "王敏")
    app.transactions.run(lambda uow: uow.ledger.add(row))
    app.transactions.run(lambda uow: satisfaction_survey.ask(uow, NOW))
    texts = _say(app, "2", NOW + timedelta(minutes=1), "b")
    assert "前给您回电" in texts[0]
    events = app.transactions.read(
        lambda uow: list(uow.session.scalars(select(Event).where(Event.kind == "survey.answered")))
    )
    assert [(e.actor, e.value, e.label) for e in events] == [("王敏", 2, "handoff")]
    tickets = app.transactions.read(lambda uow: list(uow.session.scalars(select(Ticket))))
    assert [t.kind for t in tickets] == ["feedback"]
    assert tickets[0].due_at - NOW <= timedelta(hours=4, minutes=1)
    _say(app, "服务方面", NOW + timedelta(minutes=2), "c")
    survey = app.transactions.read(lambda uow: uow.session.scalar(select(Survey)))
    assert survey is not None
    assert survey.answers == {"topics": ["服务质量"]}
    assert "服务方面" in survey.comment


def test_what_is_not_answered_expires(desk: Desk) -> None:
    """An answer after its time does not count; that it was not answered is known."""
    _happened(desk, "handoff.closed", timedelta(minutes=5), case_number="HO1")
    _run(desk)
    _run(desk, NOW + timedelta(hours=25))
    assert ("handoff", "expired", None) in _surveys(desk)


def _say(app: App, text: str, at: datetime, key: str) -> list[str]:
    message = InboundMessage("webchat", "web", "peer-1", key, at, text)
    result = app.transactions.run(lambda uow: app.engine.turn(uow, message, at, Answer()))
    return [reply.text for reply in result.now]
