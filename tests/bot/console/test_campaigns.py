"""The page of campaigns: counters, who does not get it and why, the stop switch, the dry run."""

from __future__ import annotations

from datetime import timedelta

from storage.models.customer import Customer
from storage.models.outbound import Campaign, OutboundStop
from storage.models.outbox import OutboxItem
from storage.models.policy import Policy
from storage.unit_of_work import UnitOfWork
from tests.bot.console.conftest import House
from tests.fakes import NOON

NAME = f"renewal:{NOON:%Y-%m-%d}"
PAGE = "/console/campaigns"


def _touch(number: str, **values: object) -> OutboxItem:
    made = {
        "dedupe_key": f"k:{number}", "kind": "renewal", "channel": "ladder", "account": "",
        "peer": "customer:1", "body": {}, "status": "sent", "reason": "", "provider_id": "",
        "attempts": 1, "created_at": NOON, "due_at": NOON, "step": "R30", "subject": number,
        "campaign": NAME, "customer_id": 1, "way": "sms", "sent_at": NOON,
    }  # fmt: skip
    return OutboxItem(**(made | values))


def _campaign(house: House) -> None:
    def work(uow: UnitOfWork) -> None:
        day = NOON.date()
        uow.session.add(Campaign(name=NAME, family="renewal", day=day, planned_at=NOON, first_id=1))
        uow.session.add_all(
            [
                _touch("PX-1"),
                _touch("PX-2", status="suppressed", reason="已续保", way=None, sent_at=None),
                _touch("PX-3", status="unknown", way="template", reason="connection broke"),
            ]
        )

    house.run(work)


def test_counters_reasons_and_what_nobody_knows(house: House) -> None:
    """Every touch stands in one state; a click lists those of a reason, and only those."""
    _campaign(house)
    browser = house.log_in("刘洋")
    page = browser.get(PAGE).text
    for words in ("已发出 1", "不发 1", "结果不明 1", "已续保 1", "PX-3", "短信 1"):
        assert words in page
    listed = browser.get(f"{PAGE}/touches", params={"campaign": NAME, "reason": "已续保"}).text
    assert "PX-2" in listed
    assert "PX-1" not in listed
    assert "已发出 1" in browser.get(f"{PAGE}/now").text


def test_stopping_asks_why_and_is_taken_back(house: House) -> None:
    """Without a reason nothing is stopped; the page says who stopped it and why."""
    browser = house.log_in("刘洋")
    refused = browser.post(f"{PAGE}/stop", data={"kind": "renewal", "reason": ""})
    assert refused.status_code != 303
    assert house.run(lambda uow: uow.session.get(OutboundStop, "renewal")) is None
    assert (
        browser.post(f"{PAGE}/stop", data={"kind": "renewal", "reason": "文案写错"}).status_code
        == 303
    )
    page = browser.get(PAGE).text
    assert "文案写错" in page
    assert "刘洋" in page
    assert browser.post(f"{PAGE}/resume", data={"kind": "renewal"}).status_code == 303
    assert "文案写错" not in browser.get(PAGE).text


def test_the_dry_run_says_who_gets_what(house: House) -> None:
    """Two policies end in thirty days, one is cancelled; nothing is written."""

    def work(uow: UnitOfWork) -> None:
        uow.session.add(
            Customer(id=1, ref="C1", kind="person", name="白露", id_number="1", id_blind="b1",
                     phone="13900000001", phone_blind=house.app.cipher.blind("13900000001"))
        )  # fmt: skip
        uow.session.flush()
        for number, status in (("PX-1", "有效"), ("PX-2", "退保")):
            uow.session.add(
                Policy(number=number, customer_id=1, line="auto", product="机动车商业保险",
                       plate=f"津X{number}", starts_at=NOON - timedelta(days=335), premium_fen=1,
                       payment="已缴清", details={}, status=status,
                       ends_on=NOON.date() + timedelta(days=30))
            )  # fmt: skip

    house.run(work)
    page = house.log_in("刘洋").get(f"{PAGE}/preview?family=renewal").text
    assert "短信" in page
    assert "不发：保单已退保" in page
    assert "白露" not in page
    assert house.run(lambda uow: uow.session.query(OutboxItem).count()) == 0


def test_not_for_everybody(house: House) -> None:
    """An agent is neither offered the page nor let in."""
    browser = house.log_in("王敏")
    assert browser.get(PAGE).status_code == 403
    assert browser.post(f"{PAGE}/stop", data={"kind": "renewal", "reason": "x"}).status_code == 403
