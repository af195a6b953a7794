"""Fetches the photos, voice notes and videos that customers sent."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import requests

from bot.channels.media_types import ending_of
from bot.channels.wechat.answers import TooMuchError, decoded, read_all
from bot.channels.wechat.client import WeChatApi
from bot.dialogue.message import Attachment
from bot.errors import OutcomeUnknown, RetryLater, Unreachable

_ENDPOINT = "media/get"
_THREADS = 8
_WITHIN_S = 60.0


class WeChatMedia:
    """MediaFetcher of the ``wechat`` channel."""

    def __init__(self, api: WeChatApi, max_bytes: int, threads: int = _THREADS) -> None:
        self._api = api
        self._max_bytes = max_bytes
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="wechat-media")

    async def fetch(self, attachment: Attachment) -> tuple[bytes, str]:
        """Return the bytes and the file ending (``.jpg``), told from the bytes alone."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, self._fetch, attachment)

    def close(self) -> None:
        """Let the running downloads finish and take no more."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _fetch(self, attachment: Attachment) -> tuple[bytes, str]:
        if not attachment.ref or attachment.stored:
            raise Unreachable(f"a {attachment.kind} without media id cannot be fetched")
        try:
            content = self._content(attachment.ref)
        except OutcomeUnknown as error:
            broken = RetryLater(str(error), after=timedelta(seconds=10))
        except TooMuchError:
            raise Unreachable(f"media over {self._max_bytes} bytes") from None
        else:
            return content, _checked_ending(content, attachment)
        raise broken

    def _content(self, media_id: str) -> bytes:
        url = self._api.full_url(_ENDPOINT)
        result = self._api.with_token(
            urlsplit(url).path, {"media_id": media_id}, lambda params: self._got(url, params)
        )
        if "video_url" in result:
            return self._video(str(result["video_url"]))
        return _bytes_of(result)

    def _got(self, url: str, params: dict[str, Any] | None) -> dict[str, Any]:
        """Return the JSON that came, or the bytes as ``content``; both have HTTP 200."""
        with self._api.send("get", url, params=params) as response:
            content = read_all(response, self._max_bytes, _WITHIN_S)
            return decoded(content) if _is_json(response, content) else {"content": content}

    def _video(self, url: str) -> bytes:
        """Fetch a video from where the platform says, if that is a place of the platform."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        ours = url.startswith(self._api.base_url + "/") or f".{host}".endswith(".qq.com")
        if not ours or parts.scheme not in {"http", "https"}:
            raise Unreachable("video lies at a strange address")
        return _bytes_of(self._got(url, None))


def _bytes_of(result: dict[str, Any]) -> bytes:
    content = result.get("content")
    return content if isinstance(content, bytes) else b""


def _is_json(response: requests.Response, content: bytes) -> bool:
    kind = response.headers.get("Content-Type", "")
    return "json" in kind or (content[:1] == b"{" and ending_of(content) is None)


def _checked_ending(content: bytes, attachment: Attachment) -> str:
    found = ending_of(content)
    if found is None or found.kind != attachment.kind:
        raise Unreachable(f"media is no {attachment.kind} of a known format")
    return found.ending
