"""What is a customer's: the same rows on their page and in a comparison before two are joined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, or_, select

from bot.console.complaint_pages import visible as visible_complaints
from bot.console.parts import Room
from bot.console.tickets import visible as visible_tickets
from storage import joined
from storage.models.case import Claim, Complaint, Ticket
from storage.models.conversation import Conversation
from storage.models.identity import Consent
from storage.models.policy import Policy
from storage.models.service import ServiceRequest
from storage.unit_of_work import UnitOfWork

# In the order of a comparison.
LABELS: Mapping[str, str] = {
    "policies": "保单", "claims": "案件", "complaints": "投诉", "services": "保全申请",
    "conversations": "会话", "tickets": "工单", "consents": "同意",
}  # fmt: skip
# What a role must be allowed to read.
_SUBJECTS: Mapping[str, str] = {
    "policies": "policies", "claims": "claims", "complaints": "complaints",
    "services": "endorsements", "conversations": "conversations", "tickets": "customers",
    "consents": "customers",
}  # fmt: skip


@dataclass(frozen=True)
class Owner:
    """One person, under one record or more, with their talks and the phones of their cases."""

    records: Sequence[int]
    talks: Sequence[int]
    phones: Sequence[str]


def owner(uow: UnitOfWork, *records: int) -> Owner:
    """Return whose things are looked for; cases of a record that was joined away are elsewhere."""
    homes = joined.homes(uow.connection, records)
    talks = select(Conversation.id).where(Conversation.customer_id.in_(records))
    phones = [
        phone
        for one in records
        if homes[one] == one
        for phone in joined.phones(uow.connection, one)
    ]
    return Owner(records, uow.session.scalars(talks).all(), list(dict.fromkeys(phones)))


def rows(here: Room, who: Owner) -> dict[str, Select[Any]]:
    """Return the rows that are theirs, as far as the reader may see them, without an order."""
    every = {
        "policies": select(Policy).where(Policy.customer_id.in_(who.records)),
        "claims": _claims(who),
        "complaints": _complaints(here, who),
        "services": select(ServiceRequest).where(ServiceRequest.customer_id.in_(who.records)),
        "conversations": select(Conversation).where(Conversation.customer_id.in_(who.records)),
        "tickets": visible_tickets(here).where(Ticket.conversation_id.in_(who.talks)),
        "consents": _consents(who),
    }
    return {name: query for name, query in every.items() if here.may(_SUBJECTS[name], "read")}


def _consents(who: Owner) -> Select[Any]:
    """The newest word on each counts, in each talk."""
    newest = select(func.max(Consent.id)).where(Consent.conversation_id.in_(who.talks))
    return newest.group_by(Consent.conversation_id, Consent.code)


def _claims(who: Owner) -> Select[Any]:
    policies = select(Policy.number).where(Policy.customer_id.in_(who.records))
    return select(Claim).where(
        or_(
            Claim.phone_blind.in_(who.phones),
            Claim.conversation_id.in_(who.talks),
            Claim.policy_number.in_(policies),
        )
    )


def _complaints(here: Room, who: Owner) -> Select[Any]:
    return visible_complaints(here, select(Complaint)).where(
        or_(Complaint.phone_blind.in_(who.phones), Complaint.conversation_id.in_(who.talks))
    )


def counts(uow: UnitOfWork, here: Room, who: Owner) -> dict[str, int]:
    """Return how many of each are theirs, where the reader may know it."""
    found = {}
    for name, query in rows(here, who).items():
        total = select(func.count()).select_from(query.order_by(None).subquery())
        found[name] = int(uow.session.scalar(total) or 0)
    return found
