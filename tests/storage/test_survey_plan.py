"""Surveys: who is asked, who is not and why, who is credited, what a low score leads to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select

from bot.bootstrap import App
from bot.dialogue.message import InboundMessage
from bot.result import Claim as Answer
from scheduler.jobs import satisfaction_survey
from storage import survey_draw, survey_plan
from storage.ledger import Happening
from storage.models.case import Survey, Ticket
from storage.models.conversation import Conversation, Message
from storage.models.customer import Customer, OptOut
from storage.models.ledger import Event
from storage.models.outbox import OutboxItem
from storage.models.policy import Policy
from storage.unit_of_work import UnitOfWork
from tests.storage.claims_kit import Desk, desk_on
from tests.storage.survey_kit import NOW, complaint, happened, leave, quiet_desk, rows, run, surveys


@pytest.fixture
def desk(database: Engine) -> Desk:
    """A branch with one conversation in which nothing was said for long."""
    return quiet_desk(database)


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
    happened(desk, kind, ago, case_number=number, actor="王敏")
    run(desk)
    run(desk)
    leave(desk)
    asked = [s for s in rows(desk, Survey) if s.about == about]
    assert [(s.status, s.agent, s.case_number) for s in asked] == [("sent", "王敏", number)]
    assert (
        len([o for o in rows(desk, OutboxItem) if o.dedupe_key == f"survey:{about}:{number}"]) == 1
    )
    said = rows(desk, Message)
    assert any(m.body.get("buttons", ())[:1] == ["5"] for m in said)
    sent = [e for e in rows(desk, Event) if e.kind == "survey.sent" and e.label == about]
    assert [e.actor for e in sent] == ["王敏"]


def test_not_before_its_time(desk: Desk) -> None:
    """A claim is asked about a day after payment, not at once."""
    happened(desk, "claim.paid", timedelta(hours=23), case_number="CL20261124000001")
    run(desk)
    assert surveys(desk) == []


REASONS: dict[str, tuple[Callable[[], Any], str]] = {
    "an open complaint": (lambda: complaint("investigating"), "有未办结的投诉"),
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
    happened(desk, "handoff.closed", timedelta(minutes=5), case_number="HO1")
    dry = desk.ways.read(lambda uow: satisfaction_survey.rehearse(uow, NOW))
    assert ("handoff:HO1", reason) in dry
    run(desk)
    assert ("handoff", "skipped", reason) in surveys(desk)
    assert [o.kind for o in rows(desk, OutboxItem) if "HO1" in o.dedupe_key] == []


def test_the_injured_get_a_call_not_a_form(desk: Desk) -> None:
    """A claim with somebody hurt, or one that was declined, is for people to follow up."""
    number = desk.open(1, injured=True)
    happened(desk, "claim.paid", timedelta(hours=25), case_number=number)
    run(desk)
    assert ("claim", "skipped", "人伤案件，改人工关怀") in surveys(desk)


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
    happened(desk, "handoff.closed", timedelta(minutes=5), case_number="HO1")
    run(desk)
    assert ("handoff", "skipped", "7 天内已问过 3 次") in surveys(desk)


def test_one_question_at_a_time(desk: Desk) -> None:
    """While one waits for its answer the next is not asked, nor given up for good."""
    happened(desk, "claim.paid", timedelta(hours=25), case_number="CL20261124000001")
    happened(desk, "handoff.closed", timedelta(minutes=5), case_number="HO1")
    run(desk)
    assert surveys(desk) == [("handoff", "sent", None)]
    run(desk, NOW + timedelta(hours=25))
    assert ("claim", "sent", None) in surveys(desk)


def test_nobody_is_woken(desk: Desk) -> None:
    """At half past ten at night the question waits until morning, and is valid from then."""
    late = NOW.replace(hour=22, minute=30)
    row = Happening("handoff.closed", late - timedelta(minutes=5), 1, "HO1")
    desk.ways.run(lambda uow: uow.ledger.add(row))
    run(desk, late)
    survey = next(s for s in rows(desk, Survey) if s.about == "handoff")
    morning = (NOW + timedelta(days=1)).replace(hour=8, minute=5)
    assert survey.sent_at == morning
    assert survey.expires_at == morning + timedelta(hours=24)
    assert survey_plan.polite(NOW) == NOW


def _talk(channel: str, n: int, customer: int | None, at: datetime) -> Conversation:
    return Conversation(
        channel=channel, account="a", peer=f"{channel}{customer}-{n}", state={}, owner="bot",
        owner_rev=0, subscribed=True, last_seq=2, opened_at=at, last_at=at, customer_id=customer,
    )  # fmt: skip


def test_the_regular_survey_draws_as_many_from_every_stratum(database: Engine) -> None:
    """S55, S86: channel, group of customers, line; once a quarter, the coverage visible."""
    desk = desk_on(database)

    def people(uow: Any) -> None:
        for number, kind, line in ((1, "person", "auto"), (2, "firm", "cargo")):
            uow.session.add(
                Customer(
                    id=number, ref=f"C{number}", kind=kind, name="某", id_number="1", id_blind="b",
                    phone="1", phone_blind="p",
                )
            )  # fmt: skip
            uow.session.flush()
            for code, ends in (("old", NOW - timedelta(days=9)), (line, NOW + timedelta(days=90))):
                uow.session.add(
                    Policy(
                        number=f"P{number}{code}", customer_id=number, line=code, product="某",
                        starts_at=NOW - timedelta(days=300), ends_on=ends.date(), status="有效",
                        premium_fen=1, payment="已缴清", details={},
                    )
                )  # fmt: skip
        for channel, customer, count in (
            ("wechat", None, 60), ("webchat", None, 30), ("phone", None, 3),
            ("wechat", 1, 25), ("wechat", 2, 2),
        ):  # fmt: skip
            uow.session.add_all(_talk(channel, n, customer, NOW) for n in range(count))

    desk.ways.run(people)
    since, today = NOW - timedelta(days=1), NOW.date()
    run(desk, NOW + timedelta(hours=1))  # they are still talking: nobody is asked
    assert not desk.ways.read(lambda uow: survey_draw.coverage(uow, since, today))
    run(desk, NOW + timedelta(days=1))
    run(desk, NOW + timedelta(days=1, hours=1))
    covered = desk.ways.read(lambda uow: survey_draw.coverage(uow, since, today))
    assert [(*stratum, about, asked) for stratum, about, asked in covered] == [
        ("phone", "", "", "regular", 3),
        ("webchat", "", "", "regular", 20),
        ("wechat", "", "", "regular", 20),
        ("wechat", "firm", "cargo", "regular", 2),
        ("wechat", "person", "auto", "regular", 20),
    ]


def test_a_week_after_a_policy_began_its_holder_is_asked(database: Engine) -> None:
    """S15: once for the policy, where the holder talks with us; a cancelled one is left alone."""
    desk = desk_on(database)
    began = NOW - timedelta(days=8)

    def holder(uow: Any) -> None:
        uow.session.add(
            Customer(
                id=1, ref="C1", kind="person", name="某", id_number="1", id_blind="b", phone="1",
                phone_blind="p",
            )
        )  # fmt: skip
        uow.session.flush()
        uow.session.add(_talk("webchat", 1, 1, NOW - timedelta(hours=1)))
        for number, status in (("P1", "有效"), ("P2", "退保")):
            uow.session.add(
                Policy(
                    number=number, customer_id=1, line="auto", product="某", starts_at=began,
                    ends_on=NOW.date() + timedelta(days=350), status=status, premium_fen=1,
                    payment="已缴清", details={},
                )
            )  # fmt: skip

    desk.ways.run(holder)
    for _ in range(2):
        run(desk, NOW)
    found = [(s.key, s.status, s.case_number) for s in rows(desk, Survey) if s.about == "issued"]
    assert found == [("issued:P1", "sent", "P1")]


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
    happened(desk, "handoff.closed", timedelta(minutes=5), case_number="HO1")
    run(desk)
    leave(desk)
    run(desk, NOW + timedelta(hours=25))
    assert ("handoff", "expired", None) in surveys(desk)


def _say(app: App, text: str, at: datetime, key: str) -> list[str]:
    message = InboundMessage("webchat", "web", "peer-1", key, at, text)
    result = app.transactions.run(lambda uow: app.engine.turn(uow, message, at, Answer()))
    return [reply.text for reply in result.now]
