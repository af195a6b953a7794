"""The desk of personal rights: seen by who answers for it, done once, told to the access log."""

from __future__ import annotations

import io
import zipfile

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from bot.privacy.rights import Rights
from storage.models.case import Ticket
from storage.models.customer import AccessLog, Customer
from storage.unit_of_work import UnitOfWork
from tests.bot.console.conftest import PEOPLE, House
from tests.bot.console.test_claims import seen_on
from tests.bot.console.test_policies import customer_of

LEADS = {name for name, role in PEOPLE.items() if role in ("supervisor", "admin")}
STEPS = ("export", "erase", "correct", "answer")


def asked(house: House, kind: str = "privacy_erase") -> str:
    """Record a request of a customer with a policy in force; return its number."""
    house.run(lambda uow: customer_of(house, uow))
    parts = house.app
    ways, settings = parts.transactions, parts.settings
    rights = Rights(ways, parts.cipher, settings, lambda: house.moment, "刘洋")
    return rights.open(kind, "C1")


def post(browser: TestClient, number: str, step: str, **form: str) -> int:
    """Fill in a form of the page as it is now."""
    path = f"/console/rights/{number}"
    form["seen"] = seen_on(browser.get(path).text)
    return int(browser.post(f"{path}/{step}", data=form).status_code)


def ticket_of(house: House, number: str) -> Ticket:
    """Return a request as it is now."""

    def work(uow: UnitOfWork) -> Ticket:
        return uow.session.scalars(select(Ticket).where(Ticket.number == number)).one()

    found: Ticket = house.app.transactions.read(work)
    return found


def log_of(house: House) -> list[tuple[str, str]]:
    """Return who was shown what."""
    query = select(AccessLog.actor, AccessLog.what).order_by(AccessLog.id)
    return house.app.transactions.read(
        lambda uow: [(str(actor), str(what)) for actor, what in uow.session.execute(query)]
    )


def test_the_list_says_how_long_is_left(house: House) -> None:
    """Open ones with the time left; late ones are counted in words; the list is in the log."""
    number = asked(house)
    lead = house.log_in("刘洋")
    page = lead.get("/console/rights").text
    assert number in page
    assert "删除个人信息" in page
    assert "超过答复期限" not in page
    assert ("刘洋", "privacy requests, 1 rows") in log_of(house)
    house.later(days=40)
    assert "1 件已超过答复期限" in house.log_in("刘洋").get("/console/rights").text


def test_the_page_says_what_is_kept_and_why(house: House) -> None:
    """Before anything is done: each record with its fate, the reason and the day."""
    number = asked(house)
    page = house.log_in("刘洋").get(f"/console/rights/{number}").text
    assert "TATJ20260208000155" in page
    assert "先保留" in page
    assert "保险合同还在有效期内" in page
    assert "2027-02-07" in page
    assert "白*" in page or "白" in page
    assert "白露" not in page
    assert ("刘洋", f"privacy request {number}") in log_of(house)


def test_an_erasure_needs_a_check_and_a_look_at_the_list(house: House) -> None:
    """Refused without either; done in part while a policy runs, and the page tells what to say."""
    number = asked(house)
    lead = house.log_in("刘洋")
    assert post(lead, number, "erase", how="counter") == 409
    assert post(lead, number, "erase", sure="yes") == 409
    assert post(lead, number, "erase", sure="yes", how="two_staff") == 409
    assert ticket_of(house, number).status == "new"
    assert post(lead, number, "erase", sure="yes", how="counter") == 303
    assert ticket_of(house, number).status == "restricted"
    page = lead.get(f"/console/rights/{number}").text
    assert "这样告诉客户" in page
    assert "门店当面核验" in page
    assert "先办了一部分" in page


def test_a_copy_is_handed_out_as_one_file(house: House) -> None:
    """Three shapes in a ZIP that no cache keeps; the request is done by that."""
    number = asked(house, "privacy_export")
    lead = house.log_in("刘洋")
    seen = seen_on(lead.get(f"/console/rights/{number}").text)
    form = {"seen": seen, "how": "two_staff", "second": "admin"}
    answer = lead.post(f"/console/rights/{number}/export", data=form)
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["cache-control"] == "no-store"
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert archive.namelist() == [f"{number}.json", f"{number}.html", f"{number}.pdf"]
    assert "白露" in archive.read(f"{number}.json").decode()
    assert ticket_of(house, number).status == "done"
    assert ("刘洋", "export of all personal data") in log_of(house)
    assert number in lead.get("/console/rights?view=done").text


def test_a_download_that_broke_is_repeated_while_the_check_holds(house: House) -> None:
    """Without asking the person again, logged again; an hour later it takes a new request."""
    number = asked(house, "privacy_export")
    lead = house.log_in("刘洋")
    assert post(lead, number, "export", how="counter") == 200
    assert "再下载一次" in lead.get(f"/console/rights/{number}").text
    house.later(minutes=30)
    again = lead.post(f"/console/rights/{number}/export", data={"how": ""})
    assert (again.status_code, again.headers["content-type"]) == (200, "application/zip")
    assert log_of(house).count(("刘洋", "export of all personal data")) == 2
    house.later(minutes=61)
    late = house.log_in("刘洋")
    assert "再下载一次" not in late.get(f"/console/rights/{number}").text
    answer = late.post(f"/console/rights/{number}/export", data={"how": "counter"})
    assert answer.status_code == 409
    assert len(log_of(house)) > 2


def test_what_was_answered_is_not_handed_out(house: House) -> None:
    """A request that was refused is done: no copy without a new one."""
    number = asked(house, "privacy_export")
    lead = house.log_in("刘洋")
    assert post(lead, number, "answer", note="不是本人") == 303
    answer = lead.post(f"/console/rights/{number}/export", data={"how": "counter"})
    assert answer.status_code == 409


def test_a_correction_is_checked_like_any_number(house: House) -> None:
    """A wrong phone is refused, a right one stands in the customer's record."""
    number = asked(house, "privacy_correct")
    lead = house.log_in("admin")
    assert post(lead, number, "correct", field="phone", value="123", how="video") == 409
    assert post(lead, number, "correct", field="phone", value="13912345678", how="video") == 303
    query = select(Customer.phone).where(Customer.ref == "C1")
    assert house.run(lambda uow: uow.session.scalar(query)) == "13912345678"


@pytest.mark.parametrize("name", ["<b>白露</b>", "白露😀", "白", "白露1", "=白露", "露" * 41])
def test_a_name_that_is_none_is_refused_in_words(house: House, name: str) -> None:
    """No markup, picture or digit; what a name may be is said, and nothing is changed."""
    number = asked(house, "privacy_correct")
    lead = house.log_in("刘洋")
    answer = lead.post(
        f"/console/rights/{number}/correct",
        data={"field": "name", "value": name, "how": "video"},
    )
    assert (answer.status_code, "姓名只能用汉字或字母" in answer.text) == (409, True)
    query = select(Customer.name).where(Customer.ref == "C1")
    assert house.run(lambda uow: uow.session.scalar(query)) == "白露"
    assert ticket_of(house, number).status == "new"
    assert post(lead, number, "correct", field="name", value="白  露", how="video") == 303
    assert house.run(lambda uow: uow.session.scalar(query)) == "白 露"


def test_an_answer_closes_with_its_grounds(house: House) -> None:
    """A withdrawal of consent, or a no: never without the reason."""
    number = asked(house, "privacy_withdraw")
    lead = house.log_in("刘洋")
    assert post(lead, number, "answer") == 409
    assert post(lead, number, "answer", note="已撤回营销同意") == 303
    assert "已撤回营销同意" in lead.get(f"/console/rights/{number}").text


def test_recording_twice_makes_one(house: House) -> None:
    """A second press of the button finds the first one's number; an unknown customer is refused."""
    house.run(lambda uow: customer_of(house, uow))
    lead = house.log_in("刘洋")
    form = {"kind": "privacy_export", "customer": "C1", "press": "20261125093000"}
    first = lead.post("/console/rights", data=form)
    again = lead.post("/console/rights", data=form)
    assert first.status_code == 303
    assert first.headers["location"] == again.headers["location"]
    query = select(Ticket.number).where(Ticket.kind == "privacy_export")
    assert len(house.run(lambda uow: uow.session.scalars(query).all())) == 1
    form |= {"customer": "C9", "press": "20261125093001"}
    assert lead.post("/console/rights", data=form).status_code == 409


@pytest.mark.parametrize("name", sorted(set(PEOPLE) - LEADS))
def test_nobody_else_gets_in(house: House, name: str) -> None:
    """Not in the menu, not the list, not a page, not a step."""
    number = asked(house)
    browser = house.log_in(name)
    assert "/console/rights" not in browser.get("/console/tickets").text
    assert browser.get("/console/rights").status_code == 403
    assert browser.get(f"/console/rights/{number}").status_code == 403
    form = {"sure": "yes", "how": "counter", "note": "x", "field": "name", "value": "x"}
    for step in STEPS:
        assert browser.post(f"/console/rights/{number}/{step}", data=form).status_code == 403
    assert ticket_of(house, number).status == "new"


def test_every_form_needs_the_token(house: House) -> None:
    """Without it nothing is recorded, handed out or erased."""
    number = asked(house)
    lead = house.log_in("刘洋")
    del lead.headers["X-CSRF-Token"]
    form = {"sure": "yes", "how": "counter", "note": "x", "field": "name", "value": "x"}
    for path in ("/console/rights", *(f"/console/rights/{number}/{step}" for step in STEPS)):
        assert lead.post(path, data=form).status_code == 403
    assert ticket_of(house, number).status == "new"


def test_other_tickets_are_no_requests(house: House) -> None:
    """A number of another kind opens no page here, nor does a made-up one."""
    asked(house)
    lead = house.log_in("刘洋")
    for number in ("TK20261125999999", "CL20261125000001"):
        assert lead.get(f"/console/rights/{number}").status_code == 409
        assert lead.post(f"/console/rights/{number}/erase", data={"sure": "yes"}).status_code == 409
