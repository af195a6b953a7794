"""Fetches the photos and files that customers sent."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta

import httpx
from telegram import Bot

from bot.channels.media_types import ending_of
from bot.channels.telegram.api import call
from bot.dialogue.message import Attachment
from bot.errors import DeliveryError, OutcomeUnknown, RetryLater, Unreachable

_WITHIN_S = 60.0
_AGAIN = timedelta(seconds=10)


@dataclass(frozen=True)
class TelegramMedia:
    """MediaFetcher of the channel ``telegram``."""

    bot: Bot
    max_bytes: int
    trust_env: bool = True

    async def fetch(self, attachment: Attachment) -> tuple[bytes, str]:
        """Return the bytes and the file ending, told from the bytes alone."""
        if not attachment.ref or attachment.stored:
            raise Unreachable("没有可以下载的文件")
        try:
            file = await call(self.bot.get_file(attachment.ref))
        except OutcomeUnknown as error:
            # Asking again does no harm.
            raise RetryLater(str(error), after=_AGAIN) from None
        except Unreachable:
            raise
        except RetryLater:
            raise
        except DeliveryError as error:
            raise Unreachable(str(error)) from None
        if (file.file_size or 0) > self.max_bytes or not file.file_path:
            raise Unreachable(f"文件超过 {self.max_bytes} 字节")
        content = await self._content(file.file_path)
        found = ending_of(content)
        if found is None or found.kind != attachment.kind:
            raise Unreachable("不是认得的文件格式")
        return content, found.ending

    async def _content(self, url: str) -> bytes:
        broken: DeliveryError
        try:
            async with (
                asyncio.timeout(_WITHIN_S),
                httpx.AsyncClient(trust_env=self.trust_env) as client,
                client.stream("GET", url) as response,
            ):
                if response.status_code == 200:
                    return await self._read(response)
                broken = _refused(response.status_code)
        except (httpx.HTTPError, TimeoutError) as error:
            broken = RetryLater(f"下载中断：{type(error).__name__}", after=_AGAIN)
        # Outside the except clause: the address holds the token.
        raise broken

    async def _read(self, response: httpx.Response) -> bytes:
        content = bytearray()
        async for chunk in response.aiter_bytes():
            content += chunk
            if len(content) > self.max_bytes:
                raise Unreachable(f"文件超过 {self.max_bytes} 字节")
        return bytes(content)


def _refused(status: int) -> DeliveryError:
    if status in (429, 500, 502, 503, 504):
        return RetryLater(f"下载得到 HTTP {status}", after=_AGAIN)
    return Unreachable(f"下载得到 HTTP {status}")
