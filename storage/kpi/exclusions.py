"""Rows that do not count: asked for by one person, approved by another, never deleted."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from bot.errors import Refused
from storage.ledger import person
from storage.models.ledger import Event, KpiExclusion
from storage.unit_of_work import UnitOfWork


class Exclusion(NamedTuple):
    """One row, why, and the two people."""

    event_id: int
    reason: str
    asked_by: str
    approved_by: str


def add(uow: UnitOfWork, wanted: Exclusion, now: datetime) -> None:
    """Exclude a row; raise Refused when nobody else has asked for it or there is no such row."""
    if person(wanted.asked_by) == person(wanted.approved_by):
        raise Refused("剔除一行须由另一人批准，自己不能批自己提出的")
    if uow.session.get(Event, wanted.event_id) is None:
        raise Refused(f"总账里没有第 {wanted.event_id} 行")
    uow.session.merge(KpiExclusion(**wanted._asdict(), at=now))
    subject = f"event {wanted.event_id}"
    uow.audit.note(now, wanted.approved_by, "decision", subject, wanted._asdict())
