"""Messages through the customer-service API: fates, quotas, secrets."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import traceback
from datetime import timedelta

import pytest

from bot.channels.wechat.api_errors import CallRefusedError
from bot.channels.wechat.sender import WeChatSender
from bot.clock import SHANGHAI
from bot.errors import DeliveryError, OutcomeUnknown, RetryLater, Unreachable
from tests.bot.channels.wechat.api_world import SEND, TEXT, TOKEN, World
from tests.bot.channels.wechat.asgi import OPENID
from tests.bot.channels.wechat.fake_api import Fault


def test_send(world: World) -> None:
    """A text arrives in real characters, under a token of the stable endpoint."""
    assert world.send({"type": "text", "text": "您好😀", "buttons": ["报案", "转人工"]}) == ""
    (body,) = world.api.bodies
    assert "您好😀\n\n可以直接回复：报案、转人工" in json.loads(body)["text"]["content"]
    assert "您好😀".encode() in body
    assert world.api.sent[0]["touser"] == OPENID
    assert world.api.calls == {TOKEN: 1, SEND: 1}


def test_long_and_odd_texts(world: World) -> None:
    """Long texts go in parts that fit; what cannot be sent is said so."""
    world.send({"type": "text", "text": "保险。" * 600})
    parts = [sent["text"]["content"] for sent in world.api.sent]
    assert "".join(parts) == "保险。" * 600
    assert all(len(part.encode()) <= 2048 for part in parts)
    world.send({"type": "text", "text": "a\ud800\x00b"})
    assert world.api.sent[-1]["text"]["content"] == "ab"
    for body in ({"type": "text", "text": " "}, {"type": "hologram"}):
        with pytest.raises(DeliveryError):
            world.send(body)


def test_other_account_is_refused(world: World) -> None:
    """A message of another account is never sent under ours."""
    sender = WeChatSender(world.client(), threads=1)
    with pytest.raises(DeliveryError):
        asyncio.run(sender.send("wx-other", OPENID, TEXT))
    sender.close()
    assert not world.api.calls


MIDNIGHT = timedelta(hours=14, minutes=30)


@pytest.mark.parametrize(
    ("fault", "error", "after"),
    [
        (Fault(-1), RetryLater, timedelta(seconds=2)),
        (Fault(61450), RetryLater, timedelta(seconds=2)),
        (Fault(45009), RetryLater, MIDNIGHT + timedelta(seconds=5)),
        (Fault(45011), RetryLater, timedelta(seconds=61)),
        (Fault(40164), RetryLater, timedelta(minutes=5)),
        (Fault(48001), RetryLater, timedelta(hours=1)),
        (Fault(status=429), RetryLater, timedelta(minutes=1)),
        (Fault(status=404), RetryLater, timedelta(minutes=1)),
        (Fault(status=302), RetryLater, timedelta(minutes=1)),
        *((Fault(code), Unreachable, None) for code in (43004, 43019, 48002, 50005)),
        *((Fault(code), Unreachable, None) for code in (40003, 45015, 45047, 43101)),
        *((Fault(code), CallRefusedError, None) for code in (45002, 44004, 47001, 12345)),
        (Fault(reset=True), OutcomeUnknown, None),
        (Fault(slow=1.4), OutcomeUnknown, None),
        (Fault(status=500), OutcomeUnknown, None),
        (Fault(status=503, raw=b"<html>"), OutcomeUnknown, None),
        (Fault(raw=b"<html>ok</html>"), OutcomeUnknown, None),
        (Fault(raw=b""), OutcomeUnknown, None),
        (Fault(raw=b'{"errcode":0,'), OutcomeUnknown, None),
        (Fault(raw=b"[1]"), OutcomeUnknown, None),
        (Fault(raw=b'{"errcode":"zero"}'), OutcomeUnknown, None),
        (Fault(raw=b'{"errcode":0,"errmsg":"ok"}', short=True), OutcomeUnknown, None),
        (Fault(raw=b'{"errcode":0}', drip=0.2), OutcomeUnknown, None),
        (Fault(raw=b"[" * 100_000), OutcomeUnknown, None),
    ],
)
def test_fates(
    world: World, fault: Fault, error: type[DeliveryError], after: timedelta | None
) -> None:
    """Each error code and each broken connection has the fate of section 3.2, and one call."""
    world.api.fail(SEND, fault)
    with pytest.raises(error) as caught:
        world.send()
    assert type(caught.value) is error
    assert world.api.calls[SEND] == 1
    if after is not None:
        assert isinstance(caught.value, RetryLater)
        assert caught.value.after == after


def test_unreachable_says_why(world: World) -> None:
    """The reasons of the window and of the allowance can be told apart."""
    for code, word in ((45015, "48 h"), (45047, "allowance")):
        world.api.fail(SEND, Fault(code))
        with pytest.raises(Unreachable, match=f"{code} .*{word}"):
            world.send()


def test_quotas_stop_the_endpoint(world: World) -> None:
    """After 45009 nothing is sent until midnight in Beijing, after 45011 until the next minute."""
    client = world.client()
    for code, pause in ((45011, timedelta(seconds=61)), (45009, MIDNIGHT)):
        world.api.fail(SEND, Fault(code))
        before = world.api.calls[SEND]
        for _ in range(5):
            with pytest.raises(RetryLater):
                world.send(client=client)
        assert world.api.calls[SEND] == before + 1
        world.now += pause
        world.api.token = ""
    world.now = world.now.astimezone(SHANGHAI) + timedelta(minutes=1)
    world.send(client=client)


def test_no_connection_is_retried_later(world: World) -> None:
    """A refused connection and an unknown host mean that nothing was sent."""
    for address in ("http://127.0.0.1:9", "http://no-such-host.invalid"):
        with pytest.raises(RetryLater):
            world.send(client=world.client(api_base_url=address))


def test_circuit_opens_and_closes(world: World) -> None:
    """A platform out of reach is left alone for a while, then tried by one call."""
    client = world.client()
    world.api.fail(SEND, *[Fault(status=500)] * 6)
    for _ in range(5):
        with pytest.raises(OutcomeUnknown):
            world.send(client=client)
    with pytest.raises(RetryLater):
        world.send(client=client)
    assert world.api.calls[SEND] == 5
    world.now += timedelta(seconds=3)
    with pytest.raises(OutcomeUnknown):
        world.send(client=client)
    world.now += timedelta(seconds=120)
    world.send(client=client)
    world.send(client=client)
    assert world.api.calls[SEND] == 8


def test_later_part_fails(world: World) -> None:
    """When a later part fails, the whole is not repeated."""
    client = world.client()
    client.access_token  # noqa: B018
    good = Fault(raw=b'{"errcode":0}')
    world.api.fail(SEND, good, Fault(-1))
    with pytest.raises(OutcomeUnknown, match="part 2 of 3"):
        world.send({"type": "text", "text": "保险。" * 600}, client)


SECRETS = ("the-secret", "TOKEN-1", "access_token=", "http://")


@pytest.mark.parametrize(
    "fault", [Fault(reset=True), Fault(slow=1.4), Fault(status=500), Fault(45015), Fault(raw=b"x")]
)
def test_secrets_stay_inside(
    world: World, fault: Fault, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """Neither secret, token nor URL is in an exception, its history, or a log line."""
    caplog.set_level(logging.DEBUG, logger="bot")
    caplog.set_level(logging.DEBUG, logger="wechatpy")
    text = io.StringIO()
    for path in (TOKEN, SEND):
        world.api.fail(path, fault)
        try:
            world.send()
        except DeliveryError as error:
            for cause in (error, error.__cause__, error.__context__):
                text.write(repr(cause))
            traceback.print_exception(error, file=text)
    captured = capsys.readouterr()
    ours = text.getvalue() + captured.out + captured.err
    ours += "".join(record.getMessage() for record in caplog.records if record.name[:3] != "url")
    for secret in SECRETS:
        assert secret not in ours


def test_every_host_is_swapped(world: World) -> None:
    """wechatpy's absolute addresses and other bases come to the configured one."""
    client = world.client()
    base = world.api.url
    assert client.full_url("menu/get") == f"{base}/cgi-bin/menu/get"
    assert client.full_url("https://api.weixin.qq.com/sns/oauth2?a=1") == f"{base}/sns/oauth2?a=1"
    assert client.full_url("x", "https://api.weixin.qq.com/datacube/") == f"{base}/datacube/x"
    assert client.full_url("https://mp.weixin.qq.com/cgi-bin/showqrcode").startswith(
        "https://mp.weixin.qq.com/"
    )
    client.customservice.add_account("a@b", "客服", "x")
    client.message.send_text(OPENID, "一")
    client.get("getusersummary", api_base_url="https://api.weixin.qq.com/datacube/")
    assert world.api.calls["/datacube/getusersummary"] == 1
    client.fetch_access_token()
    assert world.api.calls[SEND] == 1
    assert world.api.calls[TOKEN] == 1
