"""The ledger: what a turn, a hand-off, a case and a delivery leave behind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import Engine, select

from bot.bootstrap import App
from bot.clock import SHANGHAI
from bot.clockwork.desk_hours import DeskHours
from bot.dialogue.message import InboundMessage
from bot.handoff import Desk
from bot.result import Claim
from scheduler.context import JobContext
from scheduler.jobs import supervision
from storage.kpi import figures
from storage.kpi.definition import Period
from storage.ledger import Happening, Ledger
from storage.ledger_promises import sweep
from storage.models.case import Complaint
from storage.models.ledger import Event, StaffPost
from storage.unit_of_work import UnitOfWork
from tests.storage.claims_kit import Desk as ClaimsDesk
from tests.storage.claims_kit import desk_on

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=SHANGHAI)


def _say(app: App, text: str, at: datetime, key: str) -> None:
    message = InboundMessage("webchat", "web", "peer-1", key, at, text)
    app.transactions.run(lambda uow: app.engine.turn(uow, message, at, Claim()))


def events(app: App, *kinds: str) -> list[Event]:
    """Return the rows of the ledger, oldest first."""
    query = select(Event).order_by(Event.id)
    if kinds:
        query = query.where(Event.kind.in_(kinds))
    return app.transactions.read(lambda uow: list(uow.session.scalars(query)))


def test_a_turn_leaves_one_row_and_a_session_at_its_beginning(
    make_app: Callable[[], App],
) -> None:
    """The first message begins a session, the second within half an hour does not."""
    app = make_app()
    _say(app, "你好", NOON, "a")
    _say(app, "理赔需要什么材料", NOON + timedelta(minutes=1), "b")
    _say(app, "你好", NOON + timedelta(hours=2), "c")
    kinds = [event.kind for event in events(app, "turn", "session")]
    assert kinds == ["session", "turn", "turn", "session", "turn"]
    assert all(e.actor == e.team == "bot" for e in events(app, "turn"))


def test_a_repeat_leaves_nothing(make_app: Callable[[], App]) -> None:
    """A message delivered twice is one turn."""
    app = make_app()
    _say(app, "你好", NOON, "a")
    _say(app, "你好", NOON, "a")
    assert len(events(app, "turn")) == 1


def test_a_hand_off_is_measured_from_queue_to_first_sentence(
    make_app: Callable[[], App],
) -> None:
    """Waiting, taking, first sentence and end are rows with their seconds, credited to people."""
    app = make_app()
    app.transactions.run(
        lambda uow: uow.session.add(
            StaffPost(name="王敏", team="客服一组", post="agent", joined_on=NOON.date())
        )
    )
    _say(app, "转人工", NOON, "a")
    _at_desk(app, 60, lambda desk: desk.take(1, "王敏"))
    _at_desk(app, 80, lambda desk: desk.say(1, "王敏", "您好"))
    _at_desk(app, 90, lambda desk: desk.say(1, "王敏", "请讲"))
    _at_desk(app, 300, lambda desk: desk.hand_back(1))
    found = {e.kind: (e.value, e.actor, e.team) for e in events(app) if "handoff." in e.kind}
    assert found["handoff.taken"] == (60, "王敏", "客服一组")
    assert found["handoff.answered"] == (80, "王敏", "客服一组")
    assert found["handoff.first"] == (20, "王敏", "客服一组")
    assert found["handoff.closed"] == (240, "王敏", "客服一组")
    assert len(events(app, "handoff.first")) == 1


def _at_desk(app: App, seconds: int, do: Callable[[Desk], Any]) -> None:
    at = NOON + timedelta(seconds=seconds)
    hours = DeskHours(app.settings.desk.opens, app.settings.desk.closes)
    app.transactions.run(lambda uow: do(Desk(uow, at, hours=hours)))


def test_closed_hours_are_taken_out_and_shown() -> None:
    """A night between question and answer is excluded, and says how long it was."""
    hours = DeskHours(time(8), time(20))
    since = datetime(2026, 11, 23, 19, 0, tzinfo=SHANGHAI)
    until = datetime(2026, 11, 24, 9, 0, tzinfo=SHANGHAI)
    assert hours.closed_between(since, until) == timedelta(hours=12)
    assert hours.closed_between(since, since) == timedelta()


def test_a_claims_clock_is_one_row_whatever_is_asked_later(database: Engine) -> None:
    """First contact within its minutes is met once; the same clock is not judged again."""
    desk = desk_on(database)
    number = desk.open(desk.converse())
    desk.later(minutes=10)
    desk.move(number, "contacted")
    desk.later(minutes=10)
    desk.move(number, "survey_due")
    clocks = [e for e in _rows(desk, "clock") if e.label == "first_contact"]
    assert [(e.result, e.value) for e in clocks] == [("met", 600)]


def test_an_open_clock_that_ran_out_counts_on_the_day_it_ran_out(database: Engine) -> None:
    """Late work is missed at its due time, not when somebody got to it."""
    desk = desk_on(database)
    number = desk.open(desk.converse())
    due = desk.claim(number).due_at
    desk.later(days=3)
    desk.move(number, "contacted")
    clocks = [e for e in _rows(desk, "clock") if e.label == "first_contact"]
    assert [(e.result, e.at) for e in clocks] == [("missed", due)]


def test_a_claim_that_nobody_touches_is_late_all_the_same(database: Engine) -> None:
    """The job judges it, once however often it runs; doing the work late adds nothing."""
    desk = desk_on(database)
    number = desk.open(desk.converse())
    due = desk.claim(number).due_at
    context = JobContext(desk.ways, desk.settings, desk.cipher)
    supervision.run(context, desk.now)
    assert _rows(desk, "clock") == []
    desk.later(days=1)
    for _ in range(2):
        supervision.run(context, desk.now)
    desk.move(number, "contacted")
    clocks = [e for e in _rows(desk, "clock") if e.label == "first_contact"]
    assert [(e.case_number, e.result, e.at) for e in clocks] == [(number, "missed", due)]


def test_customers_and_jobs_are_nobody_by_person(database: Engine) -> None:
    """What a customer or a job did counts, but under no person's name; its rows are found."""
    desk = desk_on(database)
    day = Period(NOON.date(), NOON.date())

    def add(uow: UnitOfWork) -> None:
        for actor in ("customer", "system", "", "王敏", "bot"):
            uow.ledger.add(Happening("handoff.opened", NOON, 1, f"HO{actor}", actor))

    desk.ways.run(add)
    with desk.ways.engine.connect() as connection:
        counted = figures.table(connection, figures.DEFINITIONS["response_staff"], day)
        wanted = figures.Slice("response_staff", day, {"actor": ""})
        found = figures.drill(connection, wanted)
    assert {name: part.rows for name, part in counted.by["actor"].items()} == {
        "": 3, "王敏": 1, "bot": 1,
    }  # fmt: skip
    assert sorted(row["actor"] for row in found) == ["", "customer", "system"]


def _rows(desk: ClaimsDesk, kind: str) -> list[Event]:
    query = select(Event).where(Event.kind == kind).order_by(Event.id)
    return desk.ways.read(lambda uow: list(uow.session.scalars(query)))


def test_a_late_complaint_is_swept_once(database: Engine) -> None:
    """Nobody can make a missed date nicer by never closing."""
    desk = desk_on(database)

    def add(uow: UnitOfWork) -> None:
        uow.session.add(
            Complaint(
                number="CP20261101000001", channel="phone", category="理赔", severity="P2",
                status="investigating", owner="客户服务部投诉岗", facts={}, decision="",
                received_at=NOON - timedelta(days=20), due_on=NOON.date() - timedelta(days=5),
                updated_at=NOON,
            )
        )  # fmt: skip

    desk.ways.run(add)
    for _ in range(2):
        desk.ways.run(lambda uow: sweep(uow.session, uow.ledger, NOON))
    rows = _rows(desk, "clock")
    assert [(e.case_number, e.result) for e in rows] == [("CP20261101000001", "missed")]


def test_no_words_get_into_the_ledger(database: Engine) -> None:
    """The history of a case keeps what was said; the ledger keeps that it happened."""
    desk = desk_on(database)
    number = desk.open(desk.converse(), story="我的电话是13812345678，撞了一下")
    kept = str([(e.label, e.result, e.data) for e in _rows(desk, "claim.reported")])
    assert number
    assert "13812345678" not in kept
    assert "13800000000" not in kept


def test_a_delivery_is_told_with_its_result(database: Engine) -> None:
    """What the outbox settles is a row by kind, channel and status."""
    desk = desk_on(database)
    kind: dict[str, Any] = {"dedupe_key": "k", "kind": "reply", "channel": "sms", "account": "s"}

    def settle(uow: UnitOfWork) -> None:
        uow.outbox.queue(**kind, peer="1", body={}, due_at=NOON, now=NOON)
        leased = uow.outbox.lease("w", NOON, 60, 1)
        later = NOON + timedelta(seconds=2)
        assert uow.outbox.settle(leased[0].id, "w", "sent", now=later)

    desk.ways.run(settle)
    rows = _rows(desk, "outbox")
    assert [(e.label, e.result, e.channel, e.value) for e in rows] == [
        ("reply", "sent", "sms", 2000)
    ]


def test_one_cause_one_row(database: Engine) -> None:
    """A keyed row that is there already is left as it was."""
    with database.begin() as connection:
        for value in (1, 2):
            ledger = Ledger(connection)
            ledger.add(Happening("stock", NOON, value=value, key="stock:1"))
            ledger.write()
        assert connection.execute(select(Event.value)).scalars().all() == [1]
