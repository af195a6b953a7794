"""A copy is logged, made, and only then is its request done; what got lost is had again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.errors import Refused
from bot.privacy.check import NONE, Check
from storage.models.case import CaseEvent, Ticket
from storage.models.customer import AccessLog
from storage.models.identity import StaffCheck
from storage.unit_of_work import UnitOfWork
from tests.bot.privacy.house import CHECK, House
from tests.storage.personal.people import NOW

WHAT = "export of all personal data"


def _logged(house: House) -> int:
    query = select(AccessLog.id).where(AccessLog.what == WHAT)
    return house.ways.read(lambda uow: len(uow.session.scalars(query).all()))


def test_what_cannot_be_made_leaves_the_request_open(house: House) -> None:
    """The disk is full, the PDF breaks: it is in the log, and the next trial does it."""
    number = house.request("privacy_export")

    def broken(copy: dict[str, Any]) -> bytes:
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space"):
        house.rights.hand_out(number, CHECK, broken)
    assert (house.ticket(number).status, _logged(house)) == ("new", 1)
    assert house.rights.hand_out(number, CHECK, lambda copy: len(copy["tables"])) > 3
    assert (house.ticket(number).status, _logged(house)) == ("done", 2)


def test_a_copy_is_had_again_while_the_check_holds(house: House) -> None:
    """With the check it was made on; its hour does not start anew, and its end is the end."""
    number = house.request("privacy_export")
    house.rights.export(number, Check("李主管", "counter"))
    before = house.ways.read(lambda uow: len(uow.session.scalars(select(StaffCheck)).all()))
    for minutes in (20, 40, 60):
        house.now = NOW + timedelta(minutes=minutes)
        assert house.rights.export(number, NONE)["tables"]
    assert _logged(house) == 4
    after = house.ways.read(lambda uow: len(uow.session.scalars(select(StaffCheck)).all()))
    assert after == before
    closed = select(CaseEvent.id).where(CaseEvent.case_number == number, CaseEvent.kind == "done")
    assert house.ways.read(lambda uow: len(uow.session.scalars(closed).all())) == 1
    house.now = NOW + timedelta(minutes=61)
    for check in (NONE, CHECK):
        with pytest.raises(Refused, match="已经办完"):
            house.rights.export(number, check)
    assert _logged(house) == 4


def test_a_copy_of_others_is_not_had_on_an_old_check(house: House) -> None:
    """Whose records have changed meanwhile, by a join or a new binding, is asked for anew."""
    number = house.request("privacy_export")
    house.rights.export(number, CHECK)

    def rebind(uow: UnitOfWork) -> None:
        ticket = uow.session.scalars(select(Ticket).where(Ticket.number == number)).one()
        ticket.facts = {**ticket.facts, "customer": f"REF{house.other.serial}"}

    house.ways.run(rebind)
    with pytest.raises(Refused, match="重新核实"):
        house.rights.export(number, NONE)
    assert _logged(house) == 1


def test_only_a_copy_is_had_again(house: House) -> None:
    """Nothing is erased or corrected on a request whose copy was handed out."""
    number = house.request("privacy_export")
    house.rights.export(number, CHECK)
    with pytest.raises(Refused, match="已经办完"):
        house.rights.erase(number, CHECK)
    with pytest.raises(Refused, match="已经办完"):
        house.rights.correct(number, "name", "李四", CHECK)


def test_a_colleague_who_closed_it_meanwhile_is_heeded(house: House) -> None:
    """Closed while the file was being made: the file is logged, the end is not written twice."""
    number = house.request("privacy_export")

    def make(copy: dict[str, Any]) -> int:
        house.rights.export(number, CHECK)
        return len(copy["tables"])

    assert house.rights.hand_out(number, CHECK, make)
    query = select(CaseEvent.id).where(CaseEvent.case_number == number, CaseEvent.kind == "done")
    assert house.ways.read(lambda uow: len(uow.session.scalars(query).all())) == 1
    tickets = select(Ticket.status).where(Ticket.number == number)
    assert house.ways.read(lambda uow: uow.session.scalars(tickets).one()) == "done"
