"""kill -9 at every statement of closing time: a ticket, a notice and an empty queue, or nothing."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, text

from bot.dialogue.message import InboundMessage
from storage import schema
from storage.database import open_engine
from storage.models.case import Handoff
from storage.transactions import transactions
from storage.unit_of_work import UnitOfWork
from tests.conftest import SECRET
from tests.crash.dying import killed
from tests.fakes import NOON

_WORK = "tests.crash.closing_writes:close"


def waiting(engine: Engine) -> None:
    """Let two customers wait for a person."""

    def work(uow: UnitOfWork) -> None:
        for number in (1, 2):
            message = InboundMessage("webchat", "web", f"p{number}", "k", NOON, "人工")
            conversation = uow.conversations.open(message, NOON)
            uow.ownership.pass_on(conversation, "queue", None, "人工", NOON)
            uow.cases.add(
                Handoff(
                    number=f"HO{number}", conversation_id=conversation.id, level="human",
                    reason="人工", status="open", package={}, opened_at=NOON, answer_by=NOON,
                )
            )  # fmt: skip

    transactions(engine).run(work)


def _counts(engine: Engine) -> tuple[int, int, int, int]:
    """Return tickets, notices, messages owed, and requests that wait."""
    queries = (
        "SELECT count(*) FROM ticket",
        "SELECT count(*) FROM message WHERE author = 'system'",
        "SELECT count(*) FROM outbox_item WHERE kind = 'reply'",
        "SELECT count(*) FROM handoff WHERE status = 'open'",
    )
    with engine.connect() as connection:
        found = [int(connection.execute(text(query)).scalar() or 0) for query in queries]
    return found[0], found[1], found[2], found[3]


def test_closing_time_happens_whole_or_not_at_all(tmp_path: Path) -> None:
    """Whatever dies when: nobody is told twice, nobody has two tickets, nobody is forgotten."""
    url = f"sqlite:///{tmp_path / 'count.db'}"
    engine = open_engine(url, SECRET)
    schema.upgrade(engine)
    waiting(engine)
    count = killed(url, _WORK)[0]
    assert _counts(engine) == (2, 2, 2, 0)
    engine.dispose()
    url = f"sqlite:///{tmp_path / 'anda.db'}"
    engine = open_engine(url, SECRET)
    schema.upgrade(engine)
    waiting(engine)
    codes = killed(url, _WORK, *range(1, count + 1))
    assert codes.count(-9) >= count - 1
    assert killed(url, _WORK, count + 1) == [0]
    assert _counts(engine) == (2, 2, 2, 0)
    engine.dispose()
