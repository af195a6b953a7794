"""Readers that work whether or not a flow is open: taps, danger, a person, new subjects."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.dialogue import events, phrases
from bot.dialogue.call_form import CallForm
from bot.dialogue.commands import (
    AnswerEntry,
    Command,
    Escalate,
    FillSlots,
    LeaveGate,
    PutOff,
    Say,
    StartFlow,
)
from bot.dialogue.flow import Flow
from bot.dialogue.heard import Heard
from bot.dialogue.readers_knowledge import guesses
from bot.dialogue.words import (
    ALREADY,
    ASKS,
    BARE_NO,
    COMPLAINS,
    FILES,
    INSURANCE_NAMED,
    PERSON,
    PERSON_PLEASE,
    RATING,
    RUDE,
    SHORT_NO,
    SUM,
    WISHES,
    is_remark,
    split_question,
)

_CLEAR, _VERY_CLEAR = 0.75, 0.95
_ANSWERS = (BARE_NO, SHORT_NO, SUM)
_A_WISH = 2  # characters: a single one is no new subject
_REPORT = "claim_report"
_CHAT = "nonsense"
_MESSAGE = "leave_message"
_WRAPPED = re.compile(r"(?:说|告诉|转告|[:：]).{5}")
_TAKEN_UP = frozenset({"claim_report", "injury", "rescue", "complaint", "surrender"})
_DISPUTE, _COMPLAINT = "claim_dispute", "complaint"
_NOTHING = "-"  # a rule that refuses: nothing is begun
_WHEN_AND_WHERE = {"happened_at", "place", "plate"}
_FACTS = _WHEN_AND_WHERE | {"drivable", "injured", "police_reported"}
_ENOUGH_FACTS = 3
# Without one of these no message is an accident: looked for first, for most messages have none.
_TELLING = ("accident_type", "drivable", "injured", "police_reported")
_ABOUT_A_CASE = {"claim_status", "claim_docs", "claim_dispute", "claim_pay", "complaint"}


def tapped(heard: Heard) -> list[Command]:
    """Take a tap on a button that begins a flow, whatever is open."""
    words = heard.bare.strip(" 。!！")
    if flow := heard.starters.tapped(words):
        return [*_out_of_the_gate(heard, flow), StartFlow(flow, heard.original)]
    told = heard.starters.told(words)
    return start(told, heard) if told and not _says_more(heard, told) else []


def _says_more(heard: Heard, flow: str) -> bool:
    """Tell whether a danger, or a matter that we take up ourselves, is wrapped up in a wish.

    «转告理赔员，我的车刚才追尾了» is a report of an accident, not a message to be passed on.
    """
    urgent = heard.reading.escalation.level
    if urgent == "P0" or flow != _MESSAGE or not _WRAPPED.search(heard.bare):
        return urgent == "P0"
    return urgent in ("P1", "P2") or heard.reading.intent in _TAKEN_UP


def _out_of_the_gate(heard: Heard, flow: str) -> list[Command]:
    """Whoever wants a person is not asked for a code any more."""
    return [LeaveGate()] if flow == "human" and heard.flow is not None and heard.flow.gate else []


def danger(heard: Heard) -> list[Command]:
    """Put people before papers, whatever we were doing."""
    return _raise(heard) if heard.reading.escalation.level == "P0" else []


def pressing(heard: Heard) -> list[Command]:
    """Bring in a person where a rule says so: a lawyer, a regulator, a refused claim."""
    fired = heard.reading.escalation
    if fired.level == "P2" and _belongs_to_a_complaint(heard):
        return []
    return _raise(heard) if fired.level in ("P1", "P2") else []


def _belongs_to_a_complaint(heard: Heard) -> bool:
    """«重新定损» is what a complainant wants of us, not another matter: 投诉 outranks 复核."""
    if heard.reading.intent != _DISPUTE:
        return False
    return heard.flow is not None and heard.flow.name == _COMPLAINT


def _raise(heard: Heard) -> list[Command]:
    fired = heard.reading.escalation
    # Who speaks of dying, or of killing, is not asked the next question of a form.
    alone = fired.level == "P0" and not fired.start
    commands: list[Command] = [Escalate(fired.level, fired.rule, fired.say, alone)]
    begins = fired.start if fired.start in heard.flows else ""
    if len(heard.reading.parts) > 1 and (several := wishes(heard)):
        return [*commands, *several]  # «车祸了，对了我电话也换了»: the accident is not forgotten
    if fired.start == _NOTHING:
        return commands
    if not begins and fired.level != "P0":
        begins = _meant(heard)
    disputed = begins == _DISPUTE or (not begins and fired.level == "P2")
    if disputed and _COMPLAINT in heard.flows and COMPLAINS.search(heard.text):
        begins = _COMPLAINT  # «我要投诉！定损员压价»: the word decides
    if begins and (heard.flow is None or heard.flow.name != begins):
        return [*commands, *start(begins, heard)]
    if heard.flow is not None:
        if events.another(heard.original, heard.at, heard.flow) == events.SURE:
            return [*commands, PutOff(heard.flow.name, heard.original, urgent=True)]
        # «没伤人» a minute ago and «他晕倒了» now: the alarm wins.
        values = heard.volunteered(heard.flow) if fired.level == "P0" else heard.news(heard.flow)
        commands.append(FillSlots(values, heard.original, heard.flow.name, override=True))
    return commands


def _meant(heard: Heard) -> str:
    """Return the flow the words are surely about: a person comes anyway, so nothing is guessed."""
    reading = heard.reading
    known = reading.intent in {*heard.flows} - {_CHAT}
    return reading.intent if known and reading.confidence >= heard.sure else ""


def person(heard: Heard) -> list[Command]:
    """Give a person the first time one is asked for.

    «换个人处理» is what a complainant wants of us, when that was the question.
    """
    slot, reading = heard.pending(), heard.reading
    if len(reading.parts) > 1 and "human" in reading.parts:
        return []  # «报完案再转人工»: all of it is done, in one go
    if slot and heard.bare in slot.buttons:
        return []  # «个人» on a button of ours is an answer, whatever it sounds like
    if _files_against_people(heard) or _says_when_to_call(heard):
        return []
    gate = heard.flow is not None and heard.flow.gate
    if slot and (slot.type.greedy or gate) and not PERSON.search(heard.text):
        return []  # «个人吧» while a phone is asked for is about something else
    asked = reading.escalation.level == "human" or (
        reading.intent == "human" and reading.confidence >= heard.sure
    )
    if not asked or "human" not in heard.flows:
        return []
    called = [*_out_of_the_gate(heard, "human"), StartFlow("human", heard.original)]
    return [*_complaint_too(heard), *called]


def _complaint_too(heard: Heard) -> list[Command]:
    """«我要投诉你们…，转人工»: a person is called, and the complaint is written down too."""
    begun = heard.flow is not None and heard.flow.name == _COMPLAINT
    if begun or _COMPLAINT not in heard.flows or not COMPLAINS.search(heard.text):
        return []
    return start(_COMPLAINT, heard)


def _says_when_to_call(heard: Heard) -> bool:
    """«六点联系我» answers when to call; nobody need come before."""
    if not isinstance(heard.flow, CallForm) or PERSON.search(heard.text):
        return False
    return any(said.value is not None for said in heard.news(heard.flow).values())


def _files_against_people(heard: Heard) -> bool:
    """«我投诉你们人工客服» is a complaint to be written down, and no wish to talk to one."""
    reading = heard.reading
    clear = reading.intent == _COMPLAINT and reading.confidence >= _CLEAR
    return clear and FILES.search(heard.text) is not None and not PERSON_PLEASE.search(heard.text)


def rating(heard: Heard) -> list[Command]:
    """Take a bare score as the answer to a survey."""
    bare = heard.flow is None and RATING.match(heard.bare)
    return [StartFlow("callback", heard.original)] if bare and "callback" in heard.flows else []


def wishes(heard: Heard) -> list[Command]:
    """Queue several wishes of one message in the order they were said."""
    if heard.reading.intent != "multi":
        return []
    flows = {c: f for c, f in heard.flows.items() if not (f.knowledge_first and heard.asks)}
    parts = [p for p in heard.reading.parts if p in flows]
    if not parts:
        return []
    # What is answered at once comes first, whatever was said first: the others take turns.
    parts.sort(key=lambda part: bool(flows[part].slots))
    later: list[Command] = [StartFlow(part, heard.original) for part in reversed(parts[1:])]
    asks = len(parts) < len(heard.reading.parts)
    beside = _question_beside(heard) if asks else []
    return [*_order(parts, flows, answered=bool(beside)), *later, *start(parts[0], heard), *beside]


def _order(parts: list[str], flows: Mapping[str, type[Flow]], *, answered: bool) -> list[Command]:
    """Tell in which order several wishes are dealt with."""
    forms = [flows[part].title for part in parts]
    if len(forms) + answered < 2:
        return []
    question = phrases.AND_THE_QUESTION if answered else ""
    return [Say(phrases.IN_ORDER.format(order=phrases.THEN.join(forms), question=question))]


def _question_beside(heard: Heard) -> list[Command]:
    """Answer what is asked beside a wish, if we know it."""
    asked, _ = split_question(heard.original)
    hit = heard.knowledge.look_up(asked)
    if hit.outcome != "answer" or not hit.matches:
        return []
    return [AnswerEntry(hit.matches[0].id, hit.matches[0].score, hit.trace, asked)]


def incident(heard: Heard) -> list[Command]:
    """Take a message that states facts of an accident as a report, whatever words it uses."""
    if heard.flow is not None or _REPORT not in heard.flows or ASKS.search(heard.text):
        return []
    if heard.reading.intent in _ABOUT_A_CASE and heard.reading.confidence >= heard.sure:
        return []
    report = heard.flows[_REPORT]
    if not any(report.slots[name].type.find(heard.text, heard.at) for name in _TELLING):
        return []
    values = heard.volunteered(report())
    stated = {name for name, said in values.items() if said.value is not None}
    facts = stated & _FACTS
    # «伤了没有、能不能开、报没报警» together with a time, place or plate: only an accident.
    many = len(facts) >= _ENOUGH_FACTS and bool(facts - _WHEN_AND_WHERE)
    return start(_REPORT, heard) if many or ("accident_type" in stated and facts) else []


def new_intent(heard: Heard) -> list[Command]:
    """Start the flow the customer wants, with what was said already filled in."""
    reading = heard.reading
    if not heard.wish or (heard.flow is not None and heard.flow.name == heard.wish):
        return []
    if _only_an_answer(heard) or _belongs_to_the_story(heard) or _just_tells(heard):
        return []
    if reading.intent == _CHAT and _is_no_chat(heard):
        return []
    # «是我妈的事，我是她儿子»: whoever complains is listened to.
    complains = heard.flow is not None and heard.flow.name == _COMPLAINT
    if reading.confidence < _CLEAR and (heard.hit.outcome == "answer" or complains):
        return []
    if reading.intent == _CHAT and (numbered := recognised(heard)):
        return numbered  # a bare number of ours looks like chat and is none
    return start(reading.intent, heard)


def _only_an_answer(heard: Heard) -> bool:
    """In a form «没人» is no complaint that nobody cares, «三千» no dispute, «车» no breakdown."""
    alone = len(heard.bare) < _A_WISH or any(p.match(heard.bare) for p in _ANSWERS)
    return heard.flow is not None and bool(alone)


def _just_tells(heard: Heard) -> bool:
    """In a form that is told a story, a guess does not outweigh words that ask for nothing.

    «自己家，华苑路5号楼» sounds like the address of a branch, and is where the pipe burst.
    """
    listens = heard.flow is not None and heard.flow.listens()
    if not listens or ASKS.search(heard.text):
        return False
    # «已经叫拖车了» wants none.
    return ALREADY.match(heard.bare) is not None or (
        heard.reading.confidence < _CLEAR and not WISHES.search(heard.text)
    )


def _belongs_to_the_story(heard: Heard) -> bool:
    """«上周在定损点», «没有授权书», said in a complaint, is more of it and no new wish.

    In other forms that take note of remarks this holds at the card, where more was asked for.
    """
    flow = heard.flow
    if flow is None or not flow.listens() or not is_remark(heard.bare):
        return False
    open_to_it = flow.name == _COMPLAINT or flow.pending() is None
    return open_to_it and not WISHES.search(heard.text)


def _is_no_chat(heard: Heard) -> bool:
    """Tell whether what sounds like chat belongs to the form, or asks about a kind of insurance."""
    if heard.flow and _belongs_here(heard, heard.flow):
        return True
    return heard.asks and INSURANCE_NAMED.search(heard.text) is not None


def _belongs_here(heard: Heard, flow: Flow) -> bool:
    """Tell whether what sounds like chat is anger to be written down, or words not understood."""
    angry = flow.listens() and RUDE.search(heard.text) is not None
    return angry or heard.reading.confidence < _CLEAR


def served(heard: Heard) -> list[Command]:
    """Do what the question is about where the knowledge base has no answer to it."""
    reading = heard.reading
    flow = heard.flows.get(reading.intent)
    if flow is None or not flow.knowledge_first or reading.confidence < heard.sure:
        return []
    if _only_an_answer(heard) or _belongs_to_the_story(heard) or _just_tells(heard):
        return []
    here = heard.flow is not None and heard.flow.name == flow.name
    unknown = heard.hit.outcome == "unknown"
    # Guesses of the knowledge base are worth less than a wish that is as clear as day.
    unsure = heard.hit.outcome == "offer" and reading.confidence >= _VERY_CLEAR
    return start(flow.name, heard) if (unknown or unsure) and not here else []


def recognised(heard: Heard) -> list[Command]:
    """Follow a number or words that belong to one flow, or a number that supports a guess."""
    if heard.flow is not None:
        return []
    guessed = dict(guesses(heard, heard.sure / 2))
    asks = ASKS.search(heard.text) is not None
    # A question sounds like a flow only as a whole («…怎么样»).
    text = heard.bare if asks else heard.text
    for one in heard.starters:
        likely = one.name in guessed
        if one.sounds_like(text, whole=asks) or one.numbered(heard.text, heard.at, likely=likely):
            return start(one.name, heard)
    return []


def start(name: str, heard: Heard) -> list[Command]:
    """Return the commands that begin ``name`` with this utterance."""
    flow, text, rest = heard.flows[name](), heard.original, list[Command]()
    if parts := events.apart(text, heard.at, flow):
        text, rest = parts[0], [PutOff(name, parts[1])]
    values = heard.part(text).volunteered(flow)
    return [StartFlow(name, text), FillSlots(values, text, name, override=True), *rest]
