"""What stands beside a conversation: the same person elsewhere, their cases, who served them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from bot.console import tickets
from bot.console.parts import Room
from bot.permissions import allowed
from storage.inbox import Brief
from storage.models.case import Claim, Complaint, Ticket
from storage.models.conversation import Message
from storage.models.customer import Customer
from storage.models.episode import Episode
from storage.rules.ticket_kinds import table
from storage.same_people import SamePeople
from storage.statuses import CLAIM_STATUSES
from storage.tags import Tag, Tags
from storage.unit_of_work import UnitOfWork

_SHOWN = 5
_STRETCHES = 8
_NOTES = 3


@dataclass(frozen=True)
class Promise:
    """A ticket in a line."""

    number: str
    title: str
    status: str
    due_at: datetime
    done: bool


@dataclass(frozen=True)
class Stretch:
    """Who had the conversation from when, and why it came to them."""

    who: str
    reason: str
    at: datetime


@dataclass(frozen=True)
class Note:
    """What a colleague wrote for the others, here or where the same customer talked before."""

    by: str
    text: str
    at: datetime


@dataclass(frozen=True)
class Beside:
    """Everything of this person that the role may see."""

    linked: Sequence[tuple[Brief, str]]
    likely: Sequence[Brief]
    claims: Sequence[tuple[Claim, str]]
    complaints: Sequence[Complaint]
    tickets: Sequence[Promise]
    stretches: Sequence[Stretch]
    tags: Sequence[Tag]
    notes: Sequence[Note]


def beside(uow: UnitOfWork, here: Room, number: int, customer: Customer | None) -> Beside:
    """Gather it, of all the conversations that belong to this person."""
    people = SamePeople(uow.connection)
    group = people.group("conversation", number)
    why = people.why("conversation", group)
    blind = customer.phone_blind if customer else None
    return Beside(
        linked=[(one, why.get(one.id, "")) for one in uow.inbox.brief(group[1:])],
        likely=uow.inbox.brief(people.likely(number)),
        claims=_claims(uow, here, group, blind),
        complaints=_complaints(uow, here, group, blind),
        tickets=_tickets(uow, here, group),
        stretches=_stretches(uow, number),
        tags=Tags(uow.connection).of([number]).get(number, ()),
        notes=_notes(uow, group),
    )


def _claims(
    uow: UnitOfWork, here: Room, group: Sequence[int], blind: str | None
) -> list[tuple[Claim, str]]:
    if not allowed(here.staff.role, "claims", "read"):
        return []
    found = {
        claim.number: claim
        for one in group
        for claim in uow.cases.claims_of(one, blind, (), _SHOWN)
    }
    newest = sorted(found.values(), key=lambda claim: claim.reported_at, reverse=True)
    return [(claim, CLAIM_STATUSES[claim.status][0]) for claim in newest[:_SHOWN]]


def _complaints(
    uow: UnitOfWork, here: Room, group: Sequence[int], blind: str | None
) -> list[Complaint]:
    if not allowed(here.staff.role, "complaints", "read"):
        return []
    found = {c.number: c for one in group for c in uow.cases.complaints_of(one, blind, _SHOWN)}
    return sorted(found.values(), key=lambda one: one.received_at, reverse=True)[:_SHOWN]


def _tickets(uow: UnitOfWork, here: Room, group: Sequence[int]) -> list[Promise]:
    query = tickets.visible(here).where(Ticket.conversation_id.in_(group))
    newest = query.order_by(Ticket.status == "done", Ticket.id.desc()).limit(_SHOWN)
    return [
        Promise(
            one.number,
            table().find(one.kind).title,
            tickets.status_of(one.status),
            one.due_at,
            one.status == "done",
        )
        for one in uow.session.scalars(newest)
    ]


def _notes(uow: UnitOfWork, group: Sequence[int]) -> list[Note]:
    query = select(Message.body, Message.at).where(
        Message.conversation_id.in_(group), Message.author == "note"
    )
    rows = uow.session.execute(query.order_by(Message.at.desc()).limit(_NOTES))
    return [Note(str(b.get("name") or "同事"), str(b.get("text") or ""), at) for b, at in rows]


def _stretches(uow: UnitOfWork, number: int) -> list[Stretch]:
    query = select(Episode).where(Episode.conversation_id == number).order_by(Episode.id.desc())
    names = {"bot": "机器人", "queue": "排队"}
    return [
        Stretch(names.get(one.owner) or one.agent or "坐席", one.reason, one.opened_at)
        for one in uow.session.scalars(query.limit(_STRETCHES))
    ]
