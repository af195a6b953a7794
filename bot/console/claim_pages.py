"""A claim with everything that its page shows, as far as the reader may see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from bot.console import claim_asks as asks
from bot.console.asks import Step
from bot.console.cases import Photo, colleagues, photos_of
from bot.console.parts import Room
from bot.console.reveal import masked
from bot.console.timeline import Happened, history, seen_of, who
from bot.console.times import on
from bot.errors import Refused
from storage.claims_clocks import ClockView
from storage.claims_register import Register
from storage.models.case import CaseEvent, Claim
from storage.models.claim import ClaimDocument
from storage.rules.claim_states import machine
from storage.statuses import CLAIM_STATUSES
from storage.unit_of_work import UnitOfWork

STATES = {code: words[0] for code, words in CLAIM_STATUSES.items()}
NAMES = {key: fact.label for line in asks.LINES for key, fact in asks.known_facts(line).items()}
# Free text may name anybody: it cannot be masked, only left out.
_HIDDEN = ("story", "place", "damage")
# Who may be in charge of a claim.
WORKERS = ("claims", "supervisor", "admin")
_LONG = ("story", "damage", "other_story")


@dataclass(frozen=True)
class Told:
    """A fact of the accident, who said it when, and what stood there before."""

    key: str
    label: str
    value: str
    source: str
    before: str
    long: bool


@dataclass(frozen=True)
class Page:
    """Everything on the page of one claim."""

    claim: Claim
    status: str
    line: str
    track: str
    facts: Sequence[Told]
    lacking: Sequence[str]
    documents: Sequence[ClaimDocument]
    photos: Sequence[Photo]
    clocks: Sequence[ClockView]
    history: Sequence[Happened]
    steps: Sequence[Step]
    milestones: Sequence[tuple[str, str]]
    amendable: Sequence[tuple[str, str]]
    decision: Mapping[str, Any]
    signals: Mapping[str, Any]
    seen: int
    full: bool


def register(uow: UnitOfWork, here: Room) -> Register:
    """Return the claims, changed in this person's name."""
    parts = here.parts
    return Register(uow, parts.cipher, parts.settings, here.now, here.staff.actor)


def page(uow: UnitOfWork, here: Room, number: str, *, shown: bool = False) -> Page:
    """Return a claim as this person may see it; raise Refused when there is none.

    ``shown`` tells that they said why they must see names and numbers in full.
    """
    claim = uow.cases.claim(number)
    if claim is None:
        raise Refused(f"没有报案 {number}，请核对号码。")
    book, full = register(uow, here), here.may("claims", "full")
    working = here.may("claims", "handle")
    known = asks.known_facts(claim.line)
    return Page(
        claim=claim,
        status=STATES[claim.status],
        line=asks.LINES.get(claim.line, claim.line),
        track=asks.TRACKS.get(claim.track or "", ""),
        facts=_facts(uow, here, claim, full=full, shown=shown and full),
        lacking=book.lacking(claim),
        documents=book.documents.of(number),
        photos=photos_of(uow, number) if full else (),
        clocks=book.clocks(claim),
        history=history(uow, number, _kinds(), NAMES, full=full),
        steps=asks.steps(book, claim, colleagues(uow, *WORKERS)) if working else (),
        milestones=asks.milestones(claim) if working else (),
        amendable=[(key, fact.label) for key, fact in known.items()],
        decision=(claim.decision or {}) if full else {},
        signals=(claim.signals or {}) if here.may("claims", "signals") else {},
        seen=seen_of(uow, number),
        full=full,
    )


def _kinds() -> dict[str, str]:
    return {**STATES, **machine().milestones}


def _facts(uow: UnitOfWork, here: Room, claim: Claim, *, full: bool, shown: bool) -> list[Told]:
    """Return the facts with their provenance, worked out from the history."""
    sources = _sources(uow, claim.number)
    values = {**claim.facts, "policy_number": claim.policy_number}
    found = []
    for key, fact in asks.known_facts(claim.line).items():
        if key not in values or (values[key] is None and key == "policy_number"):
            continue
        if not full and key in _HIDDEN:
            continue
        by, at, before = sources.get(key, ("", None, None))
        source = f"{who(by)} {on(at, here.now)}" if at else ""
        old = (
            ""
            if before is None
            else asks.in_words(fact, masked(key, before, shown=shown), here.now)
        )
        value = asks.in_words(fact, masked(key, values[key], shown=shown), here.now)
        found.append(Told(key, fact.label, value, source, old if full else "", key in _LONG))
    return found


def _sources(uow: UnitOfWork, number: str) -> dict[str, tuple[str, datetime | None, Any]]:
    """Return who gave each fact its present value, when, and what it was before."""
    query = select(CaseEvent).where(
        CaseEvent.case_number == number, CaseEvent.kind.in_(("reported", "amended"))
    )
    found: dict[str, tuple[str, datetime | None, Any]] = {}
    for event in uow.session.scalars(query.order_by(CaseEvent.id)):
        after = event.data.get("after", {}) if event.kind == "amended" else event.data
        before = event.data.get("before", {}) if event.kind == "amended" else {}
        for key in after:
            found[key] = (event.actor, event.at, before.get(key))
    return found
