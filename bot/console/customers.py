"""Customers: found by number, plate, phone or name; everything of theirs on one page, masked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from sqlalchemy import or_, select
from starlette.responses import Response

from bot.console.asks import Sent, text_of
from bot.console.cases import Word
from bot.console.claim_pages import STATES as CLAIMS
from bot.console.complaint_pages import STATES as COMPLAINTS
from bot.console.complaint_pages import visible as visible_complaints
from bot.console.customer_words import Ref, one_of, shown
from bot.console.joining import joins_of, likely
from bot.console.pages import show
from bot.console.parts import Room, may
from bot.console.tickets import status_of
from bot.console.tickets import visible as visible_tickets
from bot.errors import Refused
from storage import joined
from storage.bindings import Bindings
from storage.models.case import Claim, Complaint, Ticket
from storage.models.conversation import Conversation
from storage.models.customer import Customer
from storage.models.policy import Policy
from storage.rules.consents import texts
from storage.rules.ticket_kinds import table
from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/console/customers")
Reader = Annotated[Room, Depends(may("customers", "read"))]
_MOST = 30
# A name is stored sealed: to look for one, this many of the newest customers are opened.
_NAMES = 5_000
_SHORTEST_REASON = 4


@dataclass(frozen=True)
class Entry:
    """A line of one of the lists: what, its state, and where it leads."""

    title: str
    state: str
    at: Any
    path: str


@router.get("")
def find(request: Request, here: Reader, q: Word = "") -> Response:
    """Show who is meant; nobody is listed before somebody is looked for."""
    words = q.strip()
    found = here.read(lambda uow: search(uow, here, words)) if words else []
    for one in found:
        here.saw(f"customer {one.ref} masked", "控制台查找客户", customer_id=one.id)
    rows = [shown(one, full=False) for one in found]
    return show(request, "customers.html", rows=rows, q=words, most=_MOST)


def search(uow: UnitOfWork, here: Room, words: str) -> list[Customer]:
    """Return the customers that are meant: customer, policy, plate, phone, document, name."""
    clean, cipher = words.upper().replace(" ", ""), here.parts.cipher
    policies = select(Policy.customer_id).where(or_(Policy.number == clean, Policy.plate == clean))
    found = [Customer.ref == words, Customer.id.in_(policies)]
    if any(letter.isdigit() for letter in clean):
        blind = cipher.blind(clean)
        found += [Customer.phone_blind == blind, Customer.id_blind == blind]
    query = select(Customer).where(or_(*found)).limit(_MOST)
    hits = list(uow.session.scalars(query))
    return hits or _named(uow, words)


def _named(uow: UnitOfWork, words: str) -> list[Customer]:
    """Names are sealed, each anew: they are opened one by one, the newest customers first."""
    if len(words) < 2 or any(letter.isdigit() for letter in words):
        return []
    newest = select(Customer.id, Customer.name).order_by(Customer.id.desc()).limit(_NAMES)
    ids = [number for number, name in uow.session.execute(newest) if words in name][:_MOST]
    return list(uow.session.scalars(select(Customer).where(Customer.id.in_(ids))))


@router.get("/{ref}")
def customer_page(request: Request, here: Reader, ref: Ref) -> Response:
    """Show everything of one customer, masked."""
    return _page(request, here, ref, "")


@router.post("/{ref}/reveal")
def reveal(request: Request, here: Reader, ref: Ref, form: Sent) -> Response:
    """Show name, phone and document in full, to whoever may and says why; once, on this page."""
    reason = text_of(form, "reason")
    if not _may_reveal(here):
        raise Refused("您的角色不能看完整的证件和电话，需要的话请主管查看。")
    if len(reason) < _SHORTEST_REASON:
        raise Refused("请写清楚为什么要看，例如「回电核对报案电话」。")
    return _page(request, here, ref, reason)


def _may_reveal(here: Room) -> bool:
    return here.may("customers", "full")


def _page(request: Request, here: Room, ref: str, reason: str) -> Response:
    def read(uow: UnitOfWork) -> tuple[Customer, dict[str, Any]]:
        one = one_of(uow, ref)
        return one, _around(uow, here, one)

    one, around = here.read(read)
    kind = "full" if reason else "masked"
    here.saw(f"customer {ref} {kind}", reason or "控制台查看客户", customer_id=one.id)
    return show(
        request, "customer.html", one=shown(one, full=bool(reason)), revealed=bool(reason),
        may_reveal=_may_reveal(here), **around,
    )  # fmt: skip


def _around(uow: UnitOfWork, here: Room, one: Customer) -> dict[str, Any]:
    policies = uow.customers.policies_of(one.id) if here.may("policies", "read") else []
    chats = select(Conversation).where(Conversation.customer_id == one.id)
    conversations = uow.session.scalars(chats.order_by(Conversation.last_at.desc())).all()
    ids = [chat.id for chat in conversations]
    return {
        "policies": policies,
        "conversations": conversations if here.may("conversations", "read") else (),
        "open_chat": here.may("handoffs", "read"),
        "claims": _claims(uow, here, one, ids),
        "complaints": _complaints(uow, here, one, ids),
        "tickets": _tickets(uow, here, ids),
        "consents": _consents(uow, ids),
        "joins": joins_of(uow, here, one.id),
        "likely": likely(uow, here, one),
        "may_join": here.may("customers", "handle"),
    }


def _phones(uow: UnitOfWork, one: Customer) -> list[str]:
    """Return under which phones their cases are; what was joined away is told at its new home."""
    gone = joined.homes(uow.connection, [one.id])[one.id] != one.id
    return [] if gone else joined.phones(uow.connection, one.id)


def _claims(uow: UnitOfWork, here: Room, one: Customer, ids: Sequence[int]) -> list[Entry] | None:
    if not here.may("claims", "read"):
        return None
    policies = select(Policy.number).where(Policy.customer_id == one.id)
    query = select(Claim).where(
        or_(
            Claim.phone_blind.in_(_phones(uow, one)),
            Claim.conversation_id.in_(ids),
            Claim.policy_number.in_(policies),
        )
    )
    return [
        Entry(c.number, CLAIMS[c.status], c.reported_at, f"/console/claims/{c.number}")
        for c in uow.session.scalars(query.order_by(Claim.id.desc()).limit(_MOST))
    ]


def _complaints(
    uow: UnitOfWork, here: Room, one: Customer, ids: Sequence[int]
) -> list[Entry] | None:
    if not here.may("complaints", "read"):
        return None
    query = visible_complaints(here, select(Complaint)).where(
        or_(
            Complaint.phone_blind.in_(_phones(uow, one)),
            Complaint.conversation_id.in_(ids),
        )
    )
    return [
        Entry(c.number, COMPLAINTS[c.status], c.received_at, f"/console/complaints/{c.number}")
        for c in uow.session.scalars(query.order_by(Complaint.id.desc()).limit(_MOST))
    ]


def _tickets(uow: UnitOfWork, here: Room, ids: Sequence[int]) -> list[Entry]:
    query = visible_tickets(here).where(Ticket.conversation_id.in_(ids))
    return [
        Entry(
            f"{table().find(t.kind).title} {t.number}",
            status_of(t.status),
            t.opened_at,
            f"/console/tickets/{t.number}",
        )
        for t in uow.session.scalars(query.order_by(Ticket.id.desc()).limit(_MOST))
    ]


def _consents(uow: UnitOfWork, ids: Sequence[int]) -> list[Entry]:
    titles = {code: one.title for code, one in texts().items()}
    bindings = Bindings(uow.session)
    return [
        Entry(titles.get(c.code, c.code), "同意" if c.given else "已撤回", c.at, "")
        for number in ids
        for c in bindings.consents(number)
    ]
