"""Readers that work whether or not a flow is open: danger, a person, new subjects, answers."""

from __future__ import annotations

from bot.dialogue import phrases
from bot.dialogue.commands import (
    AnswerEntry,
    Command,
    Escalate,
    FillSlots,
    Offer,
    Say,
    StartFlow,
)
from bot.dialogue.heard import Heard
from bot.dialogue.words import ASKS, NONE_OF_THESE, RATING

_SURE = 0.55
_CLEAR = 0.75
_CHOICES = 3
_FACTS = {"happened_at", "place", "plate", "drivable", "injured", "police_reported"}
_ABOUT_A_CASE = {"claim_status", "claim_docs", "claim_dispute", "claim_pay", "complaint"}


def offered(heard: Heard) -> list[Command]:
    """Take a tap on (or the words of) a candidate we offered."""
    if not heard.state.offers:
        return []
    if NONE_OF_THESE.match(heard.bare):
        return [Say(phrases.OFFER_NONE_REPLY, ("转人工",))]
    target = heard.state.offers.get(heard.bare)
    if target is None and heard.bare.isdecimal() and len(heard.bare) == 1:
        labels = list(heard.state.offers)
        number = int(heard.bare)
        target = heard.state.offers[labels[number - 1]] if 0 < number <= len(labels) else None
    return [_go(target, heard)] if target else []


def _go(target: str, heard: Heard) -> Command:
    kind, _, name = target.partition(":")
    return AnswerEntry(name) if kind == "faq" else StartFlow(name, heard.original)


def danger(heard: Heard) -> list[Command]:
    """Put people before papers: a fired trigger rule decides, whatever we were doing."""
    fired = heard.reading.escalation
    if fired.level in ("none", "human"):
        return []
    commands: list[Command] = [Escalate(fired.level, fired.rule, fired.say)]
    start = fired.start if fired.start in heard.flows else ""
    if not start and fired.level != "P0" and heard.reading.intent in heard.flows:
        start = heard.reading.intent
    if start and (heard.flow is None or heard.flow.name != start):
        commands.append(StartFlow(start, heard.original))
    target = heard.flows.get(start) if start else type(heard.flow) if heard.flow else None
    if target is not None:
        commands.append(FillSlots(heard.volunteered(target()), heard.original))
    return commands


def person(heard: Heard) -> list[Command]:
    """Give a person the first time one is asked for."""
    reading = heard.reading
    asked = reading.escalation.level == "human" or (
        reading.intent == "human" and reading.confidence >= _SURE
    )
    return [StartFlow("human", heard.original)] if asked and "human" in heard.flows else []


def rating(heard: Heard) -> list[Command]:
    """Take a bare score as the answer to a survey."""
    bare = heard.flow is None and RATING.match(heard.bare)
    return [StartFlow("callback", heard.original)] if bare and "callback" in heard.flows else []


def wishes(heard: Heard) -> list[Command]:
    """Queue several wishes of one message in the order they were said."""
    parts = [p for p in heard.reading.parts if p in heard.flows]
    if heard.reading.intent != "multi" or not parts:
        return []
    started: list[Command] = [StartFlow(part, heard.original) for part in reversed(parts)]
    return [*started, FillSlots(heard.volunteered(heard.flows[parts[0]]()), heard.original)]


def incident(heard: Heard) -> list[Command]:
    """Take a message that states facts of an accident as a report, whatever words it uses."""
    if heard.flow is not None or "claim_report" not in heard.flows or ASKS.search(heard.text):
        return []
    if heard.reading.intent in _ABOUT_A_CASE and heard.reading.confidence >= _SURE:
        return []
    values = heard.volunteered(heard.flows["claim_report"]())
    stated = {name for name, said in values.items() if said.value is not None}
    if "accident_type" not in stated or not stated & _FACTS:
        return []
    return [StartFlow("claim_report", heard.original), FillSlots(values, heard.original)]


def new_intent(heard: Heard) -> list[Command]:
    """Start the flow the customer wants, with what was said already filled in."""
    reading = heard.reading
    if reading.intent not in heard.flows or reading.confidence < _SURE:
        return []
    if heard.hit.outcome == "answer" and reading.confidence < _CLEAR:
        return []
    return start(reading.intent, heard)


def start(name: str, heard: Heard) -> list[Command]:
    """Return the commands that begin ``name`` with this utterance."""
    values = heard.volunteered(heard.flows[name]())
    return [StartFlow(name, heard.original), FillSlots(values, heard.original)]


def knowledge(heard: Heard) -> list[Command]:
    """Answer from the knowledge base when it is sure."""
    if heard.hit.outcome != "answer":
        return []
    best = heard.hit.matches[0]
    return [AnswerEntry(best.id, best.score)]


def candidates(heard: Heard) -> list[Command]:
    """Ask which is meant when there are two or three good guesses."""
    offers: dict[str, str] = {}
    if heard.hit.outcome == "offer":
        for match in heard.hit.matches[:_CHOICES]:
            if question := heard.knowledge.question(match.id):
                offers[question] = f"faq:{match.id}"
    for code, confidence in ((heard.reading.intent, heard.reading.confidence),):
        if code in heard.flows and confidence >= _SURE / 2 and len(offers) < _CHOICES:
            offers[heard.flows[code].title] = f"flow:{code}"
    return [Offer({**offers, phrases.OFFER_NONE: "flow:fallback"})] if offers else []
