"""The pool of misses: encrypted, clustered once, counted, and open again when it comes back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine

from bot.dialogue.message import InboundMessage
from bot.errors import Refused
from bot.knowledge import pool, seed
from knowledge_base.entries import Entry
from storage.knowledge_values import Cut
from storage.models.base import table_of
from storage.models.knowledge import KbMiss
from storage.transactions import Transactions, transactions
from storage.unit_of_work import UnitOfWork

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
ASKED = (
    "养狗能上保险吗",
    "我想给狗上保险，能行吗",
    "地库停车位进水赔吗",
    "养狗可以上保险不",
    "地库车位进水了赔不赔",
)


@pytest.fixture
def writes(database: Engine) -> Iterator[Transactions]:
    """A database with one entry and one conversation that asked five questions in vain."""
    made = transactions(database)
    entry = seed.text_of(Entry("F125", "退保怎么办理？", ("怎么退保",), "请……", "条款"))
    made.run(
        lambda uow: uow.knowledge.cut(
            uow.knowledge.add_published([entry], "seed", "p", NOW), Cut("seed", "p", NOW)
        )
    )
    note(made, *ASKED)
    yield made
    made.close()


def note(writes: Transactions, *texts: str) -> None:
    """Put questions into the pool."""
    message = InboundMessage("webchat", "web", "p", "k", NOW, "x")

    def work(uow: UnitOfWork) -> None:
        conversation = uow.conversations.open(message, NOW)
        for text in texts:
            uow.misses.note(conversation.id, "unanswered", text, {"entry": "", "score": 0.1}, NOW)

    writes.run(work)


def groups(writes: Transactions) -> list[tuple[str, int, str]]:
    """Return leader, count and state of every cluster that is shown."""
    writes.run(lambda uow: pool.gather(uow, NOW))
    found = writes.read(lambda uow: uow.misses.clusters(("open", "taken", "done"), 50))
    return [(cluster.leader, cluster.count, cluster.state) for cluster in found]


def test_questions_are_clustered_the_same_way_each_time(writes: Transactions) -> None:
    """The first of its kind leads; asking again changes nothing."""
    once = groups(writes)
    assert once == groups(writes)
    assert once == [(ASKED[0], 3, "open"), (ASKED[2], 2, "open")]


def test_the_words_of_customers_are_not_readable_in_the_database(writes: Transactions) -> None:
    """Text and trace are ciphertext."""
    driver = writes.engine.raw_connection()
    try:
        cursor = driver.cursor()
        cursor.execute(f"SELECT text, trace FROM {table_of(KbMiss).name}")
        stored = b"".join(bytes(value) for row in cursor.fetchall() for value in row)
    finally:
        driver.close()
    assert stored
    assert all(text.encode() not in stored for text in ASKED)


def test_a_cluster_becomes_a_draft_in_one_step(writes: Transactions) -> None:
    """The questions are its wordings; the cluster is in that person's name."""
    groups(writes)
    made = writes.run(lambda uow: pool.draft(uow, 1, "甲", NOW, {"answer": "可以。"}))
    assert (made.code, made.state, made.author) == ("F300", "draft", "甲")
    assert made.body["question"] == ASKED[0]
    assert made.body["variants"] == [ASKED[1], ASKED[3]]
    cluster = writes.read(lambda uow: uow.misses.cluster(1))
    assert (cluster.state, cluster.owner, cluster.entry) == ("taken", "甲", "F300")
    again: Callable[[UnitOfWork], object] = lambda uow: pool.draft(  # noqa: E731
        uow, 2, "甲", NOW, {"id": "F125", "answer": "x"}
    )
    with pytest.raises(Refused, match="已经有了"):
        writes.run(again)


def test_a_cluster_is_not_drafted_twice(writes: Transactions) -> None:
    """Two drafts of one cluster would fight for its question; a discarded one is no hindrance."""
    groups(writes)
    writes.run(lambda uow: pool.draft(uow, 1, "甲", NOW, {"answer": "可以。"}))
    with pytest.raises(Refused, match="已经写进 F300 的草稿"):
        writes.run(lambda uow: pool.draft(uow, 1, "乙", NOW, {}))
    writes.run(lambda uow: uow.knowledge.discard("F300", NOW))
    assert writes.run(lambda uow: pool.draft(uow, 1, "乙", NOW, {})).state == "draft"
    with pytest.raises(Refused, match="F301 还没有答案"):
        writes.run(lambda uow: uow.knowledge.submit("F301", "乙", NOW))


def test_a_cluster_becomes_wordings_of_an_entry(writes: Transactions) -> None:
    """The draft holds the old wordings and the new ones, and numbers of people are masked."""
    note(writes, "怎么把保单TATJ20260208000155退掉")
    groups(writes)
    made = writes.run(lambda uow: pool.variant(uow, 3, "F125", "甲", NOW))
    assert made.body["variants"] == ["怎么退保", "怎么把保单TAT****55退掉"]
    assert made.body["answer"] == "请……"
    with pytest.raises(Refused, match="没有 F999"):
        writes.run(lambda uow: pool.variant(uow, 3, "F999", "甲", NOW))


def test_what_was_done_and_comes_again_is_open(writes: Transactions) -> None:
    """The cure did not work; what is to be ignored stays ignored."""
    groups(writes)
    writes.run(lambda uow: pool.take(uow, 1, "done", "甲", NOW))
    writes.run(lambda uow: pool.take(uow, 2, "ignored", "甲", NOW))
    note(writes, ASKED[3], ASKED[4])
    assert groups(writes) == [(ASKED[0], 4, "open")]
    with pytest.raises(Refused, match="没有第 77 组"):
        writes.run(lambda uow: pool.take(uow, 77, "done", "甲", NOW))
