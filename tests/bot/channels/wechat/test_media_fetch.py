"""Media of customers: fetched, checked, refused."""

from __future__ import annotations

import json

import pytest

from bot.dialogue.message import Kind
from bot.errors import DeliveryError, RetryLater, Unreachable
from tests.bot.channels.wechat.api_world import TOKEN, World
from tests.bot.channels.wechat.fake_api import Fault

MEDIA = "/cgi-bin/media/get"


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
