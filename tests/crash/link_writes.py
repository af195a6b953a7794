"""What visitors of links write: a rating, a photo, a login; see `tests.crash.dying`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine

from bot.channels.links.work import LinkDesk
from bot.settings import Settings
from storage import web_logins
from storage.crypto import Cipher
from storage.models.case import Claim, Survey
from storage.transactions import transactions
from storage.web_links import WebLink
from tests.storage.services_kit import NOW, SECRET, Branch

NUMBER = "CL20261122000001"
BROWSER = "a browser of the tests"


def prepare(branch: Branch) -> None:
    """A survey that waits, a claim that lacks documents, a login under way."""
    survey = Survey(
        conversation_id=1, key="s1", about="claim", status="sent", score=None, comment="",
        sent_at=NOW, answered_at=None,
    )  # fmt: skip
    claim = Claim(
        number=NUMBER, conversation_id=1, line="auto", severity="normal", status="documents_due",
        owner="理赔岗", next_step="", facts={}, reported_at=NOW, updated_at=NOW,
    )  # fmt: skip
    branch.ways.run(lambda uow: uow.session.add_all([survey, claim]))


def _desk(engine: Engine, link: WebLink, do: Callable[[LinkDesk], Any]) -> None:
    ways, settings = transactions(engine), Settings(secret_key=SECRET.decode())
    ways.run(lambda uow: do(LinkDesk(uow, Cipher(SECRET), settings, NOW, link)))
    ways.close()


def rate(engine: Engine) -> None:
    """A low score with words."""
    _desk(engine, WebLink("survey", 1, "1"), lambda desk: desk.rate(1, "等了很久"))


def photo(engine: Engine) -> None:
    """A photo for the claim."""
    _desk(engine, WebLink("upload", 1, NUMBER), lambda desk: desk.photo("a/b.jpg", b"bytes"))


def login(engine: Engine) -> None:
    """A state that is begun and used up."""
    ways = transactions(engine)
    state = ways.run(lambda uow: web_logins.begin(uow, "/links/x", 1, BROWSER, NOW))
    assert ways.run(lambda uow: web_logins.take(uow, state, BROWSER, NOW)) is not None
    assert ways.run(lambda uow: web_logins.take(uow, state, BROWSER, NOW)) is None
    ways.close()
