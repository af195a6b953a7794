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
from bot.console.reveal import Veil
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
# Who gave a fact, when, and what stood there before.
Source = tuple[str, datetime | None, Any]
_CORRECTED = (
    "曾报有人受伤，后来更正为没有人受伤。报过人伤的案件一直按特急办，先打通客户的电话、确认人没事；"
    "打通后在「记一件事」里记下，紧急联系的钟就停。"
)
_DANGER = "报案时说到人身危险（如被困、起火），没有人受伤也按特急办。"
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
    urgent: str
    urgent_why: str
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
    veil, sources = veil_of(here, claim, shown=shown), _sources(uow, number)
    return Page(
        claim=claim,
        status=STATES[claim.status],
        line=asks.LINES.get(claim.line, claim.line),
        track=asks.TRACKS.get(claim.track or "", ""),
        urgent=urgent(claim),
        urgent_why=_urgent_why(claim, sources),
        facts=_facts(here, claim, veil, sources, full=full),
        lacking=book.lacking(claim),
        documents=book.documents.of(number),
        photos=photos_of(uow, number) if full else (),
        clocks=book.clocks(claim),
        history=history(uow, number, _kinds(), NAMES, full=full, veil=veil),
        steps=asks.steps(book, claim, colleagues(uow, *WORKERS)) if working else (),
        milestones=asks.milestones(claim) if working else (),
        amendable=[(key, fact.label) for key, fact in known.items()],
        decision=_decision(claim, veil) if full else {},
        signals=(claim.signals or {}) if here.may("claims", "signals") else {},
        seen=seen_of(uow, number),
        full=full,
    )


def veil_of(here: Room, claim: Claim, *, shown: bool = False) -> Veil:
    """Return what is hidden of a claim; only full sight and a reason lift it."""
    return Veil.of(claim.facts, here.now, shown=shown and here.may("claims", "full"))


def _decision(claim: Claim, veil: Veil) -> Mapping[str, Any]:
    """Return what was decided, without names and numbers in its words."""
    found = {key: veil.fact(key, value) for key, value in (claim.decision or {}).items()}
    if isinstance(paid := found.get("payment"), Mapping):
        found["payment"] = {**paid, "payee": veil.fact("name", paid.get("payee"))}
    return found


def urgent(claim: Claim) -> str:
    """Return the word on a claim that cannot wait, '' for any other."""
    if claim.severity != "P0":
        return ""
    return "有人受伤" if claim.facts.get("injured") else "特急"


def _urgent_why(claim: Claim, sources: Mapping[str, Source]) -> str:
    """Return why a claim cannot wait although nobody is hurt; once an emergency, it stays one."""
    if not urgent(claim) or claim.facts.get("injured"):
        return ""
    _, _, before = sources.get("injured", ("", None, None))
    return _CORRECTED if before is True else _DANGER


def _kinds() -> dict[str, str]:
    return {**STATES, **machine().milestones}


def _facts(
    here: Room, claim: Claim, veil: Veil, sources: Mapping[str, Source], *, full: bool
) -> list[Told]:
    """Return the facts with their provenance, worked out from the history."""
    values = {**claim.facts, "policy_number": claim.policy_number}
    found = []
    for key, fact in asks.known_facts(claim.line).items():
        if key not in values or (values[key] is None and key == "policy_number"):
            continue
        if not full and key in _HIDDEN:
            continue
        by, at, before = sources.get(key, ("", None, None))
        source = f"{who(by)} {on(at, here.now)}" if at else ""
        old = "" if before is None else asks.in_words(fact, veil.fact(key, before), here.now)
        value = asks.in_words(fact, veil.fact(key, values[key]), here.now)
        found.append(Told(key, fact.label, value, source, old if full else "", key in _LONG))
    return found


def _sources(uow: UnitOfWork, number: str) -> dict[str, Source]:
    """Return who gave each fact its present value, when, and what it was before."""
    query = select(CaseEvent).where(
        CaseEvent.case_number == number, CaseEvent.kind.in_(("reported", "amended"))
    )
    found: dict[str, Source] = {}
    for event in uow.session.scalars(query.order_by(CaseEvent.id)):
        after = event.data.get("after", {}) if event.kind == "amended" else event.data
        before = event.data.get("before", {}) if event.kind == "amended" else {}
        for key in after:
            found[key] = (event.actor, event.at, before.get(key))
    return found
