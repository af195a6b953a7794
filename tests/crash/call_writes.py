"""What a customer does with a promised call, killed at any statement; twice is once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import Engine, select

from storage.back_office import TransactionBackOffice
from storage.models.case import Ticket
from tests.storage.services_kit import NOW, branch_at

AT, LATER = NOW + timedelta(hours=5), NOW + timedelta(hours=6)


def _turn(engine: Engine, do: Callable[[TransactionBackOffice], object], at: int = 0) -> None:
    branch = branch_at(engine)
    branch.now += timedelta(minutes=at)
    try:
        branch.turn(do)
    finally:
        branch.ways.close()


def _newest(office: TransactionBackOffice) -> str:
    number = office.uow.session.scalar(select(Ticket.number).order_by(Ticket.id.desc()).limit(1))
    assert number is not None
    return number


def promising(engine: Engine) -> None:
    """Promise a call of one customer's conversation."""
    branch = branch_at(engine)
    branch.customer()
    branch.ways.close()
    facts = {"phone": "13920116621", "call_at": AT.isoformat()}
    _turn(engine, lambda office: office.open_ticket("callback", facts))


def moving(engine: Engine) -> None:
    """Have it an hour later."""
    _turn(engine, lambda office: office.move_call(_newest(office), LATER, "改到四点"), 1)


def calling_off(engine: Engine) -> None:
    """Want it no more."""
    _turn(engine, lambda office: office.call_off(_newest(office), "不用打了"), 2)
