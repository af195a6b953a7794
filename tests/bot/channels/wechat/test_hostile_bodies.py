"""Bad-input class 3: bodies that are too long, too slow, cut off, or no XML that we read."""

from __future__ import annotations

import asyncio
import gzip
import os
import time

import pytest

from bot.channels import body as body_module
from tests.bot.channels.wechat import platform
from tests.bot.channels.wechat.asgi import AT, Account, Event
from tests.bot.channels.wechat.hostile_kit import BOMB, EXTERNAL, TEXT


@pytest.mark.parametrize(
    "outer",
    [
        pytest.param(BOMB.encode(), id="entity bomb"),
        pytest.param(EXTERNAL.encode(), id="external entity"),
        pytest.param(b'<?xml version="1.0" encoding="UTF-16"?>', id="UTF-16 declared"),
        pytest.param(b'<?xml version="1.0" encoding="GBK"?>', id="GBK declared"),
        pytest.param(b"\xff\xfe", id="not UTF-8"),
        pytest.param(b"<xml>" * 10_000, id="10k nesting"),
        pytest.param(
            b"<xml " + b" ".join(b"a%d='1'" % n for n in range(10_000)) + b"></xml>",
            id="10k attributes",
        ),
        pytest.param(b"{}", id="json"),
        pytest.param(b"<?x " + b"y" * 500_000 + b"?>" + b"<html/>", id="long instruction"),
        pytest.param(b"\x1f\x8b\x08" + os.urandom(500), id="gzip bytes"),
    ],
)
@pytest.mark.parametrize("mode", ["safe", "plain"])
def test_outer_xml(mode: str, outer: bytes) -> None:
    """What stands in front of a good body spoils it, quickly."""
    wechat = Account(platform.settings(mode=mode))
    query, body = platform.push(wechat.settings, TEXT, AT)
    started = time.process_time()
    result = wechat.request(query, outer + body)
    assert (result.status, result.body) == (400, b"bad request")
    assert time.process_time() - started < 2
    assert wechat.inbox.messages == []


@pytest.mark.parametrize("mode", ["safe", "plain"])
def test_harmless_fronts(mode: str) -> None:
    """A BOM or an XML declaration in UTF-8 does no harm."""
    for front in (b"\xef\xbb\xbf", b'<?xml version="1.0" encoding="utf-8"?>', b"\n  "):
        wechat = Account(platform.settings(mode=mode))
        query, body = platform.push(wechat.settings, TEXT, AT)
        assert wechat.request(query, front + body).status == 200


@pytest.mark.parametrize("cut", [0, 1, 5, 50, -1, -6])
def test_truncated(cut: int) -> None:
    """A body cut anywhere is refused."""
    wechat = Account()
    query, body = platform.push(wechat.settings, TEXT, AT)
    assert wechat.request(query, body[:cut]).status == 400


def test_body_limits() -> None:
    """Large bodies are refused by their announced and by their real length, gzip always."""
    wechat = Account()
    query, body = platform.push(wechat.settings, TEXT, AT)
    huge = b"x" * (body_module.MAX_BODY + 1)
    assert wechat.request(query, huge).status == 413
    assert wechat.request(query, huge, headers=[]).status == 413
    encoding = (b"content-encoding", b"gzip")
    assert wechat.request(query, gzip.compress(body), headers=[encoding]).status == 400
    for length in (b"5", b"-1", b"", b"1e3", b"9" * 30, str(len(body) + 1).encode()):
        headers = [(b"content-length", length)]
        assert wechat.request(query, body, headers=headers).status in {400, 413}
    double = [(b"content-length", b"1"), (b"content-length", str(len(body)).encode())]
    assert wechat.request(query, body, headers=double).status == 400
    assert wechat.inbox.messages == []


def test_message_of_a_megabyte_is_quick() -> None:
    """The largest text that fits is taken without a stall."""
    wechat = Account(platform.settings(mode="plain"))
    started = time.process_time()
    assert wechat.say("重" * 300_000).status == 200
    assert time.process_time() - started < 2


def test_slow_body(monkeypatch: pytest.MonkeyPatch) -> None:
    """A body that never ends is given up; the answer is a 408."""
    assert body_module.READ_TIMEOUT_S <= 3
    wechat = Account()
    query, body = platform.push(wechat.settings, TEXT, AT)

    async def receive() -> Event:
        await asyncio.sleep(0.5)
        return {"type": "http.request", "body": body[:1], "more_body": True}

    started = time.perf_counter()
    assert wechat.request(query, body, receive=receive).status == 408
    assert time.perf_counter() - started < 5


def test_client_that_leaves() -> None:
    """A client that disconnects gets nothing and disturbs nothing."""
    wechat = Account()
    query, body = platform.push(wechat.settings, TEXT, AT)

    async def receive() -> Event:
        return {"type": "http.disconnect"}

    assert wechat.request(query, body, receive=receive).status == 0


def test_unsigned_body_is_never_read() -> None:
    """A stranger's body costs us nothing: the URL is checked first."""

    async def receive() -> Event:
        raise AssertionError("body was read")

    assert Account().request({"nonce": "1"}, receive=receive).status == 400
