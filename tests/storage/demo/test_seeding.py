"""What is seeded, how much, and that it is the same each time."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.clock import SHANGHAI
from storage import numbering
from storage.crypto import Cipher
from storage.demo.personas import PERSONAS
from storage.demo.seeding import DemoSummary, is_seeded, seed
from storage.models import tables
from storage.models.case import CaseEvent, Claim, Complaint, Survey, Ticket
from storage.models.conversation import Conversation
from storage.models.customer import Customer
from storage.models.policy import Policy
from storage.statuses import CLAIM_STATUSES
from tests.storage.demo.demo_kit import NOW, TODAY, new_engine


def rows_of(session: Session) -> dict[str, list[dict[str, Any]]]:
    """Return everything in the database, decrypted."""
    return {
        table.name: [dict(row._mapping) for row in session.execute(select(table))]
        for table in tables.Base.metadata.sorted_tables
    }


def test_there_is_enough_of_everything(seeded: tuple[Session, DemoSummary]) -> None:
    """The summary counts what is in the tables, about as much as a small branch has."""
    session, summary = seeded
    counts = {
        model: session.scalar(select(func.count()).select_from(model))
        for model in (Customer, Policy, Claim, Complaint, Ticket, Survey)
    }
    assert list(counts.values()) == [
        summary.customers,
        summary.policies,
        summary.claims,
        summary.complaints,
        summary.tickets,
        summary.surveys,
    ]
    assert 190 <= summary.customers <= 210
    assert 385 <= summary.policies <= 430
    assert summary.claims > 55
    assert summary.complaints > 30
    assert summary.tickets >= 15
    assert summary.surveys >= 15
    firms = select(func.count()).where(Customer.kind == "firm")
    assert session.scalar(firms) == 15


def test_every_kind_of_policy_exists(session: Session) -> None:
    """All lines, all statuses and all ways of having paid occur, with their coverages."""
    found = session.scalars(select(Policy)).all()
    assert {policy.details["kind"] for policy in found} == {
        "compulsory", "commercial", "new_energy", "driver_accident", "accident", "health", "home",
        "property", "employer", "public", "cargo", "surety",
    }  # fmt: skip
    assert {p.status for p in found} == {"未生效", "有效", "满期", "终止", "退保", "注销"}
    assert {p.payment for p in found} == {"已缴清", "待缴", "部分缴费"}
    for policy in found:
        assert re.fullmatch(r"TATJ\d{14}", policy.number)
        assert policy.premium_fen > 0
        assert policy.starts_at.date() < policy.ends_on
        assert all(
            set(cover) == {"name", "limit_yuan", "deductible"}
            for cover in policy.details["coverages"]
        )


def test_statuses_of_policies_fit_their_dates(session: Session) -> None:
    """A policy in force has begun and not ended."""
    for policy in session.scalars(select(Policy)):
        begun, ended = policy.starts_at <= NOW, policy.ends_on < TODAY
        fitting = {"未生效": not begun, "有效": begun and not ended, "满期": ended}
        assert fitting.get(policy.status, begun and not ended), policy.number


def test_reminders_have_work(session: Session) -> None:
    """Several policies end exactly on each reminder day, some of customers who can be reached."""
    ends = Counter(session.scalars(select(Policy.ends_on).where(Policy.status != "退保")))
    for days in (30, 15, 7, 1, 0, -1):
        assert ends[TODAY + timedelta(days=days)] >= 4
    reachable = select(func.count()).where(
        Policy.customer_id.in_(select(Conversation.customer_id)),
        Policy.ends_on == TODAY + timedelta(days=7),
    )
    assert session.scalar(reachable)
    assert TODAY - timedelta(days=40) <= min(ends)
    assert max(ends) <= TODAY + timedelta(days=400)


def test_a_second_seeding_changes_nothing(
    seeded: tuple[Session, DemoSummary], cipher: Cipher
) -> None:
    """Seeding again is a no-op that still knows the personas."""
    session, _ = seeded
    before = rows_of(session)
    again = seed(session, cipher, NOW + timedelta(days=3), random_seed=7)
    assert again == DemoSummary()
    assert again.personas == PERSONAS
    assert rows_of(session) == before


def test_same_seed_same_rows(session: Session, cipher: Cipher) -> None:
    """Seed and moment decide every row; another seed gives others."""
    ours = rows_of(session)
    for random_seed, same in ((20261122, True), (1, False)):
        engine = new_engine(cipher)
        with Session(engine) as other:
            assert not is_seeded(other)
            seed(other, cipher, NOW, random_seed)
            assert is_seeded(other)
            assert (rows_of(other) == ours) is same
        engine.dispose()


def test_existing_numbers_are_respected(cipher: Cipher) -> None:
    """Numbers given out before the seeding are not given again."""
    engine = new_engine(cipher)
    with Session(engine) as session:
        first = numbering.next_number(session, "CL", TODAY)
        seed(session, cipher, NOW)
        assert first not in session.scalars(select(Claim.number)).all()
    engine.dispose()


@pytest.mark.parametrize("moment", ["2024-02-29T00:05", "2026-12-31T23:55", "2028-03-01T04:00"])
@pytest.mark.parametrize("random_seed", [1, 2, 3])
def test_any_day_will_do(cipher: Cipher, moment: str, random_seed: int) -> None:
    """Leap days, midnight and new year are no trouble."""
    engine = new_engine(cipher)
    now = datetime.fromisoformat(moment).replace(tzinfo=SHANGHAI)
    with Session(engine) as session:
        seed(session, cipher, now, random_seed)
        assert set(session.scalars(select(Claim.status))) == set(CLAIM_STATUSES)
        latest = session.scalar(select(func.max(CaseEvent.at)))
        assert latest is not None
        assert latest <= now
    engine.dispose()
