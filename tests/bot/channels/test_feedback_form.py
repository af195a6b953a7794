"""The form without a log-in: kept once, led to whoever owes an answer, and hard to misuse (S85)."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot import feedback
from bot.bootstrap import App
from bot.channels.feedback_form.app import feedback_app
from bot.channels.webchat.rate import RateLimit
from storage.models.case import Ticket
from storage.models.quality import Feedback
from tests.fakes import NOON

with warnings.catch_warnings():
    # Starlette would rather have httpx2; httpx does the same for us.
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient


@dataclass
class Visitor:
    """Somebody with a browser, and a clock that the test moves."""

    app: App
    moment: datetime = NOON
    rate: RateLimit = field(default_factory=lambda: RateLimit(100, 1.0))

    @property
    def browser(self) -> TestClient:
        """Return a browser that does not follow redirects."""
        parts = self.app
        form = feedback_app(
            parts.transactions, parts.cipher, parts.settings, lambda: self.moment, self.rate
        )
        return TestClient(form, follow_redirects=False, raise_server_exceptions=False)

    def token(self) -> str:
        """Open the page and return its token; then let some time pass."""
        found = re.search(r'name="token" value="([^"]+)"', self.browser.get("/feedback").text)
        assert found is not None
        self.moment += timedelta(seconds=20)
        return found[1]

    def send(self, headers: dict[str, str] | None = None, **said: str) -> Any:
        """Send the form."""
        if "token" not in said:
            said["token"] = self.token()
        return self.browser.post("/feedback", data=said, headers=headers)

    def all(self, model: type[Any]) -> list[Any]:
        """Return all rows."""
        query = select(model).order_by(model.id)
        return self.app.transactions.read(lambda uow: list(uow.session.scalars(query)))


@pytest.fixture
def visitor(make_app: Callable[[], App]) -> Visitor:
    """A visitor of an empty branch."""
    return Visitor(make_app())


def test_a_suggestion_gets_a_number_and_its_department(visitor: Visitor) -> None:
    """In the box as «form», a ticket for the department with a day, and told so (S16)."""
    sent = visitor.send(words="建议理赔进度能发短信", topic="理赔", contact="13800138000")
    assert sent.status_code == 303
    thanks = visitor.browser.get(sent.headers["location"]).text
    (piece,) = visitor.all(Feedback)
    (ticket,) = visitor.all(Ticket)
    assert (piece.channel, piece.nature, piece.category) == ("form", "建议", "理赔效率")
    assert piece.contact == "13800138000"
    assert (ticket.kind, ticket.queue, ticket.facts["phone"]) == (
        "suggest",
        "claims",
        "13800138000",
    )
    assert f"FB{piece.id}" in thanks
    assert "有结果会照您留的方式告诉您" in thanks


def test_a_grievance_with_a_number_is_called_back(visitor: Visitor) -> None:
    """What may be a complaint: somebody calls within hours, and the way to a complaint is shown."""
    sent = visitor.send(words="你们骗人，我要投诉", contact="138 0013-8000")
    thanks = visitor.browser.get(sent.headers["location"]).text
    (ticket,) = visitor.all(Ticket)
    assert (ticket.kind, ticket.due_at - visitor.moment) == ("feedback", timedelta(hours=4))
    assert "前打电话给您" in thanks
    assert "想按投诉办" in thanks


def test_without_a_number_nobody_promises_to_call(visitor: Visitor) -> None:
    """The same words without a telephone: in writing, by the ticket's number."""
    sent = visitor.send(words="你们骗人，我要投诉", contact="a@example.com")
    thanks = visitor.browser.get(sent.headers["location"]).text
    (ticket,) = visitor.all(Ticket)
    assert ticket.kind == "suggest"
    assert "打电话给您" not in thanks


def test_what_was_tapped_says_what_it_is_about(visitor: Visitor) -> None:
    """«理赔员态度不好» under «服务态度» is about manners, not about the claim."""
    visitor.send(words="理赔员态度不好", topic="服务态度")
    visitor.send(words="定损压价", topic="其他")
    assert [piece.category for piece in visitor.all(Feedback)] == ["服务态度", "理赔效率"]


def test_praise_opens_nothing(visitor: Visitor) -> None:
    """Thanks need no ticket."""
    sent = visitor.send(words="王师傅很热心，谢谢")
    assert "您的话会转到相关的同事" in visitor.browser.get(sent.headers["location"]).text
    assert [piece.nature for piece in visitor.all(Feedback)] == ["表扬"]
    assert visitor.all(Ticket) == []


def test_two_clicks_are_one_piece(visitor: Visitor) -> None:
    """The same form twice leads to the same thanks."""
    token = visitor.token()
    first = visitor.send(words="建议晚上也有人工", token=token)
    second = visitor.send(words="建议晚上也有人工", token=token)
    assert first.headers["location"] == second.headers["location"]
    assert len(visitor.all(Feedback)) == len(visitor.all(Ticket)) == 1


def test_the_box_does_not_take_its_ticket_in_once_more(visitor: Visitor) -> None:
    """Sorting collects what was said in tickets; the form's own ticket is there already."""
    visitor.send(words="建议晚上也有人工")
    day = timedelta(days=1)
    visitor.app.transactions.run(
        lambda uow: feedback.sort(uow, visitor.moment, visitor.moment - day)
    )
    assert [piece.status for piece in visitor.all(Feedback)] == ["sorted"]


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"words": ""}, "还没有写内容"),
        ({"words": "  \n "}, "还没有写内容"),
        ({"words": "长" * 1001}, "写了 1001 个字"),
        ({"words": "好", "contact": "1" * 101}, "联系方式太长"),
        ({"words": "好", "website": "http://x"}, "多填了一栏"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_written_stays(
    said: dict[str, str], wrong: str, visitor: Visitor
) -> None:
    """Nothing is kept, nothing is lost: the words are in the form again."""
    answer = visitor.send(None, **said)
    assert answer.status_code == 422
    assert wrong in answer.text
    assert said["words"].strip() in answer.text
    assert visitor.all(Feedback) == []


def test_what_is_typed_is_text(visitor: Visitor) -> None:
    """Markup comes back escaped, invented topics are dropped, controls are gone."""
    evil = "</textarea><script>alert(1)</script>"
    answer = visitor.send(words=evil, website="x", topic="<b>", contact='"><img src=x>')
    assert "<script>" not in answer.text
    assert "<img" not in answer.text
    assert "&lt;script&gt;" in answer.text
    visitor.send(words="好\x00的\x1b[2J", topic="<b>")
    assert [piece.words for piece in visitor.all(Feedback)] == ["好的[2J"]


def test_a_form_of_another_site_is_refused(visitor: Visitor) -> None:
    """By the browser's own word, by its origin, and by a token that is not ours."""
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        assert visitor.send(headers, words="好").status_code == 403
    begun, nonce, seal = visitor.token().split(".")
    for token in ("", "x", f"{begun}.{nonce}.{'0' * 32}", f"{int(begun) - 1}.{nonce}.{seal}"):
        answer = visitor.send(words="好", token=token)
        assert (answer.status_code, "已经失效" in answer.text) == (422, True)
    assert visitor.all(Feedback) == []


def test_too_early_and_too_late_ask_for_another_click(visitor: Visitor) -> None:
    """A second after opening nobody has written anything; after half a day the page is stale."""
    token = visitor.token()
    opened = visitor.moment - timedelta(seconds=20)
    visitor.moment = opened + timedelta(seconds=1)
    early = visitor.send(words="好", token=token)
    assert "提交得太快" in early.text
    assert token in early.text
    visitor.moment = opened + timedelta(hours=13)
    stale = visitor.send(words="好", token=token)
    assert "放得太久" in stale.text
    assert token not in stale.text
    assert visitor.all(Feedback) == []


def test_many_are_slowed_down(visitor: Visitor) -> None:
    """Six in ten minutes from one address; then a wait in words, and nothing more is kept."""
    visitor.rate = RateLimit(6, 600.0, clock=lambda: 0.0)
    codes = [visitor.send(words=f"第 {n} 条").status_code for n in range(8)]
    assert codes == [303] * 6 + [429] * 2
    last = visitor.send(words="再来")
    assert "分钟后再试" in last.text
    assert int(last.headers["retry-after"]) > 0
    assert len(visitor.all(Feedback)) == 6


@pytest.mark.parametrize(
    "body",
    [b"words=" + b"a" * 30_000, b"&".join(b"a%d=1" % n for n in range(99)), b"\xff\xfe", b"{}"],
)
def test_what_is_no_small_form_breaks_nothing(body: bytes, visitor: Visitor) -> None:
    """Too long, too many fields, no text at all: an answer in words."""
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = visitor.browser.post("/feedback", content=body, headers=kind)
    assert answer.status_code in (413, 422)
    assert "<main>" in answer.text
    assert visitor.all(Feedback) == []


def test_there_is_nothing_else_below(visitor: Visitor) -> None:
    """A guessed number, another path, another method: one page, strict headers, no script."""
    for path in ("/feedback/done/" + "0" * 32, "/feedback/x", "/feedback/done/"):
        assert visitor.browser.get(path).status_code == 404
    assert visitor.browser.put("/feedback").status_code in (404, 405)
    page = visitor.browser.get("/feedback")
    assert "<script" not in page.text
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-store"
