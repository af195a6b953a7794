"""Electronic policies behind links: for their holder only, for a while, and no oracle."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.routing import Mount

from bot.channels.papers.app import papers_app
from bot.channels.webchat.rate import RateLimit
from storage import schema
from storage.database import open_engine
from storage.models.conversation import Conversation
from storage.models.policy import Policy
from storage.policy_links import check_code
from tests.storage.services_kit import CAR, DOCUMENT, HOME, SECRET, Branch, branch_on

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

TAIL = DOCUMENT[-6:]


class Visitor:
    """A browser and the branch behind the link."""

    def __init__(self, branch: Branch, rate: RateLimit | None = None) -> None:
        self.branch = branch
        app = papers_app(
            branch.ways, branch.cipher, branch.settings, lambda: branch.now,
            rate or RateLimit(1000, 1.0),
        )  # fmt: skip
        self.app = Starlette(routes=[Mount("/papers", app)])
        self.browser = self.another()

    def another(self) -> TestClient:
        """Return a browser that has no cookie yet."""
        return TestClient(self.app, base_url="http://127.0.0.1", follow_redirects=False)

    def link(self, policy: str = CAR, conversation: int = 1) -> str:
        """Let the customer ask for a link; return its path."""
        links = self.branch.turn(lambda o: o.paper_links([policy]), conversation)
        return links[0].url.removeprefix("http://127.0.0.1:8080")

    def give(self, path: str, tail: str = TAIL) -> httpx.Response:
        """Type the tail of the document."""
        answer: httpx.Response = self.browser.post(path, data={"tail": tail})
        return answer

    def get(self, path: str) -> httpx.Response:
        """Open an address."""
        answer: httpx.Response = self.browser.get(path)
        return answer


@pytest.fixture
def visitor(tmp_path: Path) -> Iterator[Visitor]:
    """A visitor of a branch on SQLite."""
    engine = open_engine(f"sqlite:///{tmp_path / 'anda.db'}", SECRET)
    schema.upgrade(engine)
    branch = branch_on(engine)
    yield Visitor(branch)
    branch.ways.close()


def _alike(*answers: httpx.Response) -> None:
    """All answers are the same page with the same headers."""
    shapes = {(a.status_code, a.content, tuple(sorted(a.headers.items()))) for a in answers}
    assert len(shapes) == 1
    assert answers[0].status_code == 404


def test_s13_the_holder_opens_the_policy_with_the_tail_of_the_document(visitor: Visitor) -> None:
    """Page, tail, document; offered and fetched are steps of the delivery, and both are logged."""
    path = visitor.link()
    assert "后六位" in visitor.get(path).text
    sent_on = visitor.give(path)
    assert sent_on.status_code == 303
    document = visitor.get(sent_on.headers["location"])
    assert document.headers["content-type"] == "application/pdf"
    assert document.content.startswith(b"%PDF-")
    assert document.headers["cache-control"] == "no-store"
    assert visitor.branch.deliveries() == [("link", "offered"), ("link", "fetched")]
    assert visitor.branch.seen() == [f"policy {CAR} link", f"policy {CAR} pdf"]


def test_a_forwarded_link_shows_nothing_without_the_document(visitor: Visitor) -> None:
    """Another browser has no pass, and guessing the tail ends the link for everybody."""
    path = visitor.link()
    visitor.give(path)
    stranger = visitor.another()
    missing = visitor.get("/papers/nothing/policy.pdf")
    _alike(stranger.get(f"{path}/policy.pdf"), missing)
    for _ in range(visitor.branch.settings.papers.tries):
        answer = stranger.post(path, data={"tail": "000000"})
    assert answer.status_code == 404
    _alike(visitor.get(path), visitor.get(f"{path}/policy.pdf"), missing)
    assert visitor.branch.seen().count("policy link: wrong document") == 5


@pytest.mark.parametrize("tail", ["", "421", "x" * 19, "24421 ", "24421X", "１２４４２１"])
def test_only_the_right_tail_opens(visitor: Visitor, tail: str) -> None:
    """Too short, too long or nearly right is wrong; blanks around the right one do no harm."""
    path = visitor.link()
    assert visitor.give(path, tail).status_code == (303 if tail.strip() == "24421" else 422)


def test_bad_expired_foreign_and_used_up_links_are_one_page(visitor: Visitor) -> None:
    """No answer tells why there is nothing: made up, changed, expired, unbound or surrendered."""
    branch = visitor.branch
    path = visitor.link()
    key, stamp, signature = path.rpartition("/")[2].split(".")
    made_up = [
        visitor.get("/papers/x"),
        visitor.get(f"/papers/{key}.{int(stamp, 16) + 9_999_999:x}.{signature}"),
        visitor.get(f"/papers/{key}.{stamp}.{signature[::-1]}"),
        visitor.get(f"/papers/{key}.{stamp}"),
        visitor.get("/papers/é%00.-1.ab/policy.pdf"),
    ]
    branch.later(minutes=branch.settings.papers.link_minutes)
    expired = [visitor.get(path), visitor.give(path), visitor.get(f"{path}/policy.pdf")]
    unbound, gone = visitor.link(HOME), visitor.link()
    branch.turn(lambda o: _change(o, Policy, CAR, "status", "退保"))
    surrendered = visitor.get(gone)
    branch.turn(lambda o: _change(o, Conversation, 1, "customer_id", None))
    _alike(*made_up, *expired, surrendered, visitor.get(unbound), visitor.give(unbound))


def _change(office: Any, model: type[Any], which: Any, name: str, value: Any) -> None:
    session = office.uow.session
    column = model.number if model is Policy else model.id
    found = session.query(model).filter(column == which).one()
    setattr(found, name, value)


def test_a_link_is_only_for_so_many_downloads(visitor: Visitor) -> None:
    """After the last one there is no such page."""
    path = visitor.link()
    visitor.give(path)
    answers = [visitor.get(f"{path}/policy.pdf").status_code for _ in range(7)]
    assert answers == [200] * 5 + [404] * 2


def test_no_link_to_what_is_somebody_elses(visitor: Visitor) -> None:
    """Neither by another customer nor when nobody is verified."""
    visitor.branch.customer(2, "王五")
    assert visitor.branch.turn(lambda o: o.paper_links([CAR]), 2) == []
    visitor.branch.later(days=60)
    assert visitor.branch.turn(lambda o: o.paper_links([CAR])) == []
    assert visitor.branch.links() == []


def test_a_thousand_made_up_links_get_nothing(visitor: Visitor) -> None:
    """Made from a real one by changing each part; none opens, none is written down."""
    path = visitor.link()
    key, stamp, signature = path.rpartition("/")[2].split(".")
    digits = "0123456789abcdef"
    tokens = [
        f"{key}.{stamp}.{signature[:i]}{digits[(digits.index(signature[i]) + step) % 16]}"
        f"{signature[i + 1 :]}"
        for i in range(40)
        for step in range(1, 16)
    ]
    tokens += [f"{key}.{int(stamp, 16) + step:x}.{signature}" for step in range(1, 401)]
    assert len(tokens) == 1_000
    answers = {visitor.get(f"/papers/{token}").status_code for token in tokens}
    assert answers == {404}


def test_who_tries_too_fast_is_slowed_down_whatever_is_tried(tmp_path: Path) -> None:
    """The limit does not look at the link."""
    engine = open_engine(f"sqlite:///{tmp_path / 'anda.db'}", SECRET)
    schema.upgrade(engine)
    branch = branch_on(engine)
    visitor = Visitor(branch, RateLimit(5, 60.0, clock=lambda: 0.0))
    path = visitor.link()
    statuses = [visitor.get(each).status_code for each in (path, "/papers/x") * 4]
    assert statuses == [200, 404, 200, 404, 200, 429, 429, 429]
    branch.ways.close()


def test_a_large_form_is_not_read(visitor: Visitor) -> None:
    """Nor one with many fields: they say nothing."""
    path = visitor.link()
    assert visitor.give(path, "9" * 100_000).status_code == 422
    many = visitor.browser.post(path, content="&".join(f"a{n}=1" for n in range(90)))
    assert many.status_code == 422


def test_the_page_runs_no_script_and_sits_in_no_frame(visitor: Visitor) -> None:
    """Only its own style is allowed, by its hash."""
    answer = visitor.get(visitor.link())
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["referrer-policy"] == "no-referrer"


def test_a_document_is_confirmed_by_its_code_and_by_nothing_else(visitor: Visitor) -> None:
    """The printed code fits one document in its present state; any other answer is the same."""
    branch = visitor.branch
    policy = next(p for p in branch.rows(Policy) if p.number == CAR)
    code = check_code(branch.cipher, policy)
    found = branch.turn(lambda o: o.check_paper(CAR, code.lower().replace("-", " ")))
    assert found is not None
    assert found.product == "机动车商业保险"
    assert branch.turn(lambda o: o.check_paper(CAR, "0000-0000-0000")) is None
    assert branch.turn(lambda o: o.check_paper("TATJ000", code)) is None
    branch.turn(lambda o: _change(o, Policy, CAR, "premium_fen", 1))
    assert branch.turn(lambda o: o.check_paper(CAR, code)) is None


def test_the_picture_of_a_card_names_nobody(visitor: Visitor) -> None:
    """One picture for everybody, of a size that the platform shows; made once, kept by caches."""
    links = visitor.branch.turn(lambda o: o.paper_links([CAR, HOME]))
    pictures = {link.picture.removeprefix("http://127.0.0.1:8080") for link in links}
    assert pictures == {"/papers/cover.png"}
    answer = visitor.get(pictures.pop())
    assert answer.headers["content-type"] == "image/png"
    assert Image.open(BytesIO(answer.content)).size == (900, 383)
    assert visitor.get("/papers/cover.png").content == answer.content
