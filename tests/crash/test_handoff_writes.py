"""kill -9 at every statement of a hand-off: owner, episode, words and delivery agree."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, text

from bot.dialogue.message import InboundMessage
from bot.handoff import Desk
from storage import schema
from storage.database import open_engine
from storage.transactions import transactions
from storage.unit_of_work import UnitOfWork
from tests.conftest import SECRET
from tests.crash.dying import killed
from tests.fakes import NOON

AGENT = "王敏"
_WORK = "tests.crash.test_handoff_writes:serve_one"


def serve_one(engine: Engine) -> None:
    """Take the only conversation, say something and give it back; begun before or not."""

    def take(uow: UnitOfWork) -> int:
        message = InboundMessage("webchat", "web", "p1", "k", NOON, "人工")
        found = uow.conversations.open(message, NOON).id
        Desk(uow, NOON).take(found, AGENT)
        return found

    ways = transactions(engine)
    number = ways.run(take)
    ways.run(lambda uow: Desk(uow, NOON).say(number, AGENT, "您好"))
    ways.run(lambda uow: Desk(uow, NOON).release(number, AGENT, "小休"))
    ways.run(lambda uow: Desk(uow, NOON).take(number, AGENT))
    ways.run(lambda uow: Desk(uow, NOON).hand_back(number, AGENT))
    ways.close()


def _one(engine: Engine, sql: str) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text(sql)).scalar() or 0)


def test_a_hand_off_is_whole_or_not_there(tmp_path: Path) -> None:
    """Whatever dies when: as many episodes as changes, every word owed once, one notice each."""
    url = f"sqlite:///{tmp_path / 'anda.db'}"
    engine = open_engine(url, SECRET)
    schema.upgrade(engine)
    statements = killed(url, _WORK)[0]
    assert statements > 20
    codes = killed(url, _WORK, *range(1, statements + 1))
    assert codes.count(-9) > statements / 2
    revisions = _one(engine, "SELECT owner_rev FROM conversation")
    assert revisions > 4
    assert _one(engine, "SELECT count(*) FROM episode") == revisions
    assert _one(engine, "SELECT count(*) FROM episode WHERE closed_at IS NULL") == 1
    said = _one(engine, "SELECT count(*) FROM message")
    assert _one(engine, "SELECT last_seq FROM conversation") == said
    assert _one(engine, "SELECT count(*) FROM outbox_item WHERE kind = 'reply'") == said
    notices = _one(engine, "SELECT count(*) FROM message WHERE author = 'system'")
    assert notices == revisions
    engine.dispose()
