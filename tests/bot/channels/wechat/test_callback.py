"""The callback as the platform sees it: modes, answers, deadlines."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import xmltodict

from bot.dialogue.message import Reply
from bot.errors import Overloaded
from tests.bot.channels.wechat import platform
from tests.bot.channels.wechat.asgi import AT, NOW, OPENID, Account, Event, FakeInbox, request

MODES = ["safe", "compat", "plain"]


def account(mode: str = "safe", **inbox: Any) -> Account:
    """Return an account in ``mode``."""
    return Account(platform.settings(mode=mode), FakeInbox(**inbox))


@pytest.mark.parametrize("mode", MODES)
def test_verification_echoes_exactly(mode: str) -> None:
    """The echo comes back byte for byte as plain text that no browser may sniff."""
    wechat = account(mode)
    query = platform.signed_query(wechat.settings, AT, echostr="<b>59&1</b>")
    result = wechat.request(query, method="GET")
    assert (result.status, result.body) == (200, b"<b>59&1</b>")
    assert result.headers["content-type"].startswith("text/plain")
    assert result.headers["x-content-type-options"] == "nosniff"


def test_verification_needs_signature_and_echo() -> None:
    """A wrong signature or a missing echo is refused."""
    wechat = account()
    good = platform.signed_query(wechat.settings, AT, echostr="1")
    assert wechat.request(good | {"signature": "0" * 40}, method="GET").status == 403
    assert wechat.request(good | {"echostr": ""}, method="GET").status == 400


@pytest.mark.parametrize("mode", MODES)
def test_passive_reply(mode: str) -> None:
    """A text gets its reply in the response, sealed unless the mode is plain."""
    wechat = account(mode, replies=(Reply("好的"), Reply("还要什么？", ("报案", "转人工"))))
    result = wechat.say("你好")
    assert result.status == 200
    assert (b"Encrypt" in result.body) == (mode != "plain")
    reply = xmltodict.parse(platform.open_reply(wechat.settings, result.body))["xml"]
    assert reply == {
        "ToUserName": OPENID,
        "FromUserName": platform.OURS,
        "CreateTime": str(AT),
        "MsgType": "text",
        "Content": "好的\n\n还要什么？\n\n可以直接回复：报案、转人工",
    }
    assert wechat.message.text == "你好"
    assert wechat.message.account == wechat.settings.app_id
    assert wechat.message.sent_at == NOW


@pytest.mark.parametrize(
    "inbox",
    [{"late": True}, {"replies": ()}, {"replies": (Reply(" \n"),)}, {"error": Overloaded()}],
)
def test_nothing_to_say_is_success(inbox: dict[str, Any]) -> None:
    """A late turn, an empty one and an overload are acknowledged without a reply."""
    result = account(**inbox).say("你好")
    assert (result.status, result.body) == (200, b"success")


def test_inbox_failure_asks_for_redelivery() -> None:
    """When the message may not be stored, an empty 503 makes the platform repeat it."""
    result = account(error=RuntimeError("database gone")).say("你好")
    assert (result.status, result.body) == (503, b"")


def test_reply_failure_is_acknowledged() -> None:
    """A stored turn is acknowledged even when its reply cannot be rendered."""
    broken: tuple[Reply, ...] = (Reply(None),)  # type: ignore[arg-type]
    result = account(replies=broken).say("你好")
    assert (result.status, result.body) == (200, b"success")


def test_previous_key_opens_and_seals() -> None:
    """A push under the previous key is read, and answered under that same key."""
    old = platform.settings(aes_key="Z" * 43)
    wechat = Account(platform.settings(aes_key_previous="Z" * 43))
    result = wechat.request(*platform.push(old, platform.text_xml(OPENID, "旧", 7, AT), AT))
    assert "您好" in platform.open_reply(old, result.body)


def test_inbox_gets_what_is_left_of_the_deadline() -> None:
    """Time spent on reading a slow body is taken off the inbox's time."""
    wechat = account()
    query, body = platform.push(wechat.settings, platform.text_xml(OPENID, "慢", 1, AT), AT)
    pieces = [body[:100], body[100:]]

    async def receive() -> Event:
        await asyncio.sleep(0.05)
        piece = pieces.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(pieces)}

    result = wechat.request(query, body, receive=receive)
    assert result.status == 200
    (within,) = wechat.inbox.within
    assert within is not None
    assert 2.5 < within <= 3.45


def test_hanging_inbox_is_cut_off() -> None:
    """An inbox that forgets its deadline does not hold the platform's connection."""
    settings = platform.settings(passive_deadline_s=0.2)
    wechat = Account(settings, FakeInbox(delay=30))
    assert wechat.say("你好").status == 503


def test_concurrent_pushes_do_not_mix() -> None:
    """Each of many overlapping pushes is answered to its own sender."""
    wechat = account(delay=0.01)

    async def one(number: int) -> str:
        xml = platform.text_xml(f"user{number}", "你好", number, AT)
        result = await request(wechat.app, *platform.push(wechat.settings, xml, AT))
        return str(
            xmltodict.parse(platform.open_reply(wechat.settings, result.body))["xml"]["ToUserName"]
        )

    async def many() -> list[str]:
        return await asyncio.gather(*(one(number) for number in range(50)))

    assert asyncio.run(many()) == [f"user{number}" for number in range(50)]


@pytest.mark.parametrize("method", ["HEAD", "PUT", "DELETE", "OPTIONS", "BREW"])
def test_other_methods(method: str) -> None:
    """Only GET and POST exist."""
    result = account().request({}, method=method)
    assert (result.status, result.headers["allow"]) == (405, "GET, POST")


def test_long_reply_fits() -> None:
    """A reply over the limit is cut in the response, never sent as it is."""
    wechat = account(replies=(Reply("保险。" * 1000),))
    result = wechat.say("你好")
    reply = xmltodict.parse(platform.open_reply(wechat.settings, result.body))["xml"]
    assert 1500 < len(reply["Content"].encode()) <= 2048


@pytest.mark.parametrize(
    "text", ["a]]>b", "]]>]]>", "<b>&amp;", "\x00\x08控\ud800制\ufffe", "a\r\nb"]
)
def test_odd_characters_both_ways(text: str) -> None:
    """CDATA ends, markup and control characters pass or vanish, and the XML stays well-formed."""
    wechat = account(replies=(Reply(text),))
    result = wechat.say(text.encode("utf-8", "ignore").decode())
    reply = xmltodict.parse(platform.open_reply(wechat.settings, result.body))["xml"]
    expected = text.replace("\r", "")
    for unwanted in "\x00\x08\ud800\ufffe":
        expected = expected.replace(unwanted, "")
    assert reply["Content"] == expected
    assert wechat.message.text == expected


def test_reply_stamp_is_current() -> None:
    """The sealed envelope carries our own time."""
    wechat = account()
    envelope = xmltodict.parse(wechat.say("你好").body)["xml"]
    assert abs(int(envelope["TimeStamp"]) - AT) <= 1


def test_other_scopes_are_ignored() -> None:
    """Lifespan and websocket scopes get no answer and raise nothing."""
    wechat = account()

    async def send(_: Event) -> None:
        raise AssertionError("nothing to send")

    async def receive() -> Event:
        raise AssertionError("nothing to receive")

    asyncio.run(wechat.app({"type": "lifespan"}, receive, send))
