"""What must be true of the database after every fault (I1 to I8 of the fault matrix)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, text

from storage.conversations import Conversations
from storage.models.outbox import OutboxItem
from storage.outbox import AGAIN
from tests.crash.customers import LATER, Life, Sent
from tests.crash.server import Installation

NUMBER = re.compile(r"\b(?:CL|CP)\d{12,}\b")


def check(
    home: Installation, lives: Sequence[Life], delivered: Sequence[Mapping[str, Any]]
) -> None:
    """Compare what customers saw with what is stored."""
    with home.engine() as engine, engine.connect() as connection:
        assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
        assert not connection.execute(text("PRAGMA foreign_key_check")).all()
        for life in lives:
            _check_messages(connection, life)
            _check_effects(connection, life)
        _check_outbox(connection, delivered)
    assert home.waiting_in_spool() == []


def _check_messages(connection: Connection, life: Life) -> None:
    """Every acknowledged key is stored once, in the order it was sent, with its one answer."""
    rows = connection.execute(
        text(
            "SELECT m.conversation_id, m.seq, m.key FROM message m JOIN conversation c"
            " ON c.id = m.conversation_id WHERE c.channel = :channel AND c.peer = :peer"
            " AND m.author = 'customer' ORDER BY m.seq"
        ),
        {"channel": life.channel, "peer": life.peer},
    ).all()
    stored = [row.key for row in rows]
    keys = [sent.key for sent in life.said]
    acknowledged = {sent.key for sent in life.said if sent.answers}
    assert acknowledged <= set(stored), f"{life.peer}: acknowledged and lost"
    assert len(stored) == len(set(stored)), f"{life.peer}: stored twice"
    assert stored == keys[: len(stored)], f"{life.peer}: sent {keys}, stored {stored}"
    conversations = Conversations(connection)
    for row, sent in zip(rows, life.said, strict=False):
        _check_answer(conversations, row.conversation_id, row.seq, sent)


def _check_answer(conversations: Conversations, conversation: int, seq: int, sent: Sent) -> None:
    heard = {answer for answer in sent.answers if answer != LATER}
    assert len(heard) <= 1, f"{sent.key}: answered differently"
    texts = [reply.text for reply, _, _ in conversations.stored_replies(conversation, seq)]
    # The response carries the first replies; what did not fit into it follows by the outbox.
    possible = {"\n".join(texts[:count]) for count in range(1, len(texts) + 1)}
    assert heard <= possible, f"{sent.key}: the answer given is not the answer stored"


def _check_effects(connection: Connection, life: Life) -> None:
    """A finished script opened one case of each of its kinds, and the numbers told are theirs."""
    rows = connection.execute(
        text(
            "SELECT number FROM claim WHERE conversation_id IN (SELECT id FROM conversation"
            " WHERE channel = :channel AND peer = :peer) UNION ALL SELECT number FROM complaint"
            " WHERE conversation_id IN (SELECT id FROM conversation WHERE channel = :channel"
            " AND peer = :peer)"
        ),
        {"channel": life.channel, "peer": life.peer},
    ).scalars()
    stored = sorted(rows)
    told = {n for sent in life.said for answer in sent.answers for n in NUMBER.findall(answer)}
    assert told <= set(stored), f"{life.peer}: told {told}, stored {stored}"
    kinds = Counter(number[:2] for number in stored)
    assert max(kinds.values(), default=0) <= 1, f"{life.peer}: doubled {stored}"
    assert not life.finished or set(kinds) == life.cases, f"{life.peer}: ended with {stored}"


def _check_outbox(connection: Connection, delivered: Sequence[Mapping[str, Any]]) -> None:
    """What is owed is owed once, and leaves us once, or a second time where that is marked (I6)."""
    table = OutboxItem.__table__
    rows = connection.execute(table.select().where(table.c.kind == "reply")).all()
    owed = Counter((row.peer, row.body["text"]) for row in rows if row.channel == "wechat")
    left = Counter((item["touser"], item["text"]["content"]) for item in delivered)
    again = Counter((row.peer, row.body["text"]) for row in rows if row.reason == AGAIN)
    assert not left - owed - again, f"sent more often than owed: {left - owed - again}"
    replies = connection.execute(
        # A notice that a job has planned (reply_to is NULL there) answers nobody.
        text(
            "SELECT count(*) FROM message"
            " WHERE author = 'bot' AND sent_by = 'outbox' AND reply_to IS NOT NULL"
        )
    ).scalar()
    answers = [row for row in rows if row.dedupe_key.startswith("reply:")]
    assert len(answers) == replies, "owed replies and outbox items differ"
