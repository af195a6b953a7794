"""The list of conversations: pages that join without a gap, clocks, and the allowance of many."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, insert

from storage.inbox_list import TABS, Row
from storage.inbox_tabs import read_key
from storage.models.base import table_of
from storage.models.case import Handoff
from storage.models.conversation import Conversation, Message
from storage.models.outbox import OutboxItem
from storage.models.staff import StaffUser
from storage.transactions import Transactions, transactions
from storage.unit_of_work import UnitOfWork
from tests.fakes import NOON

_conversation, _message = table_of(Conversation), table_of(Message)
_handoff, _item = table_of(Handoff), table_of(OutboxItem)
MANY = 60


@pytest.fixture
def ways(database: Engine) -> Iterator[Transactions]:
    """A database in which some wait, some are served, some are put aside."""
    made = transactions(database)
    made.run(_fill)
    yield made
    made.close()


def _fill(uow: UnitOfWork) -> None:
    owners = ("queue", "agent", "bot")
    rows = [_one(number, owners[number % 3]) for number in range(1, MANY + 1)]
    uow.connection.execute(insert(_conversation), rows)
    uow.connection.execute(insert(_message), [_words(row) for row in rows])
    waiting = [_wish(row) for row in rows if row["owner"] == "queue"]
    uow.connection.execute(insert(_handoff), waiting)
    uow.session.add(
        StaffUser(name="王敏", role="agent", password_hash="-", created_at=NOON, capacity=9)
    )


def _one(number: int, owner: str) -> dict[str, Any]:
    # Several at one time: the order must not depend on times alone.
    at = NOON - timedelta(minutes=number // 4)
    aside = NOON + timedelta(hours=1) if owner == "agent" and number % 2 else None
    return {
        "id": number, "channel": "wechat" if number % 2 else "webchat", "account": "w",
        "peer": f"p{number}", "state": {}, "owner": owner, "owner_rev": 1, "fence_rev": 0,
        "agent": "王敏" if owner == "agent" else None, "customer_id": None, "verified_until": None,
        "subscribed": True, "snoozed_until": aside, "last_seq": 1, "opened_at": at, "last_at": at,
    }  # fmt: skip


def _words(row: dict[str, Any]) -> dict[str, Any]:
    author = "customer" if row["id"] % 4 else "agent"
    return {
        "conversation_id": row["id"], "seq": 1, "author": author, "key": f"k{row['id']}",
        "reply_to": None, "sent_by": None, "owner_rev": 0, "at": row["last_at"],
        "body": {"type": "text", "text": "在吗"},
    }  # fmt: skip


def _wish(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "number": f"HO20200101{row['id']:06d}", "conversation_id": row["id"], "status": "open",
        "level": "P0" if row["id"] % 15 == 0 else "human", "reason": "转人工", "skill": "general",
        "told": 0, "package": {}, "opened_at": row["opened_at"], "answer_by": NOON,
    }  # fmt: skip


def _page(ways: Transactions, tab: str, size: int, after: str = "") -> list[Row]:
    key = read_key(tab, after) if after else None
    return ways.read(lambda uow: uow.inbox.rows(tab, "王敏", NOON, size, None, key))


@pytest.mark.parametrize("tab", TABS)
def test_pages_join_without_gap_or_repeat(ways: Transactions, tab: str) -> None:
    """Walking by sevens gives the same rows in the same order as one long look."""
    whole = [row.id for row in _page(ways, tab, 200)]
    assert len(whole) >= 9
    walked: list[int] = []
    after = ""
    while page := _page(ways, tab, 7, after):
        walked += [row.id for row in page]
        after = page[-1].key
    assert walked == whole


def test_a_page_begins_after_a_row_that_has_gone(ways: Transactions) -> None:
    """The row whose place is named may have been served meanwhile."""
    rows = _page(ways, "queue", 200)
    gone = rows[4]
    ways.run(
        lambda uow: uow.connection.execute(
            _conversation.update().where(_conversation.c.id == gone.id).values(owner="bot")
        )
    )
    assert [row.id for row in _page(ways, "queue", 3, gone.key)] == [row.id for row in rows[5:8]]


@pytest.mark.parametrize("text", ["", "x", "human~gestern~1", "human~2026-01-01T00:00:00~1", "~~~"])
def test_a_place_that_was_never_written_is_none(text: str) -> None:
    """Somebody typed it into the address: the list begins at the top."""
    assert read_key("queue", text) is None


def test_the_allowance_of_many_is_that_of_each(ways: Transactions) -> None:
    """Two sent since the customer wrote leave three of five; other channels have no dots."""
    sent = {
        "kind": "reply", "channel": "wechat", "account": "w", "status": "sent", "attempts": 1,
        "body": {}, "due_at": NOON, "created_at": NOON, "owner_rev": 1, "reason": "",
        "provider_id": "", "way": "custom", "cost": 2, "sent_at": NOON, "conversation_id": 3,
        "peer": "p3", "dedupe_key": "said:3:2", "priority": 0,
    }  # fmt: skip
    ways.run(lambda uow: uow.connection.execute(insert(_item).values(**sent)))
    rows = {row.id: row for row in _page(ways, "queue", 200)}
    used = rows[3].left
    assert used is not None
    assert (used.left, used.most) == (3, 5)
    assert used.until == rows[3].last_at + timedelta(hours=48)
    assert rows[6].left is None
    late = ways.read(lambda uow: uow.inbox.rows("queue", "王敏", NOON + timedelta(hours=49), 200))
    assert {row.left.left for row in late if row.left} == {0}


def test_the_load_counts_hands_and_queue(ways: Transactions) -> None:
    """My own of my capacity, how many wait, since when; one group sees its own queue."""
    load = ways.read(lambda uow: uow.inbox.load("王敏", NOON))
    assert (load.mine, load.capacity, load.queue) == (20, 9, 20)
    assert load.oldest == NOON - timedelta(minutes=15)
    other = ways.read(lambda uow: uow.inbox.load("陈立", NOON, "claims"))
    assert (other.mine, other.queue, other.oldest) == (0, 0, None)
