"""A clock moved in a terminal moves one conversation, and nobody else's day."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.bootstrap import App
from bot.cli.chat import Terminal
from bot.settings import Settings
from storage import schema
from storage.models.outbox import OutboxItem

_REAL = datetime.fromisoformat("2026-11-26T21:00:00+08:00")
_MOVED = "2026-11-28T10:00:00+08:00"
_item = OutboxItem.__table__


@pytest.fixture
def app(tmp_path: Path) -> App:
    """Return the parts over an empty database in which a message waits for tomorrow."""
    settings = Settings(data_dir=tmp_path, database_url=f"sqlite:///{tmp_path}/anda.db")
    parts = App(settings)
    schema.upgrade(parts.transactions.engine)
    parts.transactions.run(
        lambda uow: uow.outbox.queue(
            dedupe_key="tomorrow", kind="sms", channel="sms", account="", peer="13800000001",
            body={"text": "明天的话"}, due_at=_REAL + timedelta(hours=12), now=_REAL,
        )
    )  # fmt: skip
    return parts


def _waiting(app: App) -> dict[str, str]:
    with app.transactions.engine.connect() as connection:
        rows = connection.execute(select(_item.c.dedupe_key, _item.c.status)).all()
    return {row.dedupe_key: row.status for row in rows}


def test_others_wait_for_the_real_day(app: App) -> None:
    """What is owed to another customer tomorrow stays owed; the code of this play is sent."""
    talk = Terminal(app, "p1")
    talk.move(_MOVED)
    for text in ("我的车险什么时候到期", "13800000009"):
        talk.say({"text": text})
    found = _waiting(app)
    assert found.pop("tomorrow") == "due"
    assert set(found.values()) == {"sent"}
    app.transactions.close()


def test_at_the_real_time_it_works_like_the_server(app: App) -> None:
    """Without a moved clock everything due is delivered, as everywhere."""
    talk = Terminal(app, "p1")
    app.clock = app.inbox.clock = lambda: _REAL + timedelta(days=1)
    talk.say({"text": "你好"})
    assert _waiting(app)["tomorrow"] == "sent"
    app.transactions.close()
