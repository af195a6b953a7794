"""Complaints as the dialogue files and shows them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.back_office import ComplaintView, Values
from storage.identity import Identity
from storage.models.case import Complaint
from storage.rules import complaint as rules
from storage.statuses import COMPLAINT_STATUSES

if TYPE_CHECKING:
    from storage.back_office import TransactionBackOffice

_OWNER = "客户服务部投诉岗"


def open_complaint(office: TransactionBackOffice, values: Values) -> ComplaintView:
    """Record a complaint; the legal clock starts on the day of receipt (CMP20: 15 days)."""
    number = office.uow.cases.number("CP", office.at)
    words = " ".join(str(values.get(key) or "") for key in ("story", "demand", "about"))
    phone = values.get("phone")
    complaint = Complaint(
        number=number,
        conversation_id=office.conversation.id,
        channel=office.channel,
        category=rules.category(words),
        severity=rules.severity(words),
        status="received",
        owner=_OWNER,
        phone_blind=office.cipher.blind(str(phone)) if phone else None,
        facts={k: v for k, v in values.items() if v is not None},
        decision="",
        received_at=office.at,
        due_on=office.at.date() + timedelta(days=office.settings.deadlines.complaint_days),
        updated_at=office.at,
    )
    office.uow.cases.add(complaint)
    office.note(number, "received", {"severity": complaint.severity})
    return _view(complaint)


def visible(
    office: TransactionBackOffice, identity: Identity, number: str | None
) -> Sequence[ComplaintView]:
    """Return complaints filed here or under a phone this identity has proved, newest first."""
    found: dict[str, Complaint] = {}
    for phone_blind in [None, *identity.proved_phones()]:
        for complaint in office.uow.cases.complaints_of(office.conversation.id, phone_blind):
            found.setdefault(complaint.number, complaint)
    chosen = [c for c in found.values() if number is None or c.number == number]
    for complaint in chosen:
        identity.log(f"complaint {complaint.number}", "投诉进度查询")
    newest = sorted(chosen, key=lambda complaint: complaint.received_at, reverse=True)
    return [_view(complaint) for complaint in newest[:5]]


def _view(complaint: Complaint) -> ComplaintView:
    label, _ = COMPLAINT_STATUSES[complaint.status]
    return ComplaintView(
        number=complaint.number,
        status=label,
        received_at=complaint.received_at,
        owner=complaint.owner,
        due_on=complaint.due_on,
        decision=complaint.decision,
    )
