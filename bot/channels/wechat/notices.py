"""Sends template messages and subscription notices (section 2.3 of the platform notes)."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from bot.channels.wechat.client import THREADS, WeChatApi
from bot.errors import DeliveryError
from storage.outbound.letters import Letter

_TEMPLATE, _NOTICE = "message/template/send", "message/subscribe/bizsend"


class WeChatNotices:
    """Post of the ways ``template`` and ``notice``; its threads keep requests off the loop."""

    def __init__(
        self, api: WeChatApi, ids: Mapping[str, tuple[str, bool]], threads: int = THREADS
    ) -> None:
        self._api = api
        self._ids = ids
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="wechat-notice")

    async def __call__(self, letter: Letter) -> str:
        """Deliver and return the platform's message id."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, self._send, letter)

    def _send(self, letter: Letter) -> str:
        if letter.account != self._api.appid:
            raise DeliveryError(f"no such WeChat account: {letter.account}")
        template, notice = self._ids[str(letter.body["template"])]
        message: dict[str, Any] = {
            "touser": letter.peer,
            "template_id": template,
            "data": letter.body["data"],
        }
        if not notice:
            # The platform drops a second message with the same id: one more guard for a retry.
            message["client_msg_id"] = hashlib.sha256(letter.key.encode()).hexdigest()[:32]
        result = self._api.post(_NOTICE if notice else _TEMPLATE, data=message)
        return str(result.get("msgid", ""))
