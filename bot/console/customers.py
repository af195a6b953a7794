"""Customers: found by number, plate, phone or name; everything of theirs on one page, masked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from sqlalchemy import Select, or_, select
from starlette.responses import Response

from bot.console import belongings
from bot.console.asks import Sent, text_of
from bot.console.cases import Word
from bot.console.claim_pages import STATES as CLAIMS
from bot.console.complaint_pages import STATES as COMPLAINTS
from bot.console.customer_words import Ref, one_of, shown
from bot.console.joining import being_erased, joins_of, likely
from bot.console.pages import show
from bot.console.parts import Room, may
from bot.console.tickets import status_of
from bot.errors import Refused
from storage.bindings import Bindings
from storage.models.case import Claim, Complaint, Ticket
from storage.models.conversation import Conversation
from storage.models.customer import Customer
from storage.models.policy import Policy
from storage.models.service import ServiceRequest
from storage.rules.consents import texts
from storage.rules.service_states import families
from storage.rules.ticket_kinds import table
from storage.service_kinds import title_of
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
    who = belongings.owner(uow, one.id)
    queries = belongings.rows(here, who)
    busy = here.may("customers", "handle") and being_erased(uow, here, one.id)
    return {
        "policies": uow.customers.policies_of(one.id) if "policies" in queries else [],
        "conversations": _newest(uow, queries.get("conversations"), Conversation.last_at),
        "open_chat": here.may("handoffs", "read"),
        **_lists(uow, queries),
        "consents": _consents(uow, who.talks),
        "counts": dict.fromkeys(belongings.LABELS, 0) | belongings.counts(uow, here, who),
        "joins": joins_of(uow, here, one.id),
        "likely": [] if busy else likely(uow, here, one),
        "may_join": here.may("customers", "handle"),
        "being_erased": busy,
    }


def _newest(uow: UnitOfWork, query: Select[Any] | None, by: Any) -> Sequence[Any]:
    return (
        [] if query is None else uow.session.scalars(query.order_by(by.desc()).limit(_MOST)).all()
    )


def _lists(uow: UnitOfWork, queries: Mapping[str, Select[Any]]) -> dict[str, list[Entry] | None]:
    """Return the newest of what has a page of its own; None where the reader may not see any."""
    made: dict[str, list[Entry] | None] = {}
    for name, (by, entry) in _ENTRIES.items():
        query = queries.get(name)
        made[name] = None if query is None else [*map(entry, _newest(uow, query, by))]
    return made


def _claim(c: Claim) -> Entry:
    return Entry(c.number, CLAIMS[c.status], c.reported_at, f"/console/claims/{c.number}")


def _complaint(c: Complaint) -> Entry:
    return Entry(c.number, COMPLAINTS[c.status], c.received_at, f"/console/complaints/{c.number}")


def _service(one: ServiceRequest) -> Entry:
    state = families()[one.family].states[one.status].label
    title = f"{title_of(one)} {one.number}"
    return Entry(title, state, one.opened_at, f"/console/services/{one.number}")


def _ticket(t: Ticket) -> Entry:
    title = f"{table().find(t.kind).title} {t.number}"
    return Entry(title, status_of(t.status), t.opened_at, f"/console/tickets/{t.number}")


_ENTRIES: Mapping[str, tuple[Any, Callable[[Any], Entry]]] = {
    "claims": (Claim.id, _claim),
    "complaints": (Complaint.id, _complaint),
    "services": (ServiceRequest.id, _service),
    "tickets": (Ticket.id, _ticket),
}


def _consents(uow: UnitOfWork, ids: Sequence[int]) -> list[Entry]:
    titles = {code: one.title for code, one in texts().items()}
    bindings = Bindings(uow.session)
    return [
        Entry(titles.get(c.code, c.code), "同意" if c.given else "已撤回", c.at, "")
        for number in ids
        for c in bindings.consents(number)
    ]
