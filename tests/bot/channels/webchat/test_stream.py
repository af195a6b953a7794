"""The history and the stream of the web chat: numbered, resumed, never hanging."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tests.bot.channels.webchat.kit import assert_refused, send
from tests.browser.fake_chat import FakeChat


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
