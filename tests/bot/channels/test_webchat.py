"""The web chat over HTTP: what it takes, what it refuses, and that it never loses its temper."""

from __future__ import annotations

import http.client
import json
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.channels.webchat.headers import SECURITY_HEADERS
from bot.channels.webchat.rate import RateLimit
from bot.errors import Overloaded
from tests.browser.fake_chat import FakeChat, chat_application, serving

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64
CHINESE = re.compile("[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def chat() -> FakeChat:
    """The conversation behind all the tests of this module; sessions keep them apart."""
    return FakeChat()


@pytest.fixture(scope="module")
def client(chat: FakeChat) -> Iterator[httpx.Client]:
    """A client of the web chat, served for real."""
    with serving(chat_application(chat)) as address, httpx.Client(base_url=address) as client:
        yield client


def send(client: httpx.Client, session: str, client_id: str, text: object = "你好") -> Any:
    """POST one message."""
    body = {"session": session, "client_id": client_id, "text": text}
    return client.post("/chat/api/messages", json=body)


def assert_refused(response: httpx.Response, status: int) -> None:
    """Every refusal is one Chinese sentence."""
    assert response.status_code == status, response.text
    assert CHINESE.search(response.json()["error"])
    assert not re.search("[A-Za-z]{4,}", response.json()["error"])


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


BAD_BODIES = [
    b"",
    b"{",
    b"[]",
    b"null",
    b'"text"',
    b"{}",
    b"\xff\xfe",
    b'{"session":"s","client_id":"c","text":5}',
    b'{"session":"s","client_id":"c","text":null}',
    b'{"session":"s","client_id":"c","text":["a"]}',
    b'{"session":"s","client_id":"c","text":"  \\n "}',
    b'{"session":"s","client_id":"c","text":"a\\u0000b"}',
    b'{"session":"s","client_id":"c","text":"\\ud800"}',
    b'{"session":"s","client_id":"c"}',
    b'{"session":"","client_id":"c","text":"a"}',
    b'{"session":"s s","client_id":"c","text":"a"}',
    b'{"session":"s\\n","client_id":"c","text":"a"}',
    b'{"session":7,"client_id":"c","text":"a"}',
    b'{"session":"s","client_id":null,"text":"a"}',
    b'{"session":"s","client_id":"../x","text":"a"}',
    b'{"session":"' + b"s" * 65 + b'","client_id":"c","text":"a"}',
    b'{"session":"s","client_id":"c","location":{}}',
    b'{"session":"s","client_id":"c","location":[1,2]}',
    b'{"session":"s","client_id":"c","location":{"lat":91,"lon":0}}',
    b'{"session":"s","client_id":"c","location":{"lat":true,"lon":0}}',
    b'{"session":"s","client_id":"c","location":{"lat":"1","lon":0}}',
    b'{"session":"s","client_id":"c","location":{"lat":1e999,"lon":0}}',
    b'{"session":"s","client_id":"c","location":{"lat":1,"lon":2,"label":3}}',
    b"[" * 5000,
]


@pytest.mark.parametrize("body", BAD_BODIES)
def test_bad_bodies_are_refused_in_chinese(client: httpx.Client, body: bytes) -> None:
    """Malformed JSON, wrong types, NUL, lone surrogates: 400 and a sentence."""
    headers = {"content-type": "application/json"}
    assert_refused(client.post("/chat/api/messages", content=body, headers=headers), 400)


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=", b"x"),
        ("multipart/form-data; boundary=b", b"garbage"),
        ("multipart/form-data; boundary=b", b"--b\r\n\r\nx\r\n--b--\r\n"),
        ("multipart/form-data; boundary=b; charset=hex", b"--b--\r\n"),
        ("multipart/form-data; boundary=" + "b" * 5000, b""),
        ("multipart/form-data; boundary=\xfc", b"--b--\r\n"),
    ],
)
def test_bad_forms_are_refused_in_chinese(
    client: httpx.Client, content_type: str, body: bytes
) -> None:
    """Broken multipart bodies end in 400, too."""
    headers = [(b"content-type", content_type.encode("latin-1"))]
    assert_refused(client.post("/chat/api/messages", content=body, headers=headers), 400)


def test_a_form_needs_a_file(client: httpx.Client) -> None:
    """Text in place of the file, no file and an empty file are refused."""
    form = {"session": "s", "client_id": "c"}
    files = {"other": ("a.png", PNG)}
    assert_refused(client.post("/chat/api/messages", data=form, files=files), 400)
    assert_refused(client.post("/chat/api/messages", data=form, files={"file": b""}), 400)
    typed = [("session", (None, "s")), ("client_id", (None, "c")), ("file", (None, "text"))]
    assert_refused(client.post("/chat/api/messages", files=typed), 400)


def test_what_the_service_refuses_is_told(client: httpx.Client) -> None:
    """MediaRefused becomes its own sentence."""
    form = {"session": "s", "client_id": "c"}
    refused = client.post("/chat/api/messages", data=form, files={"file": b"%PDF-1.7"})
    assert refused.status_code == 422
    assert refused.json() == {"error": "只能发送 JPG 或 PNG 格式的照片。"}


def test_length_has_a_limit(client: httpx.Client) -> None:
    """4,000 characters pass, one more does not; surrogate pairs count as one."""
    assert send(client, "long", "c1", "险" * 4000).status_code == 200
    assert send(client, "long", "c2", "😀" * 4000).status_code == 200
    assert_refused(send(client, "long", "c3", "险" * 4001), 413)


def status_of_upload(client: httpx.Client, headers: dict[str, str], body: bytes) -> int:
    """POST by hand: a client that waits until it has sent everything would miss the answer."""
    raw = http.client.HTTPConnection(client.base_url.host, client.base_url.port, timeout=10)
    raw.putrequest("POST", "/chat/api/messages")
    for name, value in headers.items():
        raw.putheader(name, value)
    raw.endheaders(body)
    answer = raw.getresponse()
    assert CHINESE.search(json.load(answer)["error"])
    raw.close()
    return answer.status


def test_size_has_a_limit(client: httpx.Client) -> None:
    """More than 12 MB is refused: announced, before it is sent; unannounced, when it is over."""
    size = 12 * 1024 * 1024 + 1
    assert status_of_upload(client, {"Content-Length": str(size)}, b"") == 413
    chunk = f"{size:x}\r\n".encode() + b" " * size + b"\r\n"
    assert status_of_upload(client, {"Transfer-Encoding": "chunked"}, chunk) == 413


def test_one_session_cannot_flood(client: httpx.Client) -> None:
    """Thirty at once pass; the next is asked to wait, another session is not."""
    codes = [send(client, "flood", f"c{n}").status_code for n in range(34)]
    assert codes[:30] == [200] * 30
    assert 429 in codes
    refused = send(client, "flood", "late")
    assert_refused(refused, 429)
    assert int(refused.headers["retry-after"]) >= 1
    assert send(client, "calm", "c1").status_code == 200


def test_the_bucket_fills_again() -> None:
    """Three tokens a second, never more than the burst, and idle sessions are forgotten."""
    now = [0.0]
    limit = RateLimit(burst=30, seconds=10, clock=lambda: now[0], sessions=2)
    assert [limit.wait("a") for _ in range(30)] == [0] * 30
    assert limit.wait("a") == 1
    now[0] += 1.0
    assert [limit.wait("a") for _ in range(4)] == [0, 0, 0, 1]
    now[0] += 3600
    assert sum(limit.wait("a") == 0 for _ in range(40)) == 30
    for session in "bcd":
        limit.wait(session)
    assert len(limit._buckets) == 2


def test_the_history_goes_on_where_one_was(client: httpx.Client) -> None:
    """``after`` leaves out what is known; the customer's own events carry their client_id."""
    send(client, "past", "c1", "一")
    send(client, "past", "c2", "二")
    everything = client.get("/chat/api/history?session=past").json()
    assert [event["seq"] for event in everything["events"]] == [1, 3, 5, 7]
    assert everything["more"] is False
    assert [event.get("client_id") for event in everything["events"]] == ["c1", None, "c2", None]
    rest = client.get("/chat/api/history?session=past&after=3").json()
    assert [event["seq"] for event in rest["events"]] == [5, 7]


@pytest.mark.parametrize(
    "query",
    [
        "",
        "session=",
        "session=a%20b",
        "session=s&after=x",
        "session=s&after=-1",
        "session=s&after=" + "9" * 40,
        "session=s&after=１",
    ],
)
def test_odd_questions_get_a_sentence(client: httpx.Client, query: str) -> None:
    """Sessions and cursors are checked."""
    assert_refused(client.get(f"/chat/api/history?{query}"), 400)
    assert_refused(client.get(f"/chat/api/stream?{query.replace('after', 'last')}"), 400)


def read_events(client: httpx.Client, url: str, count: int, **headers: str) -> list[dict[str, Any]]:
    """Read ``count`` events off a stream, checking that ids and numbers agree."""
    events: list[dict[str, Any]] = []
    number = ""
    with client.stream("GET", url, headers=headers) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        for line in stream.iter_lines():
            if line.startswith("id: "):
                number = line[4:]
            if line.startswith("data: "):
                events.append(json.loads(line[6:]))
                assert str(events[-1]["seq"]) == number
            if len(events) == count:
                return events
    raise AssertionError("the stream ended")


def test_the_stream_numbers_and_resumes(client: httpx.Client) -> None:
    """From the start, from ``?last=``, and from Last-Event-ID, which wins."""
    send(client, "river", "c1", "一")
    send(client, "river", "c2", "二")
    url = "/chat/api/stream?session=river"
    assert [event["seq"] for event in read_events(client, url, 4)] == [1, 3, 5, 7]
    assert [event["seq"] for event in read_events(client, f"{url}&last=3", 2)] == [5, 7]
    resumed = read_events(client, f"{url}&last=1", 1, **{"Last-Event-ID": "5"})
    assert [event["seq"] for event in resumed] == [7]
    odd = read_events(client, url, 1, **{"Last-Event-ID": "nonsense"})
    assert [event["seq"] for event in odd] == [1]


def test_news_reach_an_open_stream(client: httpx.Client, chat: FakeChat) -> None:
    """What an agent says arrives without anybody asking."""
    with client.stream("GET", "/chat/api/stream?session=live") as stream:
        lines = stream.iter_lines()
        assert next(lines) == ": open"
        chat.push("live", "agent", {"type": "text", "text": "我是人工客服"})
        data = next(line for line in lines if line.startswith("data: "))
    assert json.loads(data[6:])["body"]["text"] == "我是人工客服"


def test_head_does_not_hang_on_the_stream(client: httpx.Client) -> None:
    """HEAD gets the headers only."""
    assert client.head("/chat/api/stream?session=s", timeout=3).status_code == 200


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


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/chat/api/messages", 405),
        ("DELETE", "/chat", 405),
        ("PUT", "/chat/api/history", 405),
        ("POST", "/chat/static/chat.js", 405),
        ("GET", "/chat/api/none", 404),
        ("GET", "/chat/static/../app.py", 404),
        ("GET", "/chat/static/%2e%2e/app.py", 404),
    ],
)
def test_the_router_refuses_in_chinese(
    client: httpx.Client, method: str, path: str, status: int
) -> None:
    """No English page for a customer who mistypes."""
    assert_refused(client.request(method, path), status)


@pytest.mark.parametrize("fault", [RuntimeError("boom"), Overloaded("too many")])
def test_a_fault_of_ours_is_an_apology(fault: Exception) -> None:
    """503, Chinese, with all headers, and nothing of the fault in it."""
    chat = FakeChat(crash=fault)
    with serving(chat_application(chat)) as address, httpx.Client(base_url=address) as client:
        answer = send(client, "s", "c")
    assert answer.status_code == 503
    assert "boom" not in answer.text
    assert CHINESE.search(answer.json()["error"])
    assert answer.headers["x-content-type-options"] == "nosniff"


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    body=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["session", "client_id", "text", "location", "lat", "x"]), inner
            )
        ),
        max_leaves=12,
    )
)
def test_no_body_is_our_fault(client: httpx.Client, body: object) -> None:
    """Whatever JSON comes, the answer is never a 5xx."""
    assert client.post("/chat/api/messages", content=json.dumps(body)).status_code < 500


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(body=st.binary(max_size=300), headers=st.binary(max_size=60))
def test_no_form_is_our_fault(client: httpx.Client, body: bytes, headers: bytes) -> None:
    """Whatever multipart comes, the answer is never a 5xx."""
    content = b"--b\r\n" + headers + b"\r\n\r\n" + body + b"\r\n--b--\r\n"
    form = {"content-type": "multipart/form-data; boundary=b"}
    answer = client.post("/chat/api/messages", content=content, headers=form)
    assert answer.status_code < 500
