"""The way in: who is let in, what is stored before the answer, what counts once."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
from pydantic import SecretStr
from sqlalchemy import func, select

from bot.bootstrap import App
from bot.web import web_app
from storage.models.base import table_of
from storage.models.conversation import Message
from tests.bot.channels.telegram.kit import CHAT, SECRET, Customer, Process, run
from tests.bot.channels.wechat.asgi import FakeInbox

GARBAGE = (
    b"", b"{", b"null", b"[]", b"5", b'"x"', b"{}", b'{"update_id": "7"}', b'{"update_id": -1}',
    b'{"update_id": true}', b"\xff\xfe{}", b"[" * 5000, b'{"update_id": 1e99}',
    b'{"update_id": 99999999999999999999}',
)  # fmt: skip
STRANGE: tuple[dict[str, Any], ...] = (
    {"message": 5}, {"message": {}}, {"message": {"text": "x"}}, {"edited_message": []},
    {"message": {"message_id": 1, "date": 10**18, "chat": {"id": 1, "type": "private"}}},
    {"message": {"message_id": 1, "date": 1, "chat": {"id": {}, "type": "private"}, "text": "a"}},
    {"message": {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private"}, "text": 7}},
    {"message": {"message_id": "x", "date": 1, "chat": {"id": 1, "type": "private"}, "text": "a"}},
    {"callback_query": {"id": "1"}}, {"my_chat_member": {"chat": None}}, {"poll": {}}, {},
    {"something_new": {"a": 1}},
    {"message": {"message_id": 1, "date": 1, "chat": {"id": -5, "type": "group"}, "text": "hi"}},
)  # fmt: skip


def _messages(process: Process, author: str = "customer") -> int:
    table = table_of(Message)
    query = select(func.count()).where(table.c.author == author)
    return process.app.transactions.read(
        lambda uow: int(uow.connection.execute(query).scalar() or 0)
    )


def test_a_text_is_answered_with_buttons(process: Process) -> None:
    """A message is stored before the 200, and answered by one message through the outbox."""

    async def work() -> None:
        assert await process.post(Customer().says("你好")) == 200
        assert (_messages(process), process.api.sent) == (1, [])
        await process.deliver()

    run(process, work)
    (text,) = process.api.texts(CHAT)
    assert "报案" in text
    buttons = process.api.buttons(CHAT)
    assert {"报案", "转人工"} <= buttons.keys()
    assert all(len(data.encode()) <= 64 for data in buttons.values())
    assert [item["status"] for item in process.items()] == ["sent"]


def test_a_wrong_secret_is_refused(process: Process) -> None:
    """Who does not know the secret is not listened to."""

    async def work() -> list[int]:
        wrong = (None, "", "wrong", SECRET + "x", SECRET[:-1], SECRET.upper())
        return [await process.post(Customer().says("你好"), secret) for secret in wrong]

    assert set(run(process, work)) == {403}
    assert process.conversation() == 0


def test_without_a_configured_secret_nobody_is_let_in(process: Process) -> None:
    """An empty secret is no secret: the empty header does not open the door."""
    changed = process.telegram.settings.model_copy(update={"webhook_secret": SecretStr("")})
    process.telegram.settings = changed
    assert run(process, lambda: process.post(Customer().says("你好"), "")) == 403


def test_what_is_no_update_is_refused(process: Process) -> None:
    """Garbage gets a 4xx, never a 5xx, and leaves nothing behind."""

    async def work() -> list[int]:
        return [await process.post(body) for body in GARBAGE]

    assert set(run(process, work)) == {400}
    assert _messages(process) == 0


def test_strange_updates_are_taken_and_ignored(process: Process) -> None:
    """A well-numbered update that we cannot read is acknowledged, or it would come for hours."""

    async def work() -> list[int]:
        bodies = [{"update_id": n, **strange} for n, strange in enumerate(STRANGE, 1)]
        return [await process.post(body) for body in bodies]

    assert set(run(process, work)) == {200}
    assert _messages(process) == 0


def test_too_large_a_body_is_refused(process: Process) -> None:
    """A body over the limit is not read to its end."""
    huge = json.dumps(Customer().says("x" * 2_000_000)).encode()
    assert run(process, lambda: process.post(huge)) == 413


def test_an_update_counts_once_however_often_it_comes(process: Process) -> None:
    """Repeats, sixteen of them at once, have one effect and one answer."""
    update = Customer().says("交强险赔多少")

    async def work() -> list[int]:
        statuses = [await process.post(update)]
        statuses += await asyncio.gather(*(process.post(update) for _ in range(16)))
        await process.deliver()
        return [*statuses, await process.post(update)]

    assert set(run(process, work)) == {200}
    assert (_messages(process), len(process.api.texts(CHAT))) == (1, 1)


def test_updates_out_of_order_are_all_answered(process: Process) -> None:
    """A smaller number that comes later is a message like any other."""
    customer = Customer()
    updates = [customer.says(text) for text in ("理赔要多久", "怎么投诉", "交强险赔多少")]

    async def work() -> None:
        await process.talk(updates[2], updates[0], updates[1], updates[0])

    run(process, work)
    assert (_messages(process), len(process.api.texts(CHAT))) == (3, 3)


def test_when_nothing_can_be_stored_the_update_shall_come_again(process: Process) -> None:
    """Without a commit there is no 200."""
    process.telegram.inbox = FakeInbox(error=OSError("disk full"))
    assert run(process, lambda: process.post(Customer().says("你好"))) == 503


def test_the_product_serves_the_path_only_while_the_channel_is_on(process: Process) -> None:
    """The whole web application knows the path; without the section it is not there."""
    off = process.app.beside(telegram=None)
    off.__dict__["transactions"] = process.app.transactions

    async def status(app: App) -> int:
        transport = httpx.ASGITransport(web_app(app, worker=False))
        async with httpx.AsyncClient(transport=transport, base_url="http://anda") as client:
            headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
            update = Customer().says("你好")
            return (
                await client.post("/telegram/webhook", headers=headers, json=update)
            ).status_code

    async def work() -> tuple[int, int]:
        return await status(process.app), await status(off)

    on, gone = run(process, work)
    assert on == 200
    assert gone in (404, 405)
    assert _messages(process) == 1
