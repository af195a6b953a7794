"""Random walks over claims: whatever staff try, a claim stays consistent and explainable."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.errors import Refused
from storage import schema
from storage.database import open_engine
from storage.rules.claim_states import machine
from tests.storage.claims_kit import HOOK, SECRET, Desk, desk_on

CLAIMS, STEPS = 12, 40
GIVEN: dict[str, Any] = {
    "missing": ["维修报价单"],
    "clause": "第六条",
    "reason": "理由",
    "amount_fen": 1_000,
    "calculation": "1000",
    "payment": {
        "method": "transfer", "payee": "张三", "payee_relation": "insured",
        "account_holder": "张三", "account_tail": "0001",
    },
}  # fmt: skip


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk on SQLite."""
    engine = open_engine(f"sqlite:///{tmp_path / 'anda.db'}", SECRET)
    schema.upgrade(engine)
    made = desk_on(engine, webhooks=[HOOK])
    yield made
    made.ways.close()


def try_something(desk: Desk, number: str, rng: random.Random) -> bool:
    """Do one thing that staff or customers might do; tell whether it was let through."""
    what = rng.choice(["move"] * 6 + ["papers", "milestone", "amend"])
    try:
        if what == "move":
            given = {k: v for k, v in GIVEN.items() if rng.random() < 0.9}
            if rng.random() < 0.5:
                given["owner"] = "王理赔"
            to = rng.choice(sorted(machine().states - {"draft", "reported"}))
            if rng.random() < 0.7:
                to = rng.choice(machine().next(desk.claim(number).status) or [to])
            desk.move(number, to, lead=rng.random() < 0.3, **given)
        elif what == "papers":
            desk.all_documents(number)
        elif what == "milestone":
            desk.milestone(number, rng.choice(sorted(machine().milestones)))
        else:
            desk.amend(number, estimate_fen=rng.choice([100_000, 900_000, 9_000_000]))
    except Refused:
        return False
    return True


def check(desk: Desk, number: str) -> None:
    """What must be true of a claim at any time."""
    claim, events = desk.claim(number), desk.events(number)
    states = [event.kind for event in events if event.kind in machine().states]
    assert claim.status == ("contact_due" if states[-1] == "reported" else states[-1])
    for clock in desk.clocks(number).values():
        assert clock.state != "unknown"
        assert clock.reason
    if claim.status in machine().over:
        assert claim.due_at is None
        assert not _planned(desk, number)
    if claim.status in ("paying", "paid"):
        assert claim.decision is not None
        assert claim.decision["clause"]
        assert claim.decision["payment"]["payee"] == claim.decision["payment"]["account_holder"]
    if claim.status == "paid":
        assert claim.paid_fen
    if claim.status != "documents_due":
        assert not _planned(desk, number)


def _planned(desk: Desk, number: str) -> list[Any]:
    planned = desk.outbox("claim_reminder", "planned")
    return [item for item in planned if item.body["claim"] == number]


def test_a_claim_stays_consistent(desk: Desk) -> None:
    """Every step is let through whole or refused without a trace."""
    rng = random.Random(20261125)
    done = refused = 0
    ends = set()
    for turn in range(CLAIMS):
        number = desk.open(plate=f"津A{turn:05d}", phone=f"1380000{turn:04d}")
        for _ in range(STEPS):
            desk.later(minutes=rng.randint(1, 400))
            before = len(desk.events(number))
            if try_something(desk, number, rng):
                done += 1
            else:
                refused += 1
                assert len(desk.events(number)) == before
            check(desk, number)
        ends.add(desk.claim(number).status)
        desk.now = desk.now.replace(year=2026, month=11, day=25)
    assert done > CLAIMS * 5
    assert refused > CLAIMS
    assert len(ends) > 3
