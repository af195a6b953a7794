"""Two customer records beside each other: who may join them, what is shown, and back again."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from storage.crypto import Cipher
from storage.models.case import Claim
from storage.models.conversation import Conversation
from storage.models.customer import Customer
from storage.models.identity import Consent
from storage.models.outbox import OutboxItem
from storage.privacy_desk import open_request
from storage.tickets import TicketBook
from storage.unit_of_work import UnitOfWork
from tests.bot.console.conftest import House
from tests.conftest import SECRET
from tests.storage.identity_kit import DOCUMENT, PHONE, POLICY
from tests.storage.joins_kit import PHONE_2, POLICY_2, settle

_SEEN = re.compile(r'name="seen" value="(\w+)"')
_WHY = {"reason": "paper", "words": "证件相同，已电话核对"}


@pytest.fixture
def two(house: House) -> House:
    """A house with one person under two records."""
    house.run(lambda uow: settle(uow.session, Cipher(SECRET)))
    return house


def _seen(page: str) -> str:
    found = _SEEN.search(page)
    assert found, page
    return found[1]


def test_a_lead_compares_joins_and_parts(two: House) -> None:
    """Masked side by side, what differs is said; joined on one page; apart with a reason."""
    lead = two.log_in("刘洋")
    page = lead.get("/console/customers/c1/join?other=c2").text
    assert PHONE not in page
    assert PHONE_2 not in page
    assert DOCUMENT not in page
    for words in ("姓名相同", "证件号不同", "手机不同", POLICY, POLICY_2, "从不自动"):
        assert (words in page) == (words != "从不自动")
    sent = lead.post(
        "/console/customers/c1/join", data={"other": "c2", "seen": _seen(page), **_WHY}
    )
    assert (sent.status_code, sent.headers["location"]) == (303, "/console/customers/c1?done=1")
    kept = lead.get("/console/customers/c1").text
    assert POLICY in kept
    assert POLICY_2 in kept
    assert "并进来的" in kept
    away = lead.get("/console/customers/c2").text
    assert "已经并到" in away
    assert POLICY_2 not in away
    again = lead.post("/console/customers/c1/part", data={"join": "1", "words": "并错了，是父子"})
    assert again.status_code == 303
    assert POLICY_2 not in lead.get("/console/customers/c1").text


def test_an_old_page_joins_nothing(two: House) -> None:
    """What has changed since it was shown is shown first."""
    lead = two.log_in("周正")
    seen = _seen(lead.get("/console/customers/c1/join?other=c2").text)

    def change(uow: object) -> None:
        one = uow.session.scalars(select(Customer).where(Customer.ref == "c2")).one()  # type: ignore[attr-defined]
        one.name = "李伟"

    two.run(change)
    sent = lead.post("/console/customers/c1/join", data={"other": "c2", "seen": seen, **_WHY})
    assert sent.status_code == 409
    assert "有了变化" in sent.text


def test_whoever_shares_a_phone_is_proposed_and_never_joined_by_itself(two: House) -> None:
    """A candidate stands on the page of those who may join; it is one person's press away."""

    def same(uow: object) -> None:
        one = uow.session.scalars(select(Customer).where(Customer.ref == "c2")).one()  # type: ignore[attr-defined]
        one.phone, one.phone_blind = PHONE, Cipher(SECRET).blind(PHONE)

    two.run(same)
    page = two.log_in("刘洋").get("/console/customers/c1").text
    assert "可能是同一个人" in page
    assert "系统从不自动合并" in page
    assert "可能是同一个人" not in two.log_in("王敏").get("/console/customers/c1").text


def test_who_may_only_read_customers_joins_nobody(two: House) -> None:
    """Neither the comparison nor the press; nobody, oneself and nonsense are refused."""
    agent, lead = two.log_in("王敏"), two.log_in("刘洋")
    assert agent.get("/console/customers/c1/join?other=c2").status_code == 403
    assert agent.post("/console/customers/c1/join", data={"other": "c2", **_WHY}).status_code == 403
    for other in ("c1", "nobody", ""):
        assert lead.get(f"/console/customers/c1/join?other={other}").status_code == 409
    assert lead.post("/console/customers/c1/part", data={"join": "x"}).status_code == 409
    assert lead.post("/console/customers/c1/part", data={"join": "9" * 30}).status_code == 409


def _numbers(page: str) -> dict[str, tuple[str, ...]]:
    """Return what a comparison counts: label → this record, the other, both together."""
    row = re.compile(r"<td>(\w+)" + r"</td><td[^>]*>(\d+)" * 2 + r"</td><td[^>]*><b>(\d+)</b>")
    return {found[0]: tuple(found[1:]) for found in row.findall(page)}


def _shown(page: str) -> dict[str, str]:
    """Return what a customer's page counts."""
    return dict(re.findall(r"<h2>(\w+) <small>(\d+)</small></h2>", page))


def test_the_comparison_counts_what_the_page_shows_then(two: House) -> None:
    """Both sides as their pages show them now, and both together as the page shows them after."""

    def cases(uow: UnitOfWork) -> None:
        cipher = Cipher(SECRET)
        talk = uow.session.scalars(select(Conversation)).one()
        common = {"policy_number": POLICY_2, "phone_blind": cipher.blind(PHONE)}
        for number, more in (("1", common), ("2", {"phone_blind": cipher.blind(PHONE_2)})):
            uow.session.add(
                Claim(
                    number=f"CL2026112200000{number}", line="auto", severity="normal", facts={},
                    status="contact_due", owner="理赔", next_step="联系", reported_at=two.moment,
                    updated_at=two.moment, **more,
                )
            )  # fmt: skip
        for code in ("marketing", "survey"):
            uow.session.add(
                Consent(
                    conversation_id=talk.id, customer_id=talk.customer_id, code=code, version="1",
                    given=False, how="chat", at=two.moment,
                )
            )  # fmt: skip

    two.run(cases)
    lead = two.log_in("刘洋")
    compared = lead.get("/console/customers/c1/join?other=c2").text
    told = _numbers(compared)
    assert told["案件"] == ("1", "2", "2")  # one is of both
    assert told["同意"] == ("0", "2", "2")  # the newest word on each
    assert told["会话"] == ("0", "1", "1")
    for side, ref in enumerate(("c1", "c2")):
        before = _shown(lead.get(f"/console/customers/{ref}").text)
        assert {label: before[label] for label in told} == {k: v[side] for k, v in told.items()}
    sent = {"other": "c2", "seen": _seen(compared), **_WHY}
    assert lead.post("/console/customers/c1/join", data=sent).status_code == 303
    after = _shown(lead.get("/console/customers/c1").text)
    assert {label: after[label] for label in told} == {k: v[2] for k, v in told.items()}


def test_who_was_joined_away_gets_no_form(two: House) -> None:
    """Neither on their page nor in a comparison from either side; it is said why."""
    lead = two.log_in("刘洋")
    page = lead.get("/console/customers/c1/join?other=c2").text
    lead.post("/console/customers/c1/join", data={"other": "c2", "seen": _seen(page), **_WHY})
    assert 'action="/console/customers/c2/join"' not in lead.get("/console/customers/c2").text
    assert 'action="/console/customers/c1/join"' in lead.get("/console/customers/c1").text
    for one, other in (("c1", "c2"), ("c2", "c1")):
        compared = lead.get(f"/console/customers/{one}/join?other={other}").text
        assert "是同一个人，合并" not in compared
        assert "不能合并" in compared
        assert "已经并到别的客户里了" in compared


def test_who_is_being_erased_gets_no_form(two: House) -> None:
    """Nor is proposed to others, nor can be taken apart meanwhile; it is said why."""

    def alike(uow: UnitOfWork) -> None:
        one = uow.session.scalars(select(Customer).where(Customer.ref == "c2")).one()
        one.phone, one.phone_blind = PHONE, Cipher(SECRET).blind(PHONE)

    two.run(alike)
    lead = two.log_in("刘洋")
    assert "可能是同一个人" in lead.get("/console/customers/c1").text
    parts = two.app
    talk = two.run(lambda uow: uow.session.scalars(select(Conversation.id)).one())
    two.run(
        lambda uow: open_request(
            TicketBook(uow, parts.cipher, parts.settings, two.moment, "customer"),
            "privacy_erase", {"words": "删掉"}, talk,
        ).number
    )  # fmt: skip
    assert "可能是同一个人" not in lead.get("/console/customers/c1").text
    theirs = lead.get("/console/customers/c2").text
    assert 'action="/console/customers/c2/join"' not in theirs
    assert "正在办理删除个人信息" in theirs
    compared = lead.get("/console/customers/c1/join?other=c2").text
    assert "是同一个人，合并" not in compared
    assert "有一位正在办理删除个人信息" in compared


def test_it_is_said_what_becomes_of_proofs(two: House) -> None:
    """Bound talks of both sides end at once, nobody is written to; and so it is."""
    later = two.moment + timedelta(hours=1)

    def bind(uow: UnitOfWork) -> None:
        talk = uow.session.scalars(select(Conversation)).one()
        talk.verified_until = later

    two.run(bind)
    owed = select(func.count()).select_from(OutboxItem)
    before = two.run(lambda uow: uow.session.scalar(owed))
    lead = two.log_in("刘洋")
    page = lead.get("/console/customers/c1/join?other=c2").text
    assert "核验当场失效" in page
    assert "不会为这件事去打扰客户" in page
    lead.post("/console/customers/c1/join", data={"other": "c2", "seen": _seen(page), **_WHY})
    until = select(Conversation.verified_until)
    assert two.run(lambda uow: uow.session.scalars(until).all()) == [None]
    assert two.run(lambda uow: uow.session.scalar(owed)) == before
