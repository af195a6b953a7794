"""Each figure on a few rows made by hand, on both databases; and its words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Connection, Engine, create_engine, text

from bot.clock import SHANGHAI
from storage import schema
from storage.database import open_engine
from storage.kpi import figures
from storage.kpi.definition import Period
from storage.kpi.figures import DEFINITIONS
from storage.ledger import Happening, Ledger
from storage.models.base import table_of
from storage.models.ledger import KpiExclusion
from tests.storage.claims_kit import SECRET

DAY = Period(date(2026, 11, 2), date(2026, 11, 2))
NOON = datetime(2026, 11, 2, 12, 0, tzinfo=SHANGHAI)


def ev(kind: str, after: float = 0, **said: Any) -> Happening:
    """Return a row some minutes after noon."""
    return Happening(kind, NOON + timedelta(minutes=after), **said)


def case(number: str, kind: str, after: float = 0, **said: Any) -> Happening:
    """Return a row of a case."""
    return ev(kind, after, case_number=number, **said)


def turn(result: str, value: int = 100, **said: Any) -> Happening:
    """Return a turn of the bot's."""
    return ev("turn", result=result, value=value, actor="bot", team="bot", **said)


def clock(number: str, label: str, result: str, **data: Any) -> Happening:
    """Return a decided clock."""
    told = {"law": False, "category": "", **data}
    return case(number, "clock", label=label, result=result, data=told, conversation_id=1)


_DAY_LATER = 60 * 24
# code → (rows, [denominator, numerator], value)
HAND_MADE: dict[str, tuple[list[Happening], tuple[int, int], float | None]] = {
    "csat": (
        [ev("survey.answered", value=v) for v in (5, 4, 3, 1)] + [ev("survey.sent")],
        (4, 2), 0.5,
    ),
    "csat_mean": ([ev("survey.answered", value=v) for v in (5, 4, 3)], (3, 2), 4.0),
    "csat_dimension": (
        [ev("survey.dimension", value=v, label="理赔效率") for v in (5, 2)], (2, 1), 0.5,
    ),
    "response": (
        [
            turn("answered"), turn("said", 3001), turn("greeted"), turn("to_agent"),
            case("HO1", "handoff.opened"), case("HO1", "handoff.answered", 1),
            case("HO1", "handoff.first", 1, value=30), case("HO2", "handoff.opened"),
            case("HO3", "handoff.opened"), case("HO3", "handoff.withdrawn", 1),
            clock("CL1", "first_contact", "met"), clock("CL1", "decision", "met"),
        ],
        (5, 3), 0.6,
    ),
    "response_staff": (
        [
            turn("answered"), case("HO1", "handoff.first", value=31),
            clock("TK1", "ticket:callback", "met"),
        ],
        (2, 1), 0.5,
    ),
    "complaint_success": (
        [
            clock("CP1", "complaint_decision", "met", category="理赔"),
            case("CP1", "complaint.closed", 1, result="accepted"),
            clock("CP2", "complaint_decision", "met"),  # answered, not accepted
            case("CP2", "complaint.closed", 1, result="rejected"),
            clock("CP3", "complaint_decision", "missed"),
            clock("CP4", "complaint_decision", "met"),
            case("CP4", "complaint.withdrawn", 1),
        ],
        (3, 1), 1 / 3,
    ),
    "complaint_on_time": (
        [
            clock("CP1", "complaint_decision", "met"),
            clock("CP3", "complaint_decision", "missed"),
        ],
        (2, 1), 0.5,
    ),
    "claim_on_time": (
        [
            clock("CL1", "survey", "met"), clock("CL1", "payment", "missed"),
            clock("TK1", "ticket:x", "met"),
        ],
        (2, 1), 0.5,
    ),
    "claim_on_time_law": (
        [clock("CL1", "survey", "missed"), clock("CL1", "payment", "met", law=True)], (1, 1), 1.0,
    ),
    "claim_whole": (
        [
            case("CL1", "claim.closed"), case("CL2", "claim.closed"),
            clock("CL1", "survey", "missed"), clock("CL2", "survey", "met"),
        ],
        (2, 1), 0.5,
    ),
    "handoff_rate": (
        [
            ev("session", conversation_id=1), ev("session", conversation_id=2),
            ev("handoff.opened", 5, conversation_id=2),
        ],
        (2, 1), 0.5,
    ),
    "handoff_wait": (
        [ev("handoff.answered", value=v, excluded=7) for v in (10, 20)], (2, 2), 15.0,
    ),
    "handoff_abandoned": (
        [
            case("HO1", "handoff.opened"), case("HO2", "handoff.opened"),
            case("HO2", "handoff.withdrawn", 3),
        ],
        (2, 1), 0.5,
    ),
    "aht": ([ev("handoff.closed", value=v) for v in (60, 180)], (2, 2), 2.0),
    "contained_said": (
        [
            ev("session", conversation_id=1), ev("session", conversation_id=2),
            ev("solved", 3, conversation_id=1, result="solved"),
        ],
        (2, 1), 0.5,
    ),
    "contained": (
        [
            ev("session", conversation_id=1), ev("session", conversation_id=2),
            ev("session", 700, conversation_id=2), ev("handoff.opened", 9, conversation_id=3),
            ev("session", conversation_id=3),
        ],
        (4, 2), 0.5,
    ),
    "fcr": (
        [
            ev("solved", conversation_id=1, label="F001", result="solved"),
            ev("turn", _DAY_LATER, conversation_id=1, label="F001", result="answered", value=1),
            ev("solved", conversation_id=2, label="F001", result="solved"),
            ev("solved", conversation_id=3, label="F001", result="unsolved"),
        ],
        (3, 1), 1 / 3,
    ),
    "unknown_rate": ([turn("missed"), turn("answered"), turn("silent")], (2, 1), 0.5),
    "ticket_on_time": (
        [clock("TK1", "ticket:callback", "met"), clock("TK2", "ticket:paper", "missed")],
        (2, 1), 0.5,
    ),
    "one_notice": (
        [
            case("CL1", "claim.documents_due"), case("CL1", "claim.documents_due", 60),
            case("CL2", "claim.documents_due"),
        ],
        (2, 1), 0.5,
    ),
    "claim_closing": (
        [
            case("CL1", "claim.reported", -9000), case("CL1", "claim.closed"),
            case("CL2", "claim.reported"), case("CL3", "claim.reported", -9000),
            case("CL3", "claim.closed", -5000),
        ],
        (2, 1), 0.5,
    ),
    "claim_pay_days": ([ev("claim.paid", value=v * 86_400) for v in (2, 4)], (2, 2), 3.0),
    "claim_paid_share": (
        [case("CL1", "claim.closed"), case("CL1", "claim.paid"), case("CL2", "claim.closed")],
        (2, 1), 0.5,
    ),
    "complaints_per_10000": (
        [ev("complaint.received"), ev("stock", label="policies", value=5_000)], (1, 1), 2.0,
    ),
    "complaint_repeat": (
        [
            ev("complaint.received", conversation_id=1, label="理赔"),
            ev("complaint.received", 60, conversation_id=1, label="理赔"),
            ev("complaint.received", 70, conversation_id=1, label="退保"),
        ],
        (3, 1), 1 / 3,
    ),
    "complaint_serious": (
        [ev("complaint.received", data={"severity": level}) for level in ("P0", "P2")],
        (2, 1), 0.5,
    ),
    "nps": ([ev("survey.nps", value=v) for v in (10, 9, 8, 3)], (4, 1), 0.25),
    "survey_answered": (
        [
            case("SV1", "survey.sent"), case("SV2", "survey.sent"),
            case("SV1", "survey.answered", 5, value=5),
        ],
        (2, 1), 0.5,
    ),
    "delivered": ([ev("outbox", result=r) for r in ("sent", "failed")], (2, 1), 0.5),
    "qa_mean": ([ev("qa.scored", value=v) for v in (80, 90)], (2, 2), 85.0),
    "qa_veto": ([ev("qa.scored", value=0, result=r) for r in ("veto", "ok")], (2, 1), 0.5),
    "improvement_closed": (
        [clock("IM1", "improvement", "met"), clock("IM2", "improvement", "missed")], (2, 1), 0.5,
    ),
    "feedback_told": (
        [
            case("FB1", "feedback.received"), case("FB2", "feedback.received"),
            case("FB2", "feedback.told", 9),
        ],
        (2, 1), 0.5,
    ),
    "training_done": ([clock("TR1", "training", "met")], (1, 1), 1.0),
    "promise_words": ([ev("promise.flagged"), ev("promise.flagged", 2)], (2, 2), 2.0),
}  # fmt: skip


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """A database of each kind with the schema; each test rolls its rows back."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('kpi') / 'k.db'}"
    else:
        server, name = request.getfixturevalue("postgres"), f"t{uuid4().hex}"
        admin = create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        admin.dispose()
        url = f"{server}/{name}"
    made = open_engine(url, SECRET)
    schema.upgrade(made)
    yield made
    made.dispose()


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    """A transaction that is rolled back."""
    with engine.connect() as opened, opened.begin() as transaction:
        yield opened
        transaction.rollback()


def _write(connection: Connection, rows: list[Happening]) -> None:
    ledger = Ledger(connection)
    for row in rows:
        ledger.add(row)
    ledger.write()


def _a_year_ago(row: Happening) -> Happening:
    """Return the same for another customer and case, long before the period."""
    number = f"{row.case_number}0" if row.case_number else None
    customer = row.conversation_id + 100 if row.conversation_id else None
    at = row.at - timedelta(days=365)
    return row._replace(at=at, case_number=number, conversation_id=customer)


def test_every_figure_has_its_rows_made_by_hand() -> None:
    """A figure without an example is not done."""
    assert set(HAND_MADE) == set(DEFINITIONS)


@pytest.mark.parametrize("code", sorted(HAND_MADE))
def test_a_figure_on_rows_made_by_hand(code: str, connection: Connection) -> None:
    """Denominator, numerator and value are what anybody can work out on paper."""
    made, (count, hits), value = HAND_MADE[code]
    _write(connection, [*made, *map(_a_year_ago, made)])
    total = figures.table(connection, DEFINITIONS[code], DAY).total
    if code == "claim_closing":  # what was open a year ago and never closed still counts
        count += 1
        value = hits / count
    assert (total.rows, total.hits) == (count, hits)
    assert total.value == pytest.approx(value)


@pytest.mark.parametrize("code", sorted(DEFINITIONS))
def test_nothing_to_count_is_no_figure(code: str, connection: Connection) -> None:
    """A denominator of nothing shows —, never 0 %."""
    total = figures.table(connection, DEFINITIONS[code], DAY).total
    assert total.rows == 0
    assert total.value is None or DEFINITIONS[code].kind == "count"


@pytest.mark.parametrize("code", sorted(DEFINITIONS))
def test_a_figure_says_what_it_is(code: str) -> None:
    """Formula, rows above and below the line, what is left out, version and basis, in words."""
    one = DEFINITIONS[code]
    said = (one.name, one.formula, one.numerator, one.denominator, one.excluded, one.basis)
    assert all(part.strip() for part in said)
    assert one.version >= 1


def test_a_small_sample_is_told(connection: Connection) -> None:
    """Fewer than ten answers: shown, and said to be too few."""
    _write(connection, [ev("survey.answered", value=5) for _ in range(9)])
    assert figures.table(connection, DEFINITIONS["csat"], DAY).total.few
    _write(connection, [ev("survey.answered", value=5)])
    assert not figures.table(connection, DEFINITIONS["csat"], DAY).total.few


def test_what_is_excluded_is_marked_and_does_not_count(connection: Connection) -> None:
    """An approved exclusion leaves the figure and stays in the rows, with its reason."""
    _write(connection, [ev("survey.answered", value=v) for v in (5, 1)])
    wanted = figures.Slice("csat", DAY)
    worst = next(r for r in figures.drill(connection, wanted) if r["value"] == 1)
    connection.execute(
        table_of(KpiExclusion).insert(),
        {"event_id": worst["id"], "reason": "测试", "asked_by": "a", "approved_by": "b",
         "at": NOON},
    )  # fmt: skip
    total = figures.table(connection, DEFINITIONS["csat"], DAY).total
    assert (total.rows, total.hits) == (1, 1)
    assert [r["exclusion"] for r in figures.drill(connection, wanted)] == [None, "测试"]


def test_waiting_has_a_middle_and_a_slow_end(connection: Connection) -> None:
    """P50 and P90 by the nearest rank, the closed hours shown beside."""
    _write(connection, [ev("handoff.answered", value=v, excluded=5) for v in range(1, 11)])
    counted = figures.table(connection, DEFINITIONS["handoff_wait"], DAY)
    assert counted.quantiles == {50: 5, 90: 9}
    assert counted.total.excluded == 50


def test_the_period_is_of_shanghai_and_both_days_count(connection: Connection) -> None:
    """The first and the last second of the day are in it, the next midnight is not."""
    times = (DAY.start, DAY.end - timedelta(microseconds=1), DAY.end)
    _write(connection, [Happening("survey.answered", at, value=5) for at in times])
    assert figures.table(connection, DEFINITIONS["csat"], DAY).total.rows == 2


def test_the_period_before_is_as_long() -> None:
    """A month of 30 days is compared with the 30 days before."""
    month = Period(date(2026, 11, 1), date(2026, 11, 30))
    assert month.before == Period(date(2026, 10, 2), date(2026, 10, 31))
    assert month.before.end == month.start
