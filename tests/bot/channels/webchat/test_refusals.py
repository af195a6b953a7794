"""What the web chat refuses, in one Chinese sentence; it never loses its temper."""

from __future__ import annotations

import http.client
import json

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.channels.webchat.rate import RateLimit
from bot.errors import Overloaded
from tests.bot.channels.webchat.kit import CHINESE, PNG, assert_refused, send
from tests.browser.fake_chat import FakeChat, chat_application, serving

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
