"""Nobody waits in silence: planned pushes, nudges to the owner, and customers who hurry us on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
from sqlalchemy import Engine, update

from storage.claims_silence import NUDGE, PUSH
from storage.models.outbox import OutboxItem
from tests.storage.claims_kit import Desk, desk_on

COMPLEX = {"accident_type": "fire", "injured": False}


@pytest.fixture
def desk(database: Engine) -> Iterator[Desk]:
    """A desk, once on SQLite and once on PostgreSQL."""
    made = desk_on(database)
    yield made
    made.ways.close()


def due(desk: Desk, kind: str = PUSH) -> list[str]:
    """Return when what is planned is due."""
    return [f"{item.due_at:%m-%d %H:%M}" for item in desk.outbox(kind, "planned")]


def test_a_complex_claim_has_its_pushes_planned(desk: Desk) -> None:
    """S24: a day before each silence of three days is over, to the customer and to the owner."""
    number = desk.open(desk.converse(), **COMPLEX)
    assert desk.claim(number).track == "complex"
    assert due(desk) == ["11-28 09:30", "12-01 09:30", "12-04 09:30", "12-07 09:30", "12-10 09:30"]
    assert due(desk, NUDGE) == due(desk)
    push = desk.outbox(PUSH)[0]
    assert push.body["text"].startswith(f"案件{number}进展：待首次联系，下一步：")
    assert "大案专人岗" in push.body["text"]
    assert (desk.outbox(NUDGE)[0].channel, desk.outbox(NUDGE)[0].peer) == (
        "staff", "大案专人岗（待指定）",
    )  # fmt: skip


def test_progress_moves_the_pushes_and_a_new_owner_changes_their_words(desk: Desk) -> None:
    """What was planned for the old silence is taken back, and nothing stale is said."""
    number = desk.open(desk.converse(), **COMPLEX)
    desk.later(days=2)
    desk.move(number, "contacted", owner="李专员")
    assert due(desk)[0] == "11-30 09:30"
    assert all("李专员" in item.body["text"] for item in desk.outbox(PUSH, "planned"))
    assert {item.peer for item in desk.outbox(NUDGE, "planned")} == {"李专员"}
    desk.later(days=1)
    desk.milestone(number, "progress")
    assert due(desk)[0] == "12-01 09:30"
    assert len(desk.outbox(PUSH, "planned")) == 5


def test_what_was_sent_stays_sent(desk: Desk) -> None:
    """A change of facts plans the rest anew and touches nothing that has left."""
    number = desk.open(desk.converse(), **COMPLEX)
    first = desk.outbox(PUSH)[0]
    sent = update(OutboxItem).where(OutboxItem.id == first.id).values(status="sent")
    desk.ways.run(lambda uow: uow.session.execute(sent))
    desk.later(hours=1)
    desk.move(number, "contacted", owner="李专员")
    desk.amend(number, place="北辰区京津路")
    kept = desk.outbox(PUSH, "sent")
    assert [(item.id, item.body) for item in kept] == [(first.id, first.body)]
    assert len(desk.outbox(PUSH, "planned")) == 5


@pytest.mark.parametrize("to", ["withdrawn", "cancelled"])
def test_a_claim_that_is_over_is_silent(desk: Desk, to: str) -> None:
    """Nothing is pushed about a claim that has ended."""
    number = desk.open(desk.converse(), **COMPLEX)
    desk.move(number, to, reason="误报")
    assert due(desk) == due(desk, NUDGE) == []
    assert {item.status for item in desk.outbox(PUSH)} == {"suppressed"}


def test_a_claim_that_becomes_complex_and_one_that_is_not(desk: Desk) -> None:
    """An ordinary claim has no pushes; injuries make it complex, taking them back ends that."""
    number = desk.open(desk.converse())
    assert due(desk) == []
    desk.amend(number, lawsuit=True)
    assert len(due(desk)) == 5
    desk.amend(number, lawsuit=False)
    assert due(desk) == []


def test_nobody_to_reach_still_nudges_the_owner(desk: Desk) -> None:
    """Without conversation and phone there is nobody to push to, but somebody to remind."""
    desk.open(None, **COMPLEX, phone=None)
    assert due(desk) == []
    assert len(due(desk, NUDGE)) == 5


def test_a_past_moment_is_not_planned(desk: Desk) -> None:
    """A report taken down late plans nothing for yesterday."""
    number = desk.open(desk.converse(), **COMPLEX)
    desk.later(days=8)
    desk.amend(number, place="北辰区京津路")
    planned = [datetime.strptime(text, "%m-%d %H:%M") for text in due(desk)]  # noqa: DTZ007
    assert [f"{at:%m-%d}" for at in planned] == ["12-04", "12-07", "12-10"]
