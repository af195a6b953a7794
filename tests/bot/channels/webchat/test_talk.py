"""The web chat over HTTP: messages, places, photos, and what a page carries."""

from __future__ import annotations

import re

import httpx
import pytest

from bot.channels.webchat.headers import SECURITY_HEADERS
from tests.bot.channels.webchat.kit import PNG, assert_refused, send
from tests.browser.fake_chat import FakeChat


def test_the_answer_has_the_shape_of_the_contract(client: httpx.Client) -> None:
    """Replies with buttons, state, and the numbers of the turn's events."""
    answer = send(client, "shape", "c1", "我要报案").json()
    reply = answer["replies"][0]
    assert reply["type"] == "text"
    assert "有人受伤" in reply["text"]
    assert reply["buttons"] == ["有人受伤", "没有人受伤", "转人工"]
    assert answer["state"] == {"flow": None, "owner": "bot"}
    assert answer["events"] == [1, 3]


def test_a_message_reaches_the_service_as_it_was_said(client: httpx.Client, chat: FakeChat) -> None:
    """Channel, account, peer and key are what the engine expects."""
    send(client, "asis", "c1", "津A12345 😀\n第二行")
    message = chat.received[-1]
    assert (message.channel, message.account) == ("webchat", "web")
    assert (message.peer, message.key) == ("asis", "c1")
    assert message.text == "津A12345 😀\n第二行"
    assert message.sent_at.tzinfo is not None


def test_a_resend_changes_nothing(client: httpx.Client, chat: FakeChat) -> None:
    """The same client_id gets the same replies, and the conversation has it once."""
    first = send(client, "twice", "c1", "只说一次")
    again = send(client, "twice", "c1", "只说一次")
    assert first.json() == again.json()
    assert chat.said("twice") == ["只说一次"]


def test_a_location_is_a_location(client: httpx.Client, chat: FakeChat) -> None:
    """Coordinates and label arrive; text may be missing."""
    place = {"lat": 39.1, "lon": 117.2, "label": "友谊路"}
    body = {"session": "place", "client_id": "c1", "location": place}
    assert client.post("/chat/api/messages", json=body).status_code == 200
    message = chat.received[-1]
    assert message.kind == "location"
    assert message.location
    assert (message.location.lat, message.location.lon) == (39.1, 117.2)


def test_a_photo_goes_in_and_comes_back(client: httpx.Client, chat: FakeChat) -> None:
    """The bytes come back as an image that nothing may sniff."""
    form = {"session": "photo", "client_id": "c1", "text": "前保险杠"}
    answer = client.post("/chat/api/messages", data=form, files={"file": ("车.png", PNG)})
    assert answer.status_code == 200
    message = chat.received[-1]
    assert message.kind == "image"
    assert message.text == "前保险杠"
    assert message.attachment
    assert message.attachment.name == "车.png"
    events = client.get("/chat/api/history?session=photo").json()["events"]
    photo = client.get(events[0]["body"]["url"])
    assert photo.content == PNG
    assert photo.headers["content-type"] == "image/png"
    assert photo.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("name", ["evil.svg", "none.png", "..%2Fx.png", ".hidden", "a" * 200])
def test_only_images_of_the_session_are_served(client: httpx.Client, name: str) -> None:
    """Other types, other files and odd names do not exist."""
    assert_refused(client.get(f"/chat/media/photo/{name}"), 404)


def test_a_photo_belongs_to_its_session(client: httpx.Client) -> None:
    """Knowing the name of a file is not enough."""
    client.post(
        "/chat/api/messages", data={"session": "mine", "client_id": "c"}, files={"file": PNG}
    )
    url = client.get("/chat/api/history?session=mine").json()["events"][0]["body"]["url"]
    assert_refused(client.get(url.replace("/mine/", "/yours/")), 404)


@pytest.mark.parametrize(
    "path",
    ["/chat", "/chat/static/chat.css", "/chat/static/chat.js", "/chat/nothing", "/chat/static/x"],
)
def test_security_headers_are_everywhere(client: httpx.Client, path: str) -> None:
    """On pages, files and refusals alike."""
    headers = client.get(path).headers
    for name, value in SECURITY_HEADERS.items():
        assert headers[name] == value


def test_the_page_has_nothing_inline(client: httpx.Client) -> None:
    """No inline script, style or handler, and nothing from elsewhere: the CSP would block it."""
    html = client.get("/chat").text
    assert not re.search(r"<script(?![^>]*\bsrc=)", html)
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", html)
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", html)
    assert "安答 · 天安保险天津分公司智能客服" in html
    assert "智能助手" in html
