"""A conversation with everything an agent sees at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.console.beside import Beside, beside
from bot.console.meter import Meter, meter_of
from bot.console.parts import Room
from bot.console.reach import within_reach
from bot.console.times import on
from bot.console.unreachable import Gone, gone
from bot.console.wrap_words import About, Heard, about
from bot.dialogue import words
from bot.dialogue.claim_form import ClaimForm
from bot.dialogue.flow import Flow, Slot
from bot.dialogue.state import DialogueState
from bot.errors import Refused
from bot.log import mask
from bot.permissions import allowed
from storage.drafts import Draft, Drafts
from storage.guests import Guests
from storage.inbox import Line
from storage.inbox_list import name_of
from storage.masking import mask_phone
from storage.models.case import Claim, Handoff
from storage.models.customer import Customer
from storage.models.policy import Policy
from storage.models.staff import StaffUser
from storage.unit_of_work import UnitOfWork

_PERSON = 3
_WORDS = 3


@dataclass(frozen=True)
class Fact:
    """A slot of an open form: its name, value and the customer's own words."""

    label: str
    value: str
    quote: str
    slot: str = ""
    choices: Sequence[str] = ()


@dataclass(frozen=True)
class Known:
    """Who the customer is, masked."""

    ref: str
    name: str
    phone: str
    verified: bool


@dataclass(frozen=True)
class Whole:
    """Everything on one conversation's page; ``mine`` tells that this agent has the floor."""

    id: int
    channel: str
    name: str
    owner: str
    agent: str | None
    rev: int
    last_seq: int
    mine: bool
    lines: Sequence[Line]
    earlier: bool
    later: bool
    at: int | None
    draft: Draft
    viewers: Sequence[str]
    handoff: Handoff | None
    known: Known | None
    customer_id: int | None
    flow: str
    facts: Sequence[Fact]
    policies: Sequence[Policy]
    beside: Beside
    colleagues: Sequence[str]
    guests: Sequence[str]
    guest: bool
    lead: bool
    away: int | None
    suggestions: Sequence[tuple[str, str]]
    snoozed_until: datetime | None
    meter: Meter | None
    known_words: Mapping[str, str]
    may_cases: bool
    may_customers: bool
    about: About
    gone: Gone | None = None


def whole(
    uow: UnitOfWork, here: Room, number: int, before: int | None = None, at: int | None = None
) -> Whole:
    """Return a conversation as this person sees it; raise Refused when there is none."""
    row = uow.inbox.conversation(number)
    if row is None:
        raise Refused("没有这个会话，可能已经合并或删除。")
    if not within_reach(uow, here, row):
        raise Refused("这个会话不在您的队列里，现在不归您看。")
    me = here.staff.name
    lines = uow.inbox.thread(number, before)
    customer = uow.session.get(Customer, row["customer_id"]) if row["customer_id"] else None
    flow, facts = _form(here, row["state"])
    mine = row["owner"] == "agent" and row["agent"] == me
    found = beside(uow, here, number, customer)
    handoff = uow.cases.open_handoff(number)
    guests = Guests(uow.connection).here(number, row["owner_rev"])
    return Whole(
        id=number,
        channel=row["channel"],
        name=name_of(customer.name if customer else None, row["peer"]),
        owner=row["owner"],
        agent=row["agent"],
        rev=row["owner_rev"],
        last_seq=row["last_seq"],
        mine=mine,
        lines=lines,
        earlier=bool(lines) and lines[0].seq > 1,
        later=before is not None and bool(lines) and lines[-1].seq < row["last_seq"],
        at=at,
        draft=Drafts(uow.connection).of(number, me),
        viewers=uow.inbox.viewers(number, me, here.now),
        handoff=handoff,
        known=_known(customer, row, here.now),
        customer_id=row["customer_id"],
        flow=flow,
        facts=facts,
        policies=uow.customers.policies_of(customer.id)[:5] if customer else (),
        beside=found,
        colleagues=_colleagues(uow, me),
        guests=guests,
        guest=me in guests,
        lead=allowed(here.staff.role, "handoffs", "approve"),
        away=uow.inbox.away(number, me, here.now),
        suggestions=_suggestions(here, lines) if mine else (),
        snoozed_until=row["snoozed_until"],
        meter=meter_of(uow, row, lines, here.now),
        known_words=_words(found.claims, here.now),
        may_cases=allowed(here.staff.role, "claims", "read"),
        may_customers=allowed(here.staff.role, "customers", "read"),
        gone=gone(uow, here, number) if not row["subscribed"] else None,
        about=_about(row["state"], lines, handoff, found.claims, here.now) if mine else About(),
    )


def _about(
    state: dict[str, Any],
    lines: Sequence[Line],
    handoff: Handoff | None,
    claims: Sequence[tuple[Claim, str]],
    now: datetime,
) -> About:
    said = [
        Heard(str(one.body.get("text") or ""), one.at) for one in lines if one.author == "customer"
    ]
    why = handoff.reason if handoff else ""
    return about(DialogueState.from_json(state), said, why, [one for one, _ in claims], now)


def _known(customer: Customer | None, row: Mapping[str, Any], now: datetime) -> Known | None:
    if customer is None:
        return None
    until = row["verified_until"]
    phone = mask_phone(customer.phone) if customer.phone else ""
    name = name_of(customer.name, row["peer"])
    return Known(customer.ref, name, phone, until is not None and until > now)


def _form(here: Room, stored: dict[str, Any]) -> tuple[str, list[Fact]]:
    """Return the open form and what is in it, with the words it came from."""
    registry, top = here.parts.registry, DialogueState.from_json(stored).top
    if top is None or top.flow not in registry.flows:
        return "", []
    flow = registry.revive(top)
    # Codes and the tails of documents are not for us to see either.
    open_ones = {slot.name for slot in editable(flow)}
    facts = [
        Fact(
            slot.label,
            mask(slot.type.show(flow.values[slot.name])) if slot.name in flow.values else "",
            _quote(flow, slot.name),
            slot.name if slot.name in open_ones else "",
            slot.buttons,
        )
        for slot in _by_hand(flow)
        if slot.shown
    ]
    return flow.title, facts


def _by_hand(flow: Flow) -> Iterator[Slot[Any]]:
    """Yield what is known or may be said: also what nobody is asked in an emergency."""
    if isinstance(flow, ClaimForm):
        return flow.by_hand()
    return (s for s in flow.slots.values() if s.name in flow.values or s.when(flow))


def editable(flow: Flow) -> list[Slot[Any]]:
    """Return what may be put right by hand: no codes, nothing that acts when it is accepted."""
    return [slot for slot in _by_hand(flow) if slot.shown and slot.accept is None]


def _quote(flow: Flow, slot: str) -> str:
    """Return the customer's own words; numbers that identify people are masked."""
    return mask(flow.quotes.get(slot, ""))


def _colleagues(uow: UnitOfWork, me: str) -> list[str]:
    """Return who is online and could take over."""
    online = {agent.name for agent in uow.floor.agents()}
    query = uow.session.query(StaffUser.name).filter(StaffUser.disabled_at.is_(None))
    return sorted(name for (name,) in query if name != me and name in online)


def _words(claims: Sequence[tuple[Claim, str]], now: datetime) -> dict[str, str]:
    """Return what ready-made sentences are filled with: of the one case that is open."""
    if len(claims) != 1:
        return {}
    claim, status = claims[0]
    due = on(claim.due_at, now) if claim.due_at else ""
    words = {"环节": status, "同事": claim.owner, "日期": due, "编号": claim.number}
    return {name: word for name, word in words.items() if word}


def _wants_person(text: str) -> bool:
    """«人工» is no question: somebody is there already."""
    rest = words.PERSON.sub("", text).strip("，。！？!?, ")
    named = words.PERSON.search(text) is not None and len(rest) < _WORDS
    return named or words.PERSON_PLEASE.search(text) is not None


def _suggestions(here: Room, lines: Sequence[Line]) -> list[tuple[str, str]]:
    """Return answers to the customer's last words: (question, answer)."""
    last = next((line for line in reversed(lines) if line.author == "customer"), None)
    text = str(last.body.get("text") or "") if last else ""
    if not text or _wants_person(text):
        return []
    return list(here.parts.suggest(text)[:_PERSON])
