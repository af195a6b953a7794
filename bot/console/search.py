"""The search box of every page: numbers, customers, conversations and cases, as the role allows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy import select
from starlette.responses import Response

from bot.console import claims, complaints, customer_words, customers, tickets
from bot.console.claim_pages import STATES as CLAIMS
from bot.console.complaint_pages import STATES as COMPLAINTS
from bot.console.complaint_pages import visible as visible_complaints
from bot.console.pages import show
from bot.console.parts import Room, room
from bot.log import mask
from storage.models.case import Claim, Complaint, Ticket
from storage.rules.ticket_kinds import table
from storage.search import messages
from storage.search.bigrams import SHORTEST, normal
from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/console/search")
_MOST = 20
# The facts of cases are sealed, each anew: so many of the newest are opened to read in them.
_READ = 1_000


@dataclass(frozen=True)
class Said:
    """A conversation in which the words were said."""

    id: int
    seq: int
    name: str
    channel: str
    owner: str
    agent: str | None
    author: str
    at: datetime
    snippet: str
    times: int


@dataclass(frozen=True)
class Found:
    """A case: where it leads, what it is, and why it was found."""

    path: str
    number: str
    title: str
    status: str
    at: datetime
    why: str = ""


@dataclass(frozen=True)
class Results:
    """Everything that was found; None is what this role does not see at all."""

    customers: Sequence[customer_words.Shown] | None = None
    said: Sequence[Said] | None = None
    claims: Sequence[Found] | None = None
    complaints: Sequence[Found] | None = None
    tickets: Sequence[Found] = ()

    @property
    def empty(self) -> bool:
        """Tell whether nothing was found."""
        return not any((self.customers, self.said, self.claims, self.complaints, self.tickets))


@router.get("")
def search(
    request: Request,
    here: Annotated[Room, Depends(room)],
    q: Annotated[str, Query(max_length=64)] = "",
) -> Response:
    """Show what was found, each part only to whom it may be shown."""
    words = " ".join(q.split())
    short = len(normal(words)) < SHORTEST
    found = None if short else here.read(lambda uow: _results(uow, here, words))
    if found:
        _write_down(here, words, found)
    return show(request, "search.html", q=words, short=short, found=found, most=_MOST)


def _results(uow: UnitOfWork, here: Room, words: str) -> Results:
    return Results(
        _customers(uow, here, words) if here.may("customers", "read") else None,
        _said(uow, words) if here.may("handoffs", "read") else None,
        _claims(uow, here, words) if here.may("claims", "read") else None,
        _complaints(uow, here, words) if here.may("complaints", "read") else None,
        _tickets(uow, here, words),
    )


def _write_down(here: Room, words: str, found: Results) -> None:
    """Whose words and names were shown stands in the access log, and what was looked for."""
    reason = f"搜索「{mask(words)}」"

    def log(uow: UnitOfWork) -> None:
        for one in found.said or ():
            uow.customers.log_access(
                here.now, one.id, None, here.staff.actor, f"conversation {one.id} found", reason
            )
        for shown in found.customers or ():
            what = f"customer {shown.ref} masked"
            uow.customers.log_access(here.now, None, None, here.staff.actor, what, reason)
        for case in (*(found.claims or ()), *(found.complaints or ()), *found.tickets):
            what = f"case {case.number} found"
            uow.customers.log_access(here.now, None, None, here.staff.actor, what, reason)

    here.parts.transactions.run(log)


def _customers(uow: UnitOfWork, here: Room, words: str) -> list[customer_words.Shown]:
    found = customers.search(uow, here, words)[:_MOST]
    return [customer_words.shown(one, full=False) for one in found]


def _said(uow: UnitOfWork, words: str) -> list[Said]:
    hits = messages.find(uow.connection, words, _MOST)
    known = {one.id: one for one in uow.inbox.brief([hit.conversation_id for hit in hits])}
    return [
        Said(
            id=hit.conversation_id,
            seq=hit.seq,
            name=one.name,
            channel=one.channel,
            owner=one.owner,
            agent=one.agent,
            author=hit.author,
            at=hit.at,
            snippet=mask(hit.snippet),
            times=hit.times,
        )
        for hit in hits
        if (one := known.get(hit.conversation_id))
    ]


def _claims(uow: UnitOfWork, here: Room, words: str) -> list[Found]:
    newest = select(Claim).order_by(Claim.id.desc())
    found = list(uow.session.scalars(newest.where(claims.like(here, words)).limit(_MOST)))
    why = dict.fromkeys((one.number for one in found), "")
    if not found:
        for one in uow.session.scalars(newest.limit(_READ)):
            if text := _in_facts(one.facts, words):
                found.append(one)
                why[one.number] = text
    return [
        Found(
            f"/console/claims/{one.number}", one.number, one.plate or "", CLAIMS[one.status],
            one.reported_at, why[one.number],
        )
        for one in found[:_MOST]
    ]  # fmt: skip


def _in_facts(facts: dict[str, object], words: str) -> str:
    """Return the fact that holds the words; numbers of people are masked."""
    wanted = normal(words)
    for value in facts.values():
        if isinstance(value, str) and wanted in normal(value):
            return mask(messages.snippet(value, [words.casefold()]))
    return ""


def _complaints(uow: UnitOfWork, here: Room, words: str) -> list[Found]:
    query = visible_complaints(here, select(Complaint)).where(complaints.like(here, words))
    return [
        Found(
            f"/console/complaints/{one.number}", one.number, one.category, COMPLAINTS[one.status],
            one.received_at,
        )
        for one in uow.session.scalars(query.order_by(Complaint.id.desc()).limit(_MOST))
    ]  # fmt: skip


def _tickets(uow: UnitOfWork, here: Room, words: str) -> list[Found]:
    clean = words.upper().replace(" ", "")
    if len(clean) < 4 or not clean.isascii():
        return []
    query = tickets.visible(here).where(Ticket.number.endswith(clean, autoescape=True))
    return [
        Found(
            f"/console/tickets/{one.number}", one.number, table().find(one.kind).title,
            tickets.status_of(one.status), one.opened_at,
        )
        for one in uow.session.scalars(query.order_by(Ticket.id.desc()).limit(_MOST))
    ]  # fmt: skip
