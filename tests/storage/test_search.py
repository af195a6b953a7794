"""The sealed index: finds what was said, whoever made it and whenever, and tells nobody else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, select, text

from bot.dialogue.message import InboundMessage
from storage.models.base import table_of
from storage.models.conversation import Message
from storage.models.search import SearchSegment
from storage.search import indexing
from storage.search.bigrams import codes, normal
from storage.search.messages import find
from storage.search.segment import Segment
from storage.transactions import Transactions, transactions
from storage.unit_of_work import UnitOfWork
from tests.fakes import NOON

_message = table_of(Message)
LATER = NOON + timedelta(minutes=5)


@pytest.fixture
def ways(database: Engine) -> Transactions:
    """The way to an empty database."""
    return transactions(database)


def say(ways: Transactions, peer: str, *words: str, author: str = "customer") -> int:
    """Write messages into a peer's conversation."""

    def work(uow: UnitOfWork) -> int:
        conversation = uow.conversations.open(
            InboundMessage("webchat", "web", peer, f"k{words[0]}", NOON, words[0]), NOON
        )
        rows = [{"author": author, "body": {"type": "text", "text": one}} for one in words]
        uow.conversations.record(conversation, rows, NOON)
        return conversation.id

    return ways.run(work)


def index(ways: Transactions, full: int, now: datetime = LATER) -> int:
    """Make all blocks that are full; return how many."""
    made = 0
    while block := ways.read(lambda uow: indexing.next_block(uow.connection, now, full)):
        assert ways.run(lambda uow, one=block: indexing.write(uow.connection, one, now))  # type: ignore[misc]
        made += 1
    return made


def hits(ways: Transactions, query: str) -> list[int]:
    """Return the conversations in which the words were said."""
    return ways.read(lambda uow: [hit.conversation_id for hit in find(uow.connection, query)])


def test_what_is_found_is_the_same_before_and_after_indexing(ways: Transactions) -> None:
    """Newest first; all words of the query in one message; the bot's words do not count."""
    first = say(ways, "p1", "昨天在和平区追尾了", "对方全责")
    second = say(ways, "p2", "今天追尾，在河西区", "保单 PDZA2026")
    say(ways, "p3", "追尾怎么赔", author="bot")
    say(ways, "p4", "追着问一下尾款")
    queries = ("追尾", "追尾 和平区", "pdza 2026", "ＰＤＺＡ", "尾款", "追尾，在", "没有人说过")
    before = [hits(ways, query) for query in queries]
    assert before[0] == [second, first]
    assert before[1] == [first]
    assert before[2] == before[3] == [second]
    assert before[6] == []
    assert index(ways, 2) == 2
    assert [hits(ways, query) for query in queries] == before


def test_one_character_is_not_looked_for(ways: Transactions) -> None:
    """A single character would be in everything."""
    say(ways, "p1", "追尾")
    assert hits(ways, "追") == []
    assert hits(ways, "  ") == []


def test_a_block_waits_until_late_commits_are_in(ways: Transactions) -> None:
    """What was said in the last minute is read one by one, not indexed."""
    say(ways, "p1", "追尾", "剐蹭")
    assert index(ways, 2, NOON + timedelta(seconds=30)) == 0
    assert index(ways, 2) == 1
    assert index(ways, 2) == 0


def test_two_makers_make_a_block_once(ways: Transactions) -> None:
    """The slower one is told so and nothing is there twice."""
    say(ways, "p1", "追尾", "剐蹭")
    block = ways.read(lambda uow: indexing.next_block(uow.connection, LATER, 2))
    assert block is not None
    wrote = [ways.run(lambda uow: indexing.write(uow.connection, block, LATER)) for _ in "12"]
    assert wrote == [True, False]
    assert len(hits(ways, "追尾")) == 1


def test_erased_words_leave_the_index(ways: Transactions) -> None:
    """A block that lost a message is made anew, and what it held of it is gone."""
    say(ways, "p1", "我叫欧阳翠花", "剐蹭了")
    index(ways, 2)
    gone = codes(normal("欧阳翠花"))
    assert any(len(block.find(gone)) for block in blocks(ways))
    erase = delete(_message).where(_message.c.seq == 1)
    ways.run(lambda uow: uow.connection.execute(erase))
    assert hits(ways, "翠花") == []
    for number in ways.read(lambda uow: indexing.shrunk(uow.connection)):
        ways.run(lambda uow, one=number: indexing.mend(uow.connection, one, LATER))  # type: ignore[misc]
    assert not any(len(block.find(gone)) for block in blocks(ways))
    assert ways.read(lambda uow: indexing.shrunk(uow.connection)) == []
    assert len(hits(ways, "剐蹭")) == 1


def blocks(ways: Transactions) -> Sequence[Segment]:
    """Return the opened blocks."""
    query = select(table_of(SearchSegment).c.sealed)
    return ways.read(
        lambda uow: [Segment.load(one) for one in uow.connection.execute(query).scalars()]
    )


def test_the_index_tells_nothing_without_the_key(ways: Transactions) -> None:
    """Neither words nor their hashes stand in the table; the same words never look the same."""
    for peer in ("p1", "p2"):
        say(ways, peer, "追尾追尾追尾", "剐蹭")
    index(ways, 2)
    query = text("SELECT sealed FROM search_segment")
    raw = ways.read(lambda uow: [bytes(one) for one in uow.connection.execute(query).scalars()])
    assert len(raw) == 2
    assert raw[0] != raw[1]
    for sealed in raw:
        assert codes("追尾").tobytes() not in sealed
        assert "追尾".encode() not in sealed


WORDS = st.lists(st.text("追尾剐蹭车灯ab1 ，", min_size=0, max_size=12), max_size=30)


@given(WORDS, st.text("追尾剐蹭车灯ab1", min_size=2, max_size=4))
def test_a_block_misses_nothing(texts: list[str], wanted: str) -> None:
    """Every message that holds the words is a candidate, after writing and reading it too."""
    plain = [(number, normal(one)) for number, one in enumerate(texts, start=7)]
    block = Segment.load(Segment.of(plain).dump())
    found = block.find(codes(normal(wanted)))
    assert found == sorted(found, reverse=True)
    assert {number for number, one in plain if normal(wanted) in one} <= set(found)
