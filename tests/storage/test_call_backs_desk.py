"""A promised call as its customer changes it: the own one, while it is owed, with a history."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from storage import schema
from storage.back_office import TransactionBackOffice
from storage.database import open_engine
from storage.models.case import CaseEvent, Ticket
from tests.storage.services_kit import NOW, SECRET, Branch, branch_at

AT = NOW + timedelta(hours=5)
FACTS = {"phone": "13920116621", "call_at": AT.isoformat()}


@pytest.fixture
def branch(tmp_path: Path) -> Iterator[Branch]:
    """A branch with two customers."""
    engine = open_engine(f"sqlite:///{tmp_path / 'anda.db'}", SECRET)
    schema.upgrade(engine)
    made = branch_at(engine)
    made.customer(1)
    made.customer(2, "青竹")
    yield made
    made.ways.close()
    engine.dispose()


def test_the_newest_owed_call_of_the_own_conversation_is_found(branch: Branch) -> None:
    """Other promises and other people's are none."""
    assert branch.turn(lambda office: office.call_back()) is None
    first = branch.turn(lambda office: office.open_ticket("callback", FACTS))
    second = branch.turn(lambda office: office.open_ticket("callback", FACTS))
    branch.turn(lambda office: office.open_ticket("suggest", {"words": "多开一个窗口"}))
    found = branch.turn(lambda office: office.call_back())
    assert found is not None
    assert (found.number, found.due_at) == (second, AT)
    assert branch.turn(lambda office: office.call_off(second, "不用打了"))
    left = branch.turn(lambda office: office.call_back())
    assert left is not None
    assert left.number == first


def test_it_is_moved_with_a_reason(branch: Branch) -> None:
    """Due at the new time, which stays the promise; the old one is in the history."""
    number = branch.turn(lambda office: office.open_ticket("callback", FACTS))
    later = AT + timedelta(hours=1)
    assert branch.turn(lambda office: office.move_call(number, later, "改到四点"))
    assert branch.turn(lambda office: office.move_call(number, later, "改到四点"))
    (ticket,) = branch.rows(Ticket)
    assert (ticket.due_at, ticket.promised_at, ticket.status) == (later, later, "new")
    told = [event.data for event in branch.rows(CaseEvent) if event.kind == "promised"]
    assert [data["reason"] for data in told] == ["客户改时间：改到四点"]


def test_it_is_called_off_once(branch: Branch) -> None:
    """Closed in the customer's words; after that there is nothing to change."""
    number = branch.turn(lambda office: office.open_ticket("callback", FACTS))
    assert branch.turn(lambda office: office.call_off(number, "不用打了"))
    assert not branch.turn(lambda office: office.call_off(number, "不用打了"))
    assert not branch.turn(lambda office: office.move_call(number, AT, "改到四点"))
    (ticket,) = branch.rows(Ticket)
    assert ticket.status == "done"
    (done,) = [event for event in branch.rows(CaseEvent) if event.kind == "done"]
    assert (done.actor, done.data["note"]) == ("customer", "客户说不用打了：不用打了")


def test_nobody_changes_what_is_not_theirs(branch: Branch) -> None:
    """Neither another conversation's call, nor a promise of another kind, nor none."""
    call = branch.turn(lambda office: office.open_ticket("callback", FACTS))
    wish = branch.turn(lambda office: office.open_ticket("suggest", {"words": "多开一个窗口"}))
    assert not branch.turn(lambda office: office.call_off(wish, "不用打了"))
    assert not branch.turn(lambda office: office.call_off("TK20261125000099", "不用打了"))
    assert not branch.turn(lambda office: office.call_off(call, "不用打了"), conversation=2)
    assert not branch.turn(lambda office: office.move_call(call, AT, "改到四点"), conversation=2)
    assert {ticket.status for ticket in branch.rows(Ticket)} == {"new"}


def _left(number: str, phone: str, office: TransactionBackOffice) -> bool:
    return office.call_number(number, phone)


def test_a_number_left_later_is_on_the_ticket(branch: Branch) -> None:
    """The newest holds; saying it twice notes it once; a call that is done takes none."""
    number = branch.turn(lambda office: office.open_ticket("callback", {"words": "转人工"}))
    for phone in ("13811112222", "13811112222", "13811113333"):
        assert branch.turn(partial(_left, number, phone))
    (ticket,) = branch.rows(Ticket)
    assert ticket.facts["phone"] == "13811113333"
    told = [event.data for event in branch.rows(CaseEvent) if event.kind == "supplement"]
    assert len(told) == 2
    assert branch.turn(lambda office: office.call_off(number, "不用打了"))
    assert not branch.turn(lambda office: office.call_number(number, "13811112222"))
