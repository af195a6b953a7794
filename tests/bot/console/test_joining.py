"""Two customer records beside each other: who may join them, what is shown, and back again."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from storage.crypto import Cipher
from storage.models.customer import Customer
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
