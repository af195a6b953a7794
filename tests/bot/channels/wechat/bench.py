"""CPU time of one push through the callback, the inbox left out: ``python -m …wechat.bench``."""

from __future__ import annotations

import asyncio
import time

from tests.bot.channels.wechat import platform
from tests.bot.channels.wechat.asgi import AT, OPENID, Account, encoded, one_piece


async def main(count: int = 5000) -> float:
    """Return milliseconds of CPU per encrypted text message."""
    wechat = Account()
    text = "我昨天下午三点在解放路追尾了，要报案，对方车牌津A12345"
    cases = []
    for number in range(count):
        xml = platform.text_xml(OPENID, text, number, AT)
        query, body = platform.push(wechat.settings, xml, AT)
        scope = {
            "type": "http",
            "method": "POST",
            "query_string": encoded(query),
            "headers": [(b"content-length", str(len(body)).encode())],
        }
        cases.append((scope, one_piece(body)))

    async def send(_: object) -> None:
        return None

    started = time.process_time()
    for scope, receive in cases:
        await wechat.app(scope, receive, send)
    spent = time.process_time() - started
    assert len(wechat.inbox.messages) == count
    return spent / count * 1000


if __name__ == "__main__":
    print(f"{min(asyncio.run(main()) for _ in range(3)):.3f} ms")  # noqa: T201
