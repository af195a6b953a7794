"""What we say of our own accord reaches Telegram as the replies do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from storage.rules.surveys import BUTTONS
from tests.bot.channels.telegram.fake_api import BOT_ID, FakeBotApi, Fault
from tests.bot.channels.telegram.kit import CHAT, NOW, Customer, Process, run


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """SQLite will do here: nothing depends on the kind of the database."""
    return f"sqlite:///{tmp_path / 'anda.db'}"


def _plan(process: Process, kind: str = "survey") -> None:
    body = {"type": "text", "text": "您打几分？", "buttons": list(BUTTONS)}
    process.app.transactions.run(
        lambda uow: uow.outbox.queue(
            dedupe_key="survey:handoff:HO1", kind=kind, channel="telegram", account=BOT_ID,
            peer=str(CHAT), body=body, due_at=NOW, now=NOW,
            conversation_id=process.conversation(), status="planned",
        )
    )  # fmt: skip


def _fate(process: Process, kind: str) -> tuple[str, str | None]:
    (item,) = process.items(kind)
    return item["status"], item["way"]


def test_a_question_of_ours_comes_with_its_buttons(process: Process, api: FakeBotApi) -> None:
    """In the chat, once, and each button is one that may be tapped."""

    async def story() -> None:
        await process.talk(Customer().says("你好"))
        _plan(process)
        before = len(api.sent)
        await process.deliver()
        [sent] = api.sent[before:]
        assert "您打几分" in sent["text"]
        shown = sent["reply_markup"]
        keyboard = json.loads(shown) if isinstance(shown, str) else shown
        rows = keyboard["inline_keyboard"]
        assert [one["text"] for row in rows for one in row] == list(BUTTONS)

    run(process, story)
    assert _fate(process, "survey") == ("sent", "custom")


def test_who_has_blocked_the_bot_is_reached_another_way(process: Process, api: FakeBotApi) -> None:
    """403 closes this way for good: the next rung is tried, and nothing more is sent here."""

    async def story() -> None:
        await process.talk(Customer().says("你好"))
        _plan(process, "ticket_reply")
        api.fail("sendMessage", Fault(403, "Forbidden: bot was blocked by the user"))
        await process.deliver()

    run(process, story)
    assert _fate(process, "ticket_reply") == ("sent", "task")
    subscribed = process.app.transactions.read(
        lambda uow: uow.conversations.get(process.conversation()).subscribed
    )
    assert not subscribed
