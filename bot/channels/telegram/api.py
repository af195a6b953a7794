"""The Bot API client, and what its errors mean for an outbox item."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx
import structlog
from telegram import Bot
from telegram.error import (
    BadRequest,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)
from telegram.request import HTTPXRequest

from bot.errors import DeliveryError, OutcomeUnknown, RetryLater, Unreachable
from bot.settings import Telegram

# The library's old habit of seconds as int is deprecated, and warns wherever it is met.
os.environ.setdefault("PTB_TIMEDELTA", "1")
log = structlog.get_logger(__name__)
T = TypeVar("T")

# More at once makes httpx slower, not faster.
CONNECTIONS = 20
POLL_S = 25
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_SOON = timedelta(seconds=5)
_CONFIGURATION = timedelta(minutes=5)
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_NO_TOPIC = ("message thread not found", "topic_deleted", "topic_id_invalid", "topic not found")
_NOBODY = ("chat not found", "peer_id_invalid", "user is deactivated", "user not found")


class Blocked(Unreachable):
    """The customer has blocked the bot."""


class Unparsed(DeliveryError):
    """Telegram could not read our HTML."""


class TopicGone(DeliveryError):
    """Somebody has deleted the topic."""


class TopicClosed(DeliveryError):
    """Somebody has closed the topic, and we may not write into it."""


def account_of(settings: Telegram) -> str:
    """Return the bot's id: the first half of its token, and no secret."""
    return settings.bot_token.get_secret_value().partition(":")[0]


def uses_proxy(settings: Telegram) -> bool:
    """Tell whether a proxy of the environment counts: never for a server on this machine."""
    return urlsplit(settings.api_base_url).hostname not in _LOOPBACK


def make_bot(settings: Telegram) -> Bot:
    """Return a client; every call goes to the configured address."""
    base = settings.api_base_url.rstrip("/")
    timeout = settings.api_timeout_s
    options: dict[str, Any] = {
        "httpx_kwargs": {"trust_env": uses_proxy(settings)},
        **dict.fromkeys(("connect_timeout", "write_timeout", "pool_timeout"), timeout),
    }
    return Bot(
        settings.bot_token.get_secret_value(),
        base_url=f"{base}/bot",
        base_file_url=f"{base}/file/bot",
        request=HTTPXRequest(CONNECTIONS, read_timeout=timeout, **options),
        get_updates_request=HTTPXRequest(1, read_timeout=POLL_S + timeout, **options),
    )


async def close(bot: Bot) -> None:
    """Close the connections."""
    for request in bot._request:
        await request.shutdown()


async def call(request: Awaitable[T]) -> T:
    """Make a call; raise only errors of bot.errors, free of the address and its token."""
    try:
        return await request
    except TelegramError as error:
        broken = meaning(error)
    # Outside the except clause: the original's text must not hang on.
    raise broken


def meaning(error: TelegramError) -> DeliveryError:
    """Return what an error of the library means for us."""
    means = next((m for kind, m in _MEANINGS if isinstance(error, kind)), _unreadable)
    return means(error)


def _limited(error: Any) -> DeliveryError:
    after = error.retry_after
    span = after if isinstance(after, timedelta) else timedelta(seconds=after)
    return RetryLater("429 限流", after=span)


def _blocked(_: Any) -> DeliveryError:
    return Blocked("403 客户停用了机器人，或已离开")


def _token_refused(_: Any) -> DeliveryError:
    log.error("telegram.configuration", why="bot token refused")
    return RetryLater("机器人令牌不被接受", after=_CONFIGURATION)


def _conflict(_: Any) -> DeliveryError:
    return RetryLater("另一个进程正在轮询", after=timedelta(minutes=1))


def _unreadable(error: TelegramError) -> DeliveryError:
    return OutcomeUnknown(f"Telegram 的回答看不懂：{type(error).__name__}")


def _refused(error: BadRequest) -> DeliveryError:
    text = error.message.lower()
    if any(words in text for words in _NOBODY):
        return Unreachable("400 没有这个聊天")
    if any(words in text for words in _NO_TOPIC):
        return TopicGone("400 话题已被删除")
    if "topic_closed" in text:
        return TopicClosed("400 话题已被关闭")
    if "can't parse entities" in text:
        return Unparsed("400 排版看不懂")
    log.error("telegram.refused_call", why=error.message[:120])
    return DeliveryError(f"400 {error.message[:120]}")


def _broken(error: NetworkError) -> DeliveryError:
    cause = error.__cause__
    name = type(cause).__name__ if cause else error.message[:60]
    if isinstance(cause, _NEVER_SENT):
        return RetryLater(f"连不上 Telegram：{name}", after=_SOON)
    return OutcomeUnknown(f"发出后没有回音：{name}")


# BadRequest is a NetworkError for the library, so it stands before it.
_MEANINGS: Sequence[tuple[type[TelegramError], Callable[[Any], DeliveryError]]] = (
    (RetryAfter, _limited),
    (Forbidden, _blocked),
    (InvalidToken, _token_refused),
    (Conflict, _conflict),
    (BadRequest, _refused),
    (NetworkError, _broken),
)
