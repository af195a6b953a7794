"""Hands posts to the staff group: finds or makes the topic, then writes into it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import structlog
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Message, ReplyParameters
from telegram.constants import ParseMode

from bot.channels.pacer import Pacer
from bot.channels.telegram.api import TopicClosed, TopicGone, Unparsed, call
from bot.channels.telegram.desk import words
from bot.errors import DeliveryError, OutcomeUnknown, RetryLater, Unreachable
from bot.media import stored
from storage.group_desk import GroupDesk
from storage.outbox import Leased
from storage.transactions import Transactions

log = structlog.get_logger(__name__)
T = TypeVar("T")
Post = Callable[[int | None], Awaitable[Message]]
_AGAIN = timedelta(seconds=20)


@dataclass(frozen=True)
class DeskSender:
    """Delivers outbox items of the channel ``telegram-desk``."""

    bot: Bot
    chat: int
    pacer: Pacer
    transactions: Transactions
    media: Path

    async def __call__(self, item: Leased) -> str:
        """Write one post; return the platform's number of it."""
        if item.peer.partition(":")[0] != str(self.chat):
            raise DeliveryError("坐席群已经换了，这一条不再发")
        await self.pacer.turn(item.id)
        body = item.body
        try:
            sent = await self._written(body)
        except Unreachable as error:
            # The bot was thrown out, or is no administrator: that may be mended soon.
            raise DeliveryError(f"坐席群用不了：{error}") from None
        if body.get("close"):
            await self._quietly(self.bot.close_forum_topic(self.chat, sent.message_thread_id or 0))
        return str(sent.message_id)

    async def _written(self, body: Mapping[str, Any]) -> Message:
        post = self._post(body)
        if body.get("general"):
            return await post(None)
        number = int(body["conversation"])
        thread = await self._thread(number)
        if thread is None:
            thread = await self._made(number, None, body)
        elif body.get("open"):
            await self._quietly(self.bot.reopen_forum_topic(self.chat, thread))
        try:
            return await post(thread)
        except TopicClosed:
            await call(self.bot.reopen_forum_topic(self.chat, thread))
            return await post(thread)
        except TopicGone:
            thread = await self._made(number, thread, body)
            if not body.get("open"):
                await self._quietly(
                    self.bot.send_message(self.chat, words.RENEWED, message_thread_id=thread)
                )
            return await post(thread)

    async def _thread(self, conversation: int) -> int | None:
        work = self.transactions.submit(lambda uow: GroupDesk(uow.connection).topic(conversation))
        row = await asyncio.wrap_future(work)
        return int(row["thread"]) if row and row["thread"] else None

    async def _made(self, conversation: int, before: int | None, body: Mapping[str, Any]) -> int:
        """Make a topic and remember it before anything is written into it."""
        name = str(body.get("title") or f"会话 #{conversation}")
        try:
            topic = await call(self.bot.create_forum_topic(self.chat, name))
        except OutcomeUnknown as error:
            # At worst an empty topic is left over; without one the customer is not seen here.
            raise RetryLater(str(error), after=_AGAIN) from None
        made = topic.message_thread_id
        work = self.transactions.submit(
            lambda uow: GroupDesk(uow.connection).name_thread(conversation, before, made)
        )
        if await asyncio.wrap_future(work):
            return made
        log.warning("telegram.topic_made_twice", conversation=conversation)
        return await self._thread(conversation) or made

    def _post(self, body: Mapping[str, Any]) -> Post:
        """Return what writes the body into a topic; a file that is gone is said in words."""
        more: dict[str, Any] = {"reply_markup": _buttons(body)}
        if reply := body.get("reply_to"):
            more["reply_parameters"] = ReplyParameters(int(reply), allow_sending_without_reply=True)
        text = str(body["text"])
        if "place" in body:
            return self._place(body, text, more)
        found = stored(self.media, str(body["file"])) if "file" in body else None
        if found and body.get("kind") == "image":
            return lambda thread: call(
                self.bot.send_photo(
                    self.chat, found[0], caption=text, parse_mode=ParseMode.HTML,
                    message_thread_id=thread, **more,
                )
            )  # fmt: skip
        sound = _bytes(self.media, str(body.get("file") or ""))
        if sound and body.get("kind") == "voice":
            return lambda thread: call(
                self.bot.send_document(
                    self.chat, sound, caption=text, parse_mode=ParseMode.HTML,
                    filename=Path(str(body["file"])).name, message_thread_id=thread, **more,
                )
            )  # fmt: skip
        return self._text(text, more)

    def _text(self, text: str, more: Mapping[str, Any]) -> Post:
        async def post(thread: int | None) -> Message:
            try:
                return await call(
                    self.bot.send_message(
                        self.chat, text, parse_mode=ParseMode.HTML, message_thread_id=thread, **more
                    )
                )
            except Unparsed:
                # Refused, so certainly not there: the bare text is better than nothing.
                return await call(
                    self.bot.send_message(self.chat, text, message_thread_id=thread, **more)
                )

        return post

    def _place(self, body: Mapping[str, Any], text: str, more: Mapping[str, Any]) -> Post:
        latitude, longitude = body["place"]

        async def post(thread: int | None) -> Message:
            sent = await self._text(text, more)(thread)
            # The words have arrived; the pin alone is not worth saying them twice.
            await self._quietly(
                self.bot.send_location(self.chat, latitude, longitude, message_thread_id=thread)
            )
            return sent

        return post

    async def _quietly(self, request: Awaitable[T]) -> None:
        with suppress(DeliveryError):
            await call(request)


def _buttons(body: Mapping[str, Any]) -> InlineKeyboardMarkup | None:
    keys = [
        InlineKeyboardButton(
            words.MOVES[move], callback_data=f"d:{move}:{body['conversation']}:{body['rev']}"
        )
        for move in body.get("moves", ())
    ]
    return InlineKeyboardMarkup([keys]) if keys else None


def _bytes(folder: Path, path: str) -> bytes:
    """Return the bytes of a stored file, b'' when it is not there."""
    file = (folder / path).resolve()
    inside = path and file.is_relative_to(folder.resolve())
    return file.read_bytes() if inside and file.is_file() else b""
