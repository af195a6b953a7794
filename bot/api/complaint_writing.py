"""Complaints as a clerk files them; the rules are those of `storage.complaints`."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from sqlalchemy import select

from bot.api import history
from bot.api.desk import Desk
from bot.api.fields import Body, Phone, RowId, Story, Word
from bot.api.problems import missing
from storage.models.case import Complaint
from storage.rules import complaint as rules
from storage.unit_of_work import UnitOfWork

_OWNER = "客户服务部投诉岗"
Way = Literal["phone", "branch", "letter", "email", "regulator", "webchat", "wechat", "telegram"]


class ComplaintIn(Body):
    """A complaint in the words of the customer."""

    story: Story
    demand: Story | None = None
    about: Word | None = None
    reporter: Word | None = None
    phone: Phone | None = None
    channel: Way = "phone"
    conversation: RowId | None = None


def open_complaint(uow: UnitOfWork, desk: Desk, said: ComplaintIn) -> Complaint:
    """Record a complaint; the legal clock starts on the day of receipt (CMP20: 15 days)."""
    history.check_conversation(uow, said.conversation)
    words = " ".join(filter(None, (said.story, said.demand, said.about)))
    days = timedelta(days=desk.parts.settings.deadlines.complaint_days)
    complaint = Complaint(
        number=uow.cases.number("CP", desk.now),
        conversation_id=said.conversation,
        channel=said.channel,
        category=rules.category(words),
        severity=rules.severity(words),
        status="received",
        owner=_OWNER,
        phone_blind=desk.parts.cipher.blind(said.phone) if said.phone else None,
        facts=said.model_dump(exclude_none=True, exclude={"channel", "conversation"}),
        decision="",
        received_at=desk.now,
        due_on=desk.now.date() + days,
        updated_at=desk.now,
    )
    uow.cases.add(complaint)
    history.add(uow, desk, complaint.number, "received", {"severity": complaint.severity})
    return complaint


def locked(uow: UnitOfWork, number: str) -> Complaint:
    """Return a complaint that nobody else changes until the end of the transaction."""
    query = select(Complaint).where(Complaint.number == number).with_for_update()
    if (complaint := uow.session.scalar(query)) is None:
        raise missing(f"投诉 {number}")
    return complaint
