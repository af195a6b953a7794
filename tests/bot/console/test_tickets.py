"""The desk of tickets: whose they are, how they move, what the customer gets."""

from __future__ import annotations

from sqlalchemy import select
from starlette.testclient import TestClient

from storage.models.case import Ticket
from storage.models.outbox import OutboxItem
from storage.tickets import REPLY, TicketBook
from storage.unit_of_work import UnitOfWork
from tests.bot.console.conftest import House
from tests.bot.console.test_claims import seen_on
from tests.bot.console.test_complaints import filed
from tests.bot.console.test_complaints import post as complain


def promised(
    house: House, kind: str = "callback", about: str | None = None, words: str = "想问续保"
) -> str:
    """Record a ticket; return its number."""

    def work(uow: UnitOfWork) -> str:
        parts = house.app
        book = TicketBook(uow, parts.cipher, parts.settings, house.moment, "customer")
        facts = {"name": "陈晓东", "phone": "13912345678", "words": words}
        return book.open(kind, facts, about=about).number

    number: str = house.run(work)
    return number


def post(browser: TestClient, number: str, step: str, **form: str) -> int:
    """Fill in a form of the page as it is now."""
    path = f"/console/tickets/{number}"
    form["seen"] = seen_on(browser.get(path).text)
    return int(browser.post(f"{path}/{step}", data=form).status_code)


def ticket_of(house: House, number: str) -> Ticket:
    """Return a ticket as it is now."""

    def work(uow: UnitOfWork) -> Ticket:
        found = uow.session.scalar(select(Ticket).where(Ticket.number == number))
        assert found is not None
        return found

    found: Ticket = house.app.transactions.read(work)
    return found


def test_take_answer_close_and_reopen(house: House) -> None:
    """Mine after taking; the answer is owed to the customer once; reopening starts anew."""
    number = promised(house)
    agent, other = house.log_in("王敏"), house.log_in("李强")
    assert number in agent.get("/console/tickets").text
    assert post(agent, number, "take") == 303
    assert number in agent.get("/console/tickets?view=mine").text
    assert post(other, number, "take") == 409
    assert post(agent, number, "close", note="已回电", reply="续保单已发您") == 303
    query = select(OutboxItem.id).where(OutboxItem.kind == REPLY)
    assert len(house.run(lambda uow: uow.session.scalars(query).all())) == 1
    assert number in agent.get("/console/tickets?view=done").text
    assert post(agent, number, "reopen") == 409
    assert post(agent, number, "reopen", reason="客户又来电") == 303
    assert ticket_of(house, number).status == "new"


def test_hand_over_wait_and_promise(house: House) -> None:
    """The clock stands while the customer is asked; a promise must lie ahead."""
    number = promised(house)
    agent = house.log_in("王敏")
    assert post(agent, number, "ask", note="要行驶证照片") == 303
    assert number in agent.get("/console/tickets?view=waiting").text
    assert post(agent, number, "promise", promised_at="2020-01-01T10:00", reason="约了") == 409
    assert post(agent, number, "handover", reason="不归我") == 409
    assert post(agent, number, "handover", queue="sales", reason="续保") == 303
    assert ticket_of(house, number).queue == "sales"
    assert house.log_in("孙倩").get(f"/console/tickets/{number}").status_code == 200


def test_late_ones_are_counted(house: House) -> None:
    """Once its time is over a ticket is among the late ones, in red."""
    number = promised(house)
    house.later(days=4)
    page = house.log_in("王敏").get("/console/tickets?view=late").text
    assert number in page
    assert "chip-red" in page


def test_roles_see_their_own_kinds(house: House) -> None:
    """Underwriting does not find a call-back for service, nor works on it."""
    number = promised(house)
    clerk = house.log_in("周正")
    assert number not in clerk.get("/console/tickets").text
    assert clerk.get(f"/console/tickets/{number}").status_code == 409
    for step in ("take", "note", "ask", "close", "reopen", "promise", "handover"):
        form = {"note": "x", "text": "x", "reason": "x", "queue": "sales",
                "promised_at": "2031-01-01T10:00"}  # fmt: skip
        assert clerk.post(f"/console/tickets/{number}/{step}", data=form).status_code == 409, step
    assert ticket_of(house, number).status == "new"


def test_the_accused_does_not_see_tickets_of_the_complaint(house: House) -> None:
    """What a complaint led to stays hidden from whoever it is against."""
    complaint = filed(house)
    lead, accused = house.log_in("刘洋"), house.log_in("赵颖")
    number = promised(house, "complaint_contact", about=complaint)
    assert number in accused.get("/console/tickets").text
    assert complain(lead, complaint, "party", role="against", name="赵颖") == 303
    assert number not in accused.get("/console/tickets").text
    assert accused.get(f"/console/tickets/{number}").status_code == 409


def test_every_form_needs_the_token(house: House) -> None:
    """Without it nothing moves."""
    number = promised(house)
    agent = house.log_in("王敏")
    del agent.headers["X-CSRF-Token"]
    for step in ("take", "note", "ask", "close", "reopen", "promise", "handover"):
        assert agent.post(f"/console/tickets/{number}/{step}").status_code == 403
