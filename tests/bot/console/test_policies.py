"""The desks of policies and applications: results always with their reason, money counted once."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from storage.applications_register import Book
from storage.models.application import Application
from storage.models.customer import Customer
from storage.models.policy import Policy
from storage.models.service import ServiceRequest
from storage.rules.application_checks import checks
from storage.services import Services
from storage.unit_of_work import UnitOfWork
from tests.bot.console.conftest import House
from tests.bot.console.test_claims import seen_on
from tests.storage.applications_kit import FACTS, TOLD

DOCUMENT, PHONE = "990101198001124421", "13920116621"


def customer_of(house: House, uow: UnitOfWork) -> Policy:
    """Add a customer with a policy."""
    cipher = house.app.cipher
    customer = Customer(
        ref="C1", kind="person", name="白露", id_number=DOCUMENT, id_blind=cipher.blind(DOCUMENT),
        phone=PHONE, phone_blind=cipher.blind(PHONE),
    )  # fmt: skip
    uow.session.add(customer)
    uow.session.flush()
    policy = Policy(
        number="TATJ20260208000155", customer_id=customer.id, line="auto", product="商业车险",
        plate="津A12345", starts_at=house.moment, ends_on=date(2027, 2, 7), status="有效",
        premium_fen=300_000, payment="已缴", details={},
    )  # fmt: skip
    uow.session.add(policy)
    uow.session.flush()
    return policy


def invoice(house: House) -> str:
    """Record a wish for an invoice; return its number."""

    def work(uow: UnitOfWork) -> str:
        parts = house.app
        book = Services(uow, parts.cipher, parts.settings, house.moment, "customer")
        policy = customer_of(house, uow)
        return book.open("endorsement", "plate", policy, None, {"plate": "津B88D66"})[0].number

    number: str = house.run(work)
    return number


def applied(house: House) -> str:
    """Record an application; return its number."""

    def work(uow: UnitOfWork) -> str:
        parts = house.app
        book = Book(uow, parts.cipher, parts.settings, house.moment, "customer", "customer")
        return book.open(FACTS, TOLD).number

    number: str = house.run(work)
    return number


def post(browser: TestClient, path: str, step: str, **form: object) -> int:
    """Fill in a form of the page as it is now."""
    form["seen"] = seen_on(browser.get(path).text)
    return int(browser.post(f"{path}/{step}", data=form).status_code)


def test_a_change_goes_on_with_its_papers_and_reasons(house: House) -> None:
    """Papers ticked, a reason for going back, approval without one refused."""
    number = invoice(house)
    path = f"/console/services/{number}"
    clerk = house.log_in("周正")
    page = clerk.get(path).text
    assert "津B88D66" in page
    for name in house.app.transactions.read(
        lambda uow: [d.name for d in Services(
            uow, house.app.cipher, house.app.settings, house.moment, "x").documents.of(number)]
    ):  # fmt: skip
        assert post(clerk, path, "document", name=name, status="accepted") == 303
    assert post(clerk, path, "move", to="reviewing") == 303
    assert post(clerk, path, "move", to="returned") == 409
    assert post(clerk, path, "move", to="returned", reason="照片模糊") == 303
    assert post(clerk, path, "move", to="endorsed") == 409
    assert "照片模糊" in clerk.get(path).text
    assert number in clerk.get("/console/services", params={"q": "TATJ20260208000155"}).text


def test_the_opinion_of_underwriting_has_a_reason(house: House) -> None:
    """Sales pre-checks, underwriting decides with a reason, and neither does the other's part."""
    number = applied(house)
    path = f"/console/applications/{number}"
    sales, writer = house.log_in("孙倩"), house.log_in("周正")
    assert number in sales.get("/console/applications").text
    codes = [one.code for one in checks().of("car")]
    assert post(sales, path, "move", to="underwriting", checked=codes[:1]) == 409
    assert post(sales, path, "move", to="underwriting", checked=codes) == 303
    assert post(sales, path, "move", to="approved", reason="可以") == 409
    assert post(writer, path, "move", to="approved") == 409
    form = {"reason": "出险偏多", "conditions": "绝对免赔率 10%\n加装行车记录仪"}
    assert post(writer, path, "move", to="conditional", **form) == 303
    page = writer.get(path).text
    assert "出险偏多" in page
    assert "绝对免赔率 10%；加装行车记录仪" in page


def test_a_return_names_the_field(house: House) -> None:
    """«车牌：看不清» goes back as that field, so that the bot asks for it."""
    number = applied(house)
    path = f"/console/applications/{number}"
    sales = house.log_in("孙倩")
    label = "车牌号"

    def work(uow: UnitOfWork) -> list[dict[str, str]]:
        query = select(Application.work).where(Application.number == number)
        found: dict[str, list[dict[str, str]]] = uow.session.scalar(query) or {}
        return found["items"]

    page = sales.get(path).text
    label = "车牌" if "、车牌号" not in page else label
    assert post(sales, path, "move", to="returned", items=f"{label}：看不清\n请签名") == 303
    items = house.app.transactions.read(work)
    assert [item["problem"] for item in items] == ["看不清", "请签名"]
    assert items[0]["field"] == "plate"
    assert items[1]["field"] == ""


def test_money_counts_once(house: House) -> None:
    """The plan, a payment, the same reference again: paid once, and it goes on by itself."""
    number = applied(house)
    path = f"/console/applications/{number}"
    lead = house.log_in("刘洋")
    codes = [one.code for one in checks().of("car")]
    assert post(lead, path, "move", to="underwriting", checked=codes) == 303
    assert post(lead, path, "move", to="approved", reason="符合") == 303
    said = {
        "confirmation.how": "phone",
        "confirmation.said": "确认",
        "confirmation.explained": "yes",
    }
    assert post(lead, path, "move", to="confirmed", **said) == 303
    today = house.moment.date().isoformat()
    row = {"plan.0.due_on": today, "plan.0.amount_fen": "3000", "plan.0.method": "official_page"}
    assert post(lead, path, "move", to="paying", **row) == 303
    paid = {"reference": "A1", "amount_fen": "3000.00", "method": "counter", "paid_on": today}
    assert post(lead, path, "payment", **paid) == 303

    def status(uow: UnitOfWork) -> str | None:
        query = select(Application.status).where(Application.number == number)
        return uow.session.scalar(query)

    assert house.app.transactions.read(status) == "paid"
    assert "已缴费" in lead.get(path).text


@pytest.mark.parametrize(
    ("name", "services", "applications"),
    [("陈立", 403, 403), ("赵颖", 403, 403), ("吴静", 403, 403), ("孙倩", 403, 200)],
)
def test_roles(house: House, name: str, services: int, applications: int) -> None:
    """Each desk is for those who work at it, in reading and in every form."""
    change, wish = invoice(house), applied(house)
    browser = house.log_in(name)
    assert browser.get(f"/console/services/{change}").status_code == services
    assert browser.get("/console/services").status_code == services
    assert browser.get(f"/console/applications/{wish}").status_code == applications
    for step in ("move", "document", "note"):
        answer = browser.post(f"/console/services/{change}/{step}", data={"text": "x"})
        assert answer.status_code == 403
    query = select(ServiceRequest.status).where(ServiceRequest.number == change)
    assert house.run(lambda uow: uow.session.scalar(query)) == "documents_due"


def test_agents_note_but_do_not_decide(house: House) -> None:
    """An agent reads the change and leaves a note; moving it on is refused."""
    number = invoice(house)
    agent = house.log_in("王敏")
    path = f"/console/services/{number}"
    assert post(agent, path, "note", text="客户催了一次") == 303
    assert post(agent, path, "move", to="reviewing") == 403
    assert "客户催了一次" in agent.get(path).text
