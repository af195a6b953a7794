"""The API client, the sender and the media fetcher against a real small server."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import threading
import time
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.channels.wechat.api_errors import CallRefusedError
from bot.channels.wechat.client import WeChatApi
from bot.channels.wechat.media import WeChatMedia
from bot.channels.wechat.sender import WeChatSender
from bot.clock import SHANGHAI
from bot.dialogue.message import Attachment, Kind
from bot.errors import DeliveryError, OutcomeUnknown, RetryLater, Unreachable
from tests.bot.channels.wechat import platform
from tests.bot.channels.wechat.asgi import NOW, OPENID
from tests.bot.channels.wechat.fake_api import FakeApi, Fault, running

SEND = "/cgi-bin/message/custom/send"
TOKEN = "/cgi-bin/stable_token"
MEDIA = "/cgi-bin/media/get"
TEXT = {"type": "text", "text": "您好"}


@dataclass
class FakeStore:
    """A TokenStore as processes share it."""

    tokens: dict[str, tuple[str, float]] = field(default_factory=dict)
    leased_until: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def read(self, account: str) -> tuple[str, float] | None:
        """Return what was written last."""
        return self.tokens.get(account)

    def refresh_lease(self, account: str, seconds: float) -> bool:
        """Grant one lease at a time."""
        with self.lock:
            if time.monotonic() < self.leased_until:
                return False
            self.leased_until = time.monotonic() + seconds
            return True

    def write(self, account: str, token: str, expires_at: float) -> None:
        """Keep the token and end the lease."""
        with self.lock:
            self.tokens[account] = (token, expires_at)
            self.leased_until = 0.0


@dataclass
class World:
    """The platform, the shared store and one process of ours."""

    api: FakeApi
    store: FakeStore = field(default_factory=FakeStore)
    now: datetime = NOW
    clients: list[WeChatApi] = field(default_factory=list)

    def client(self, **changes: Any) -> WeChatApi:
        """Return another process's client."""
        values = {"api_base_url": self.api.url, "api_timeout_s": 0.8} | changes
        client = WeChatApi(platform.settings(**values), self.store, lambda: self.now)
        self.clients.append(client)
        return client

    def send(self, body: dict[str, Any] | None = None, client: WeChatApi | None = None) -> str:
        """Send one outbox message."""
        sender = WeChatSender(client or self.client(), threads=1)
        try:
            return asyncio.run(sender.send("wx0123456789abcdef", OPENID, body or TEXT))
        finally:
            sender.close()

    def fetch(self, kind: Kind, ref: str, max_bytes: int = 100_000) -> tuple[bytes, str]:
        """Fetch one attachment."""
        media = WeChatMedia(self.client(), max_bytes, threads=1)
        try:
            return asyncio.run(media.fetch(Attachment(kind, ref)))
        finally:
            media.close()


@pytest.fixture
def world() -> Iterator[World]:
    """Return a fresh platform and process."""
    with running() as api:
        world = World(api)
        yield world
        for client in world.clients:
            client._http.close()


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


def test_two_processes_make_one_token_call(world: World) -> None:
    """Threads and clients that share a store fetch one token between them."""
    world.api.token_delay = 0.2
    clients = [world.client(), world.client()]
    with ThreadPoolExecutor(8) as pool:
        tokens = list(pool.map(lambda n: clients[n % 2].access_token, range(8)))
    assert set(tokens) == {world.api.token}
    assert world.api.calls == {TOKEN: 1}


def test_revoked_token_is_renewed_once(world: World) -> None:
    """After a revocation many callers on two clients cause one refresh and lose nothing."""
    clients = [world.client(), world.client()]
    for client in clients:
        client.access_token  # noqa: B018
    world.api.revoke()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: world.send(client=clients[n % 2]), range(8)))
    assert len(world.api.sent) == 8
    assert world.api.calls[TOKEN] == 2


@pytest.mark.parametrize("code", [40001, 40014, 42001])
def test_lasting_token_error(world: World, code: int) -> None:
    """A token that is refused again gets one refresh, one retry, then patience."""
    world.api.fail(SEND, *[Fault(code)] * 2)
    with pytest.raises(RetryLater):
        world.send()
    assert world.api.calls == {TOKEN: 2, SEND: 2}


def test_no_token_storm(world: World) -> None:
    """Endless refusals do not burn the day's token quota."""
    client = world.client()
    world.api.fail(SEND, *[Fault(40001)] * 100)
    for _ in range(20):
        with pytest.raises(RetryLater):
            world.send(client=client)
    assert world.api.calls[TOKEN] <= 6


def test_token_is_renewed_before_its_end(world: World) -> None:
    """Five minutes before the end a new token is asked for; until then none."""
    client = world.client()
    world.send(client=client)
    world.now += timedelta(seconds=6800)
    world.send(client=client)
    assert world.api.calls[TOKEN] == 1
    world.now += timedelta(seconds=150)
    world.send(client=client)
    assert world.api.calls[TOKEN] == 2


def test_short_lived_token_serves(world: World) -> None:
    """A token that lives less than the margin is still used for half its life."""
    world.api.expires_in = 200
    client = world.client()
    world.send(client=client)
    world.send(client=client)
    assert world.api.calls[TOKEN] == 1


def test_old_token_serves_while_another_renews(world: World) -> None:
    """A process that finds the lease taken uses the old token as long as it lives."""
    world.send()
    world.now += timedelta(seconds=7000)
    assert world.store.refresh_lease("wx0123456789abcdef", 60)
    world.send()
    assert world.api.calls[TOKEN] == 1


def test_waiting_for_a_lease_ends(world: World) -> None:
    """A refresher that died does not hold the others for ever."""
    assert world.store.refresh_lease("wx0123456789abcdef", 60)
    started = time.perf_counter()
    with pytest.raises(RetryLater):
        world.send()
    assert time.perf_counter() - started < 6
    assert not world.api.calls


def test_failed_refresh_gives_the_lease_back(world: World) -> None:
    """After a failed fetch the next process may try at once."""
    world.api.fail(TOKEN, Fault(-1))
    with pytest.raises(RetryLater):
        world.send()
    world.send()
    assert world.api.calls[TOKEN] == 2


@pytest.mark.parametrize(
    "fault",
    [
        Fault(40125),
        Fault(40001),
        Fault(40164),
        Fault(-1),
        Fault(99999),
        Fault(reset=True),
        Fault(slow=1.4),
        Fault(status=502),
        Fault(raw=b"<html>"),
        Fault(raw=b"{}"),
        Fault(raw=b'{"errcode":"x"}'),
    ],
)
def test_token_endpoint_failures(world: World, fault: Fault) -> None:
    """Without a token nothing was sent: always RetryLater, and no hammering."""
    world.api.fail(TOKEN, fault)
    with pytest.raises(RetryLater) as caught:
        world.send()
    assert caught.value.after >= timedelta(seconds=1)
    assert world.api.calls == {TOKEN: 1}


def test_wrong_secret_is_not_tried_again_and_again(world: World) -> None:
    """A wrong secret stops the token calls of this process for minutes."""
    client = world.client(app_secret="wrong")
    for _ in range(5):
        with pytest.raises(RetryLater):
            world.send(client=client)
    assert world.api.calls == {TOKEN: 1}


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


JPEG = b"\xff\xd8\xff\xe0" + b"x" * 50
MP4 = b"\x00\x00\x00\x18ftypmp42" + b"x" * 50


@pytest.mark.parametrize(
    ("kind", "content", "ending"),
    [
        ("image", JPEG, ".jpg"),
        ("image", b"\x89PNG\r\n\x1a\n" + b"x" * 20, ".png"),
        ("image", b"GIF89a" + b"x" * 20, ".gif"),
        ("image", b"RIFF\x00\x00\x00\x00WEBP" + b"x" * 20, ".webp"),
        ("voice", b"#!AMR\n" + b"x" * 20, ".amr"),
        ("voice", b"ID3\x03" + b"x" * 20, ".mp3"),
        ("voice", b"\xff\xfb\x90\x00" + b"x" * 20, ".mp3"),
        ("voice", b"OggS" + b"x" * 20, ".spx"),
        ("video", MP4, ".mp4"),
    ],
)
def test_media(world: World, kind: Kind, content: bytes, ending: str) -> None:
    """Media are told by their first bytes, whatever the server calls them."""
    world.api.media["M1"] = (content, "text/html")
    assert world.fetch(kind, "M1") == (content, ending)


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("image", b"<html><script>"),
        ("image", MP4),
        ("voice", JPEG),
        ("image", b""),
        ("image", b"MZ" + b"x" * 50),
        ("image", JPEG * 3000),
    ],
)
def test_refused_media(world: World, kind: Kind, content: bytes) -> None:
    """Other formats, other kinds and too large files are not taken."""
    world.api.media["M1"] = (content, "image/jpeg")
    with pytest.raises(Unreachable):
        world.fetch(kind, "M1")


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(40007), Unreachable),
        (Fault(40007, content_type="text/plain"), Unreachable),
        (Fault(-1), RetryLater),
        (Fault(45009), RetryLater),
        (Fault(reset=True), RetryLater),
        (Fault(status=500), RetryLater),
        (Fault(raw=JPEG, content_type="image/jpeg", short=True), RetryLater),
        (Fault(raw=b"{broken"), RetryLater),
        (Fault(raw=b'{"video_url":"http://169.254.169.254/x"}'), Unreachable),
        (Fault(raw=b'{"video_url":"file:///etc/passwd"}'), Unreachable),
        (Fault(raw=b'{"errcode":0}'), Unreachable),
    ],
)
def test_media_failures(world: World, fault: Fault, error: type[DeliveryError]) -> None:
    """JSON errors under HTTP 200 are seen; a download may always be tried again."""
    world.api.fail(MEDIA, fault)
    with pytest.raises(error):
        world.fetch("image", "M1")


def test_media_under_a_revoked_token(world: World) -> None:
    """A download renews the token like any other call."""
    world.api.media["M1"] = (JPEG, "image/jpeg")
    world.fetch("image", "M1")
    world.api.revoke()
    assert world.fetch("image", "M1") == (JPEG, ".jpg")
    assert world.api.calls == {TOKEN: 2, MEDIA: 3}


def test_video_behind_an_address(world: World) -> None:
    """A video comes as an address at the platform and is fetched there."""
    world.api.fail(MEDIA, Fault(raw=json.dumps({"video_url": world.api.url + "/v"}).encode()))
    world.api.fail("/v", Fault(raw=MP4, content_type="video/mp4"))
    assert world.fetch("video", "M1") == (MP4, ".mp4")


def test_media_without_id(world: World) -> None:
    """A file has no media id: it cannot be fetched, and nothing is called."""
    with pytest.raises(Unreachable):
        world.fetch("file", "")
    assert not world.api.calls
