"""A complaint with everything that its page shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from bot.console import complaint_asks as asks
from bot.console.asks import Options, Step
from bot.console.cases import Photo, colleagues, photos_of
from bot.console.parts import Room
from bot.console.reveal import Veil
from bot.console.timeline import Happened, history, seen_of
from bot.errors import Refused
from storage import complaint_parties
from storage.claims_clocks import ClockView
from storage.complaints_clocks import Told
from storage.complaints_register import ComplaintRegister
from storage.models.case import Complaint
from storage.rules.complaint_authority import authority
from storage.rules.complaint_states import machine
from storage.statuses import COMPLAINT_STATUSES
from storage.unit_of_work import UnitOfWork

STATES = {code: words[0] for code, words in COMPLAINT_STATUSES.items()}
_FACTS = (
    ("story", "经过"), ("demand", "诉求"), ("basis", "依据"), ("wish_by", "希望何时答复"),
    ("about", "针对"), ("reporter", "投诉人"), ("phone", "电话"), ("regulator_ref", "转办文号"),
)  # fmt: skip
_CAPACITIES = {"self": "本人", "proxy": "代理人", "heir": "继承人", "group": "群体代表"}
PARTIES = {"against": "被投诉", "proxy": "代理人", "heir": "继承人", "representative": "代表"}
# Who may be put in charge of a complaint.
WORKERS = ("complaints", "supervisor")


@dataclass(frozen=True)
class Extension:
    """A request for more days that waits for an answer."""

    by: str
    at: datetime
    reason: str
    days: int


@dataclass(frozen=True)
class Page:
    """Everything on the page of one complaint."""

    complaint: Complaint
    status: str
    capacity: str
    facts: Sequence[tuple[str, str]]
    parties: Sequence[tuple[str, str]]
    clocks: Sequence[ClockView]
    history: Sequence[Happened]
    steps: Sequence[Step]
    milestones: Sequence[tuple[str, str]]
    photos: Sequence[Photo]
    people: Options
    joined: Sequence[str]
    days_left: int
    extension: Extension | None
    decision: str
    next_extension: str
    compensation: int | None
    seen: int


def register(uow: UnitOfWork, here: Room) -> ComplaintRegister:
    """Return the complaints, changed in this person's name."""
    parts = here.parts
    return ComplaintRegister(uow, parts.cipher, parts.settings, here.now, here.staff.actor)


def visible(here: Room, statement: Select[Any]) -> Select[Any]:
    """Leave out what is against the reader: whoever is complained about never sees it."""
    mine = complaint_parties.against(here.parts.cipher, here.staff.name)
    return statement.where(Complaint.number.not_in(mine))


def page(uow: UnitOfWork, here: Room, number: str, *, shown: bool = False) -> Page:
    """Return a complaint as this person may see it; raise Refused when there is none."""
    found = uow.session.scalar(visible(here, select(Complaint).where(Complaint.number == number)))
    if found is None:
        raise Refused(f"没有投诉 {number}，可能写错了，或者您不能看。")
    book = register(uow, here)
    events, people = book.events(found), without_conflict(uow, here, found)
    veil = Veil.of(found.facts, here.now, shown=shown)
    return Page(
        complaint=found,
        status=STATES[found.status],
        capacity=_CAPACITIES.get(found.capacity or "", ""),
        facts=[
            (label, str(veil.fact(key, found.facts[key])))
            for key, label in _FACTS
            if found.facts.get(key)
        ],
        parties=[(role, veil.words(told)) for role, told in _parties(uow, number)],
        clocks=book.clock_views(found),
        history=history(uow, number, {**STATES, **machine().milestones}, veil=veil),
        steps=asks.steps(book, found, people) if here.may("complaints", "handle") else (),
        milestones=asks.milestones(found),
        photos=photos_of(uow, number),
        people=people,
        joined=book.joined(found),
        days_left=(found.due_on - here.now.date()).days,
        extension=_extension(events, veil),
        decision=veil.words(found.decision or ""),
        next_extension=_next(events),
        compensation=_proposed(events),
        seen=seen_of(uow, number),
    )


def without_conflict(uow: UnitOfWork, here: Room, complaint: Complaint) -> Options:
    """Return who may work on it: nobody it is against."""
    book = register(uow, here)
    people = colleagues(uow, *WORKERS)
    return [(name, name) for name, _ in people if not book.conflict(complaint, name)]


def _parties(uow: UnitOfWork, number: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for party in complaint_parties.of(uow.session, number):
        told = "、".join(
            str(value) for key, value in party.facts.items() if key != "role" and value
        )
        row = (PARTIES.get(party.role, party.role), told)
        if row not in found:
            found.append(row)
    return found


def _since(events: Sequence[Told]) -> Sequence[Told]:
    last = max((i for i, event in enumerate(events) if event.kind == "reopened"), default=-1)
    return events[last + 1 :]


def _extension(events: Sequence[Told], veil: Veil) -> Extension | None:
    """Return the request that nobody has answered yet."""
    for event in reversed(_since(events)):
        if event.kind in ("extended", "extension_refused"):
            return None
        if event.kind == "extension_asked":
            data: Mapping[str, Any] = event.data
            return Extension(
                event.actor, event.at, veil.words(str(data["reason"])), int(data["days"])
            )
    return None


def _next(events: Sequence[Told]) -> str:
    """Return what the next prolongation would be, '' when there is none left."""
    granted = sum(event.kind == "extended" and "days" in event.data for event in _since(events))
    try:
        tier = authority().tier(granted)
    except Refused:
        return ""
    return f"{tier.label}，延 {tier.days} 日，由{tier.by}批准"


def _proposed(events: Sequence[Told]) -> int | None:
    """Return a sum that waits for approval, in fen."""
    for event in reversed(events):
        if event.kind == "compensation_approved":
            return None
        if event.kind == "compensation_proposed":
            return int(event.data["fen"])
    return None
