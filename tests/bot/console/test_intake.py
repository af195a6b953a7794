"""Calls and visits taken down, and customers looked up: once, masked, written down."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from storage.models.base import table_of
from storage.models.case import Claim, Complaint, Ticket
from storage.models.customer import AccessLog
from storage.models.outbox import OutboxItem
from tests.bot.console.conftest import House
from tests.bot.console.test_policies import DOCUMENT, PHONE, customer_of

_log = table_of(AccessLog)


def form_key(browser: TestClient, kind: str) -> str:
    """Return the one-time key of a fresh form."""
    found = re.search(r'name="key" value="([0-9a-f]{32})"', browser.get(
        "/console/intake", params={"kind": kind}).text)  # fmt: skip
    assert found is not None
    return found[1]


def count(house: House, model: type) -> int:
    """Return how many rows there are."""
    query = select(func.count()).select_from(model)
    return int(house.run(lambda uow: uow.session.scalar(query)))


def test_a_call_becomes_one_claim_however_often_it_is_sent(house: House) -> None:
    """Injury makes it urgent; the same form twice is one claim; the page says what to read out."""
    agent = house.log_in("王敏")
    form = {"key": form_key(agent, "claim"), "way": "phone", "line": "auto", "injured": "yes",
            "story": "路口被撞", "phone": "139 1234 5678", "plate": "津a12345",
            "happened_at": "2026-11-23T09:30"}  # fmt: skip
    first = agent.post("/console/intake/claim", data=form)
    again = agent.post("/console/intake/claim", data=form)
    assert first.status_code == again.status_code == 303
    assert first.headers["location"] == again.headers["location"]
    assert count(house, Claim) == 1
    page = agent.get(first.headers["location"]).text
    assert "念给客户听" in page
    claim = house.run(lambda uow: uow.session.scalar(select(Claim)))
    assert (claim.severity, claim.plate, claim.facts["phone"]) == ("P0", "津A12345", "13912345678")


def test_a_complaint_by_phone_gets_its_receipt(house: House) -> None:
    """An agent may take it down though not read it; the caller's phone gets the number."""
    agent = house.log_in("王敏")
    form = {"key": form_key(agent, "complaint"), "way": "phone", "story": "业务员误导我买的",
            "phone": "13912345678", "against": "李强"}  # fmt: skip
    answer = agent.post("/console/intake/complaint", data=form)
    assert answer.status_code == 303
    page = agent.get(answer.headers["location"]).text
    assert "日前答复" in page
    assert "打开看" not in page
    complaint = house.run(lambda uow: uow.session.scalar(select(Complaint)))
    assert complaint.channel == "phone"
    assert count(house, OutboxItem) >= 1


def test_another_wish_becomes_a_ticket_of_its_queue(house: House) -> None:
    """A call-back with a promised time; a time in the past is refused and nothing is written."""
    agent = house.log_in("王敏")
    form = {"key": form_key(agent, "ticket"), "way": "branch", "kind": "callback", "name": "陈晓东",
            "phone": "13912345678",
            "note": "下午回电", "promised_at": "2020-01-01T10:00"}  # fmt: skip
    assert agent.post("/console/intake/ticket", data=form).status_code == 409
    assert count(house, Ticket) == 0
    form["promised_at"] = "2026-11-24T15:00"
    assert agent.post("/console/intake/ticket", data=form).status_code == 303
    assert count(house, Ticket) == 1


def test_empty_and_stale_forms_are_sentences(house: House) -> None:
    """Nothing said, no key, a wrong number, a kind that is not one's own."""
    agent, sales = house.log_in("王敏"), house.log_in("孙倩")
    form = {"key": form_key(agent, "claim"), "way": "phone", "line": "auto"}
    assert agent.post("/console/intake/claim", data=form).status_code == 409
    assert agent.post("/console/intake/claim", data={**form, "key": "x"}).status_code == 409
    bad = agent.post("/console/intake/claim", data={**form, "phone": "12", "story": "撞了"})
    assert "没填对" in bad.text
    assert sales.post("/console/intake/claim", data=form).status_code == 409
    assert agent.get("/console/intake?phone=abc").status_code == 409
    assert count(house, Claim) == 0


def test_a_known_number_shows_who_it_may_be(house: House) -> None:
    """The caller's name is masked, and looking is written down."""
    house.run(lambda uow: customer_of(house, uow))
    page = house.log_in("王敏").get("/console/intake", params={"phone": PHONE}).text
    assert "白*" in page
    assert "白露" not in page


@pytest.mark.parametrize("words", ["C1", "TATJ20260208000155", "津a12345", PHONE, DOCUMENT, "白露"])
def test_a_customer_is_found_by_what_is_at_hand(house: House, words: str) -> None:
    """Number, policy, plate, phone, document or name; always masked."""
    house.run(lambda uow: customer_of(house, uow))
    page = house.log_in("王敏").get("/console/customers", params={"q": words}).text
    assert "/console/customers/C1" in page
    assert "139****6621" in page
    assert DOCUMENT not in page.replace(f'value="{DOCUMENT}"', "")


def test_seeing_in_full_takes_the_right_and_a_reason(house: House) -> None:
    """An agent is refused, underwriting says why, and the log keeps the words."""
    house.run(lambda uow: customer_of(house, uow))
    agent, clerk = house.log_in("王敏"), house.log_in("周正")
    path = "/console/customers/C1"
    assert PHONE not in clerk.get(path).text
    assert agent.post(f"{path}/reveal", data={"reason": "核对报案电话"}).status_code == 409
    assert clerk.post(f"{path}/reveal", data={"reason": "看"}).status_code == 409
    page = clerk.post(f"{path}/reveal", data={"reason": "核对批单上的电话"}).text
    assert PHONE in page
    assert DOCUMENT in page
    assert "津A12345" in page
    query = select(_log.c.actor, _log.c.reason).where(_log.c.what == "customer C1 full")
    logged = house.run(lambda uow: [tuple(row) for row in uow.connection.execute(query)])
    assert logged == [("周正", "核对批单上的电话")]
    del clerk.headers["X-CSRF-Token"]
    assert clerk.post(f"{path}/reveal", data={"reason": "核对批单上的电话"}).status_code == 403


@pytest.mark.parametrize("name", ["赵颖", "吴静"])
def test_who_has_no_customers_sees_none(house: House, name: str) -> None:
    """Neither the search nor a page nor the reveal."""
    house.run(lambda uow: customer_of(house, uow))
    browser = house.log_in(name)
    assert browser.get("/console/customers?q=C1").status_code == 403
    assert browser.get("/console/customers/C1").status_code == 403
    assert browser.post("/console/customers/C1/reveal", data={"reason": "核对"}).status_code == 403
