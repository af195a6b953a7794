"""Links opened in WeChat: whom they were sent to, once, and nobody else; and without WeChat."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from PIL import Image
from sqlalchemy import Engine
from starlette.applications import Starlette
from starlette.routing import Mount

from bot.channels.links.app import links_app
from bot.channels.links.login import Login
from bot.channels.papers.app import papers_app
from bot.channels.webchat.rate import RateLimit
from bot.channels.wechat.client import WeChatApi
from bot.media import MediaStore
from storage import web_links
from storage.models.case import Claim, Survey, Ticket
from storage.models.conversation import Message
from storage.models.outbox import Media
from storage.models.web_link import OAuthState
from storage.tokens import StoredTokens
from storage.unit_of_work import UnitOfWork
from storage.web_links import WebLink
from tests.bot.channels.wechat import fake_api, platform
from tests.bot.channels.wechat.fake_api import FakeApi, Fault
from tests.storage.services_kit import DOCUMENT, NOW, Branch, branch_on

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

WHO = "/sns/oauth2/access_token"


@pytest.fixture
def api() -> Iterator[FakeApi]:
    """A WeChat whose web authorisation works."""
    with fake_api.running() as running:
        yield running


class Phone:
    """A customer's WeChat, and the branch behind its links."""

    def __init__(self, branch: Branch, api: FakeApi, folder: Path, *, on: bool = True) -> None:
        self.branch, self.api, self.folder = branch, api, folder
        account = platform.settings(api_base_url=api.url, app_id="gh_1", web_login=on)
        branch.settings = branch.settings.model_copy(update={"wechat": account})
        tokens = StoredTokens(branch.ways, NOW.timestamp)
        openid = WeChatApi(account, tokens, lambda: branch.now).openid if on else None
        login = Login(branch.ways, branch.cipher, branch.settings, lambda: branch.now, openid)
        rate = RateLimit(1000, 1.0)
        papers = papers_app(
            branch.ways, branch.cipher, branch.settings, lambda: branch.now, rate, login
        )
        links = links_app(login, MediaStore(folder, 1_000_000), rate)
        self.app = Starlette(routes=[Mount("/papers", papers), Mount("/links", links)])
        self.browser = self.another()

    def another(self) -> TestClient:
        """Return a browser without cookies."""
        return TestClient(self.app, base_url="http://127.0.0.1", follow_redirects=False)

    def link(self, kind: str, subject: str, conversation: int = 1) -> str:
        """Return a fresh link."""
        made = WebLink(kind, conversation, subject)  # type: ignore[arg-type]
        return f"/links/{web_links.make(self.branch.cipher, made, self.branch.now)}"

    def paper(self) -> str:
        """Return the link of an electronic policy."""
        links = self.branch.turn(lambda o: o.paper_links(["TATJ20260208000155"]))
        return links[0].url.removeprefix("http://127.0.0.1:8080")

    def asked(self, path: str) -> dict[str, str]:
        """Open a link; return what the platform is asked."""
        sent_on = self.browser.get(path)
        assert sent_on.status_code == 302
        address = urlsplit(sent_on.headers["location"])
        assert (address.netloc, address.path) == (
            "open.weixin.qq.com", "/connect/oauth2/authorize",
        )  # fmt: skip
        assert address.fragment == "wechat_redirect"
        return {key: values[0] for key, values in parse_qs(address.query).items()}

    def back(self, state: str, openid: str = "peer-1", code: str = "c") -> httpx.Response:
        """Let the platform send the browser back with a code of somebody."""
        self.api.logins[code] = openid
        answer: httpx.Response = self.browser.get(f"/links/wechat?code={code}&state={state}")
        return answer

    def log_in(self, path: str) -> None:
        """Open a link as its owner."""
        answer = self.back(self.asked(path)["state"])
        assert (answer.status_code, answer.headers["location"]) == (303, path)


@pytest.fixture
def phone(database: Engine, api: FakeApi, tmp_path: Path) -> Iterator[Phone]:
    """A phone, once on SQLite and once on PostgreSQL."""
    branch = branch_on(database)
    yield Phone(branch, api, tmp_path)
    branch.ways.close()


def survey(phone: Phone, conversation: int = 1) -> str:
    """Return the link of a survey that waits for an answer."""
    row = Survey(
        conversation_id=conversation, key=f"s{conversation}", about="claim", status="sent",
        score=None, comment="", sent_at=NOW, answered_at=None,
    )  # fmt: skip
    phone.branch.ways.run(lambda uow: uow.session.add(row))
    return phone.link("survey", "1", conversation)


def test_the_owner_is_known_silently_and_goes_on(phone: Phone) -> None:
    """snsapi_base, our own address to come back to; afterwards the page, and not asked again."""
    path = survey(phone)
    asked = phone.asked(path)
    assert (asked["appid"], asked["scope"], asked["response_type"]) == (
        "gh_1", "snsapi_base", "code",
    )  # fmt: skip
    assert asked["redirect_uri"] == "http://127.0.0.1:8080/links/wechat"
    assert phone.browser.get(path).status_code == 302
    answer = phone.back(asked["state"])
    assert answer.headers["location"] == path
    assert "打几分" in phone.browser.get(path).text


def test_another_wechat_is_refused_kindly(phone: Phone) -> None:
    """A forwarded link says where to open it, shows nothing, and the visit is on record."""
    path = survey(phone)
    answer = phone.back(phone.asked(path)["state"], "somebody-else")
    assert answer.status_code == 403
    assert "发给另一个微信号" in answer.text
    assert phone.browser.get(path).status_code == 302
    assert "web login: another WeChat" in phone.branch.seen()


def test_a_state_is_good_once_in_its_browser_and_for_its_link(phone: Phone) -> None:
    """Used, made up, too old, or begun in another browser: the same refusal, no code is spent."""
    path = survey(phone)
    state = phone.asked(path)["state"]
    assert phone.back(state).status_code == 303
    before = phone.api.calls[WHO]
    refused = [phone.back(state), phone.back("made-up"), phone.back("")]
    phone.browser = phone.another()
    other = phone.asked(path)["state"]
    phone.browser = phone.another()
    refused.append(phone.back(other))
    state = phone.asked(path)["state"]
    phone.branch.later(minutes=11)
    refused.append(phone.back(state))
    assert {(answer.status_code, answer.text) for answer in refused} == {
        (403, refused[0].text),
    }  # fmt: skip
    assert phone.api.calls[WHO] == before


def test_one_login_opens_one_link(phone: Phone) -> None:
    """The pass of one link is none for the other."""
    first, second = survey(phone), phone.paper()
    phone.log_in(first)
    assert phone.browser.get(second).status_code == 302


def test_a_state_is_stored_as_a_hash(phone: Phone) -> None:
    """Whoever reads the table can finish nobody's login."""
    state = phone.asked(survey(phone))["state"]
    [row] = phone.branch.ways.read(lambda uow: list(uow.session.query(OAuthState)))
    assert state not in (row.state_hash, row.browser_hash)


def test_a_bad_code_and_a_silent_platform_let_nobody_in(phone: Phone) -> None:
    """A code that was used is a stranger; a platform that fails asks to try again later."""
    path = survey(phone)
    state = phone.asked(path)["state"]
    used: httpx.Response = phone.browser.get(f"/links/wechat?code=used&state={state}")
    assert used.status_code == 403
    phone.api.fail(WHO, Fault(status=502))
    answer = phone.back(phone.asked(path)["state"])
    assert (answer.status_code, "微信那边" in answer.text) == (503, True)


def test_an_electronic_policy_asks_who_is_there_before_the_tail(phone: Phone) -> None:
    """The owner goes on to the tail as before; posting without a login is refused."""
    path = phone.paper()
    blind: httpx.Response = phone.browser.post(path, data={"tail": DOCUMENT[-6:]})
    assert blind.status_code == 403
    phone.log_in(path)
    assert "后六位" in phone.browser.get(path).text
    sent_on: httpx.Response = phone.browser.post(path, data={"tail": DOCUMENT[-6:]})
    assert sent_on.status_code == 303
    assert phone.browser.get("/papers/nothing").status_code == 404


def test_without_wechat_the_signed_link_is_enough(
    database: Engine, api: FakeApi, tmp_path: Path
) -> None:
    """Switched off, or sent over another channel: no login; a changed link is no page."""
    branch = branch_on(database)
    phone = Phone(branch, api, tmp_path, on=False)
    path = survey(phone)
    assert "打几分" in phone.browser.get(path).text
    assert phone.browser.get(path[:-1] + ("0" if path[-1] != "0" else "1")).status_code == 404
    branch.later(hours=73)
    assert phone.browser.get(path).status_code == 404
    assert api.calls[WHO] == 0
    branch.ways.close()


def test_a_survey_is_answered_once(phone: Phone) -> None:
    """The score and the words count as in the chat; a low one owes a call; then it is over."""
    path = survey(phone)
    phone.log_in(path)
    said = {"score": "2", "words": "等了很久"}
    answer: httpx.Response = phone.browser.post(path, data=said, files={"x": b""})
    assert "谢谢" in answer.text
    again: httpx.Response = phone.browser.post(path, data={"score": "5", "words": ""})
    assert "已经收到过了" in again.text
    [row] = phone.branch.rows(Survey)
    assert (row.score, row.comment, row.status) == (2, "等了很久", "answered")
    assert [ticket.kind for ticket in phone.branch.rows(Ticket)] == ["feedback"]
    none: httpx.Response = phone.browser.post(path, data={"score": "9"})
    assert none.status_code == 422


def claim(phone: Phone) -> str:
    """Return the link to send photos for a claim."""
    row = Claim(
        number="CL20261122000001", conversation_id=1, line="auto", severity="normal",
        status="documents_due", owner="理赔岗", next_step="", facts={}, reported_at=NOW,
        updated_at=NOW,
    )  # fmt: skip
    phone.branch.ways.run(lambda uow: uow.session.add(row))
    return phone.link("upload", "CL20261122000001")


def photo(colour: str) -> tuple[str, bytes, str]:
    """Return a small photo."""
    data = BytesIO()
    Image.new("RGB", (8, 8), colour).save(data, "JPEG")
    return "a.jpg", data.getvalue(), "image/jpeg"


def test_photos_are_hung_on_the_claim_once(phone: Phone) -> None:
    """Two photos, then one of them again: two files, in the talk and on the claim."""
    path = claim(phone)
    phone.log_in(path)
    both = [("photos", photo("red")), ("photos", photo("blue"))]
    assert "谢谢" in phone.browser.post(path, files=both).text
    assert "已经收到过了" in phone.browser.post(path, files=both[:1]).text
    rows = phone.branch.rows(Media)
    assert [(row.status, row.case_number) for row in rows] == [
        ("stored", "CL20261122000001"),
    ] * 2  # fmt: skip
    assert all((phone.folder / str(row.path)).is_file() for row in rows)
    said = phone.branch.ways.read(lambda uow: list(uow.session.query(Message)))
    assert [message.body["type"] for message in said] == ["image", "image"]


@pytest.mark.parametrize("bad", [b"", b"no photo", b"%PDF-1.4"])
def test_what_is_no_photo_is_not_kept(phone: Phone, bad: bytes) -> None:
    """One bad file among good ones: none is stored, and the customer reads what to do."""
    path = claim(phone)
    phone.log_in(path)
    mixed = [("photos", photo("red")), ("photos", ("b.jpg", bad, "image/jpeg"))]
    answer: httpx.Response = phone.browser.post(path, files=mixed)
    assert (answer.status_code, "JPG" in answer.text) == (422, True)
    assert phone.branch.rows(Media) == []


def test_a_claim_that_is_over_takes_no_photos(phone: Phone) -> None:
    """The link says that it is over."""
    path = claim(phone)
    phone.log_in(path)

    def close(uow: UnitOfWork) -> None:
        uow.session.query(Claim).update({"status": "closed"})

    phone.branch.ways.run(close)
    assert "已经结束了" in phone.browser.get(path).text
    assert "已经结束了" in phone.browser.post(path, files=[("photos", photo("red"))]).text
