"""The months behind the demo branch: figures to show, the same each time, one with the cases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.clock import SHANGHAI
from bot.knowledge.seed import plant
from bot.settings import Settings
from storage.crypto import Cipher
from storage.demo import months
from storage.demo.seeding import seed
from storage.kpi import counts, figures
from storage.kpi.definition import EVENT, Period
from storage.models.case import CaseEvent, Claim, Complaint, Handoff, Survey, Ticket
from storage.models.conversation import Conversation, Message
from storage.recalculation import Recalculation
from storage.unit_of_work import UnitOfWork
from tests.storage.demo.demo_kit import NOW, TODAY, new_engine

MONTH = Period(TODAY - timedelta(days=29), TODAY)
LAST = Period(TODAY.replace(month=10, day=1), TODAY.replace(month=10, day=31))
# Nobody has asked for these in the demo: no net promoters, no training yet, nothing told lately.
MAY_LACK = {"nps", "training_done", "feedback_told", "improvement_closed", "qa_veto"}


@contextmanager
def branch(cipher: Cipher, now: datetime = NOW) -> Iterator[UnitOfWork]:
    """Return a demo branch with its months behind it."""
    engine = new_engine(cipher)
    with engine.begin() as connection:
        uow = UnitOfWork(connection)
        plant(uow, now)
        seed(uow.session, cipher, now)
        months.fill(uow, cipher, Settings(), now)
        uow.session.flush()
        uow.ledger.write()
        yield uow
    engine.dispose()


@pytest.fixture(scope="module")
def uow(cipher: Cipher) -> Iterator[UnitOfWork]:
    """The branch, made once for all tests that only look at it."""
    with branch(cipher) as made:
        yield made


@pytest.mark.parametrize("period", [MONTH, LAST])
def test_every_figure_has_something_to_count(uow: UnitOfWork, period: Period) -> None:
    """A fresh demo shows its four charter figures and the others, in believable ranges."""
    told = {code: table.total for code, table in figures.tables(uow.connection, period).items()}
    empty = {code for code, figure in told.items() if figure.value is None}
    assert empty <= MAY_LACK
    for code, least in {"csat": 0.6, "response": 0.9, "claim_on_time": 0.8}.items():
        assert told[code].rows >= 10
        assert least <= (told[code].value or 0) < 1
    assert 0 < (told["complaint_success"].value or 0) < 1


def test_by_person_there_are_the_people_who_log_in(uow: UnitOfWork) -> None:
    """The agents of the demo have scores of their own, and belong to a team."""
    table = figures.table(uow.connection, figures.DEFINITIONS["csat"], LAST)
    assert {"王敏", "李强"} <= set(table.by["actor"])
    assert "客服一组" in table.by["team"]


def test_the_ledger_tells_of_the_cases_that_there_are(uow: UnitOfWork) -> None:
    """Counted from the ledger or from the tables: the same claims, complaints and surveys."""
    ever = Period(TODAY - timedelta(days=400), TODAY)
    told = counts.begun(uow.connection, ever)
    models: dict[str, Any] = {
        "claims": Claim, "complaints": Complaint, "tickets": Ticket, "handoffs": Handoff,
        "surveys": Survey,
    }  # fmt: skip
    for name, model in models.items():
        query = select(model.status, func.count()).group_by(model.status)
        assert told[name] == dict(tuple(row) for row in uow.session.execute(query)), name
    answered = figures.table(uow.connection, figures.DEFINITIONS["csat"], ever).total.rows
    query = select(func.count()).where(Survey.status == "answered")
    assert answered == uow.session.scalar(query)


def test_conversations_hold_together(uow: UnitOfWork) -> None:
    """Messages are numbered without a gap, in time, and a talk has the words that it is about."""
    for conversation in uow.session.scalars(select(Conversation)):
        query = select(Message.seq, Message.at, Message.author)
        rows = uow.session.execute(
            query.where(Message.conversation_id == conversation.id).order_by(Message.seq)
        ).all()
        assert [row.seq for row in rows] == list(range(1, conversation.last_seq + 1))
        assert sorted(row.at for row in rows) == [row.at for row in rows]
        assert not rows or rows[-1].at <= conversation.last_at <= NOW
    served = set(uow.session.scalars(select(Handoff.conversation_id)))
    agents = select(Message.conversation_id).where(Message.author == "agent")
    assert set(uow.session.scalars(agents)) <= served
    latest = uow.connection.execute(select(func.max(EVENT.c.at))).scalar()
    assert latest is not None
    assert latest <= NOW


def test_same_seed_same_months(uow: UnitOfWork, cipher: Cipher) -> None:
    """Seed and moment decide every row of the ledger; a second filling adds none."""

    def rows(of: UnitOfWork) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in of.connection.execute(select(EVENT).order_by(EVENT.c.id))]

    ours = rows(uow)
    with branch(cipher) as other:
        assert rows(other) == ours
        assert months.fill(other, cipher, Settings(), NOW + timedelta(days=1), seed=7) == 0
        other.ledger.write()
        assert rows(other) == ours


@pytest.mark.parametrize("moment", ["2024-02-29T00:05", "2027-01-03T09:00", "2028-03-01T04:00"])
def test_any_day_will_do(cipher: Cipher, moment: str) -> None:
    """Leap days, a young quarter and a year without a calendar are no trouble."""
    now = datetime.fromisoformat(moment).replace(tzinfo=SHANGHAI)
    with branch(cipher, now) as uow:
        latest = uow.connection.execute(select(func.max(EVENT.c.at))).scalar()
        assert latest is not None
        assert latest <= now


def test_deadlines_are_what_the_clocks_say(cipher: Cipher) -> None:
    """A fresh demo has nothing to recalculate, and no history that says it was."""
    with branch(cipher) as uow:
        again = Recalculation(uow, cipher, Settings(), NOW)
        before = uow.session.scalars(select(CaseEvent.id)).all()
        again.settle()
        assert list(again.run()) == []
        assert uow.session.scalars(select(CaseEvent.id)).all() == before
        assert uow.session.scalars(select(Ticket).where(Ticket.status != "done")).first()
