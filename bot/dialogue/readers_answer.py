"""Readers that need an open flow (or a draft): questions in between, answers, yes and no."""

from __future__ import annotations

import re
from typing import Any

from bot.dialogue import phrases, words
from bot.dialogue.call_words import calls_off, no_need
from bot.dialogue.commands import (
    AnswerEntry,
    Command,
    Confirm,
    CorrectSlots,
    FillSlots,
    Finish,
    Resume,
    Said,
    Say,
)
from bot.dialogue.flow import Flow, Slot
from bot.dialogue.fold import fold
from bot.dialogue.heard import Heard
from bot.dialogue.question_words import place_in_list
from bot.dialogue.readers_knowledge import several
from bot.dialogue.reading import Hit
from bot.dialogue.slot_types.accident import Kind
from bot.dialogue.slot_types.asked_flags import AskedTogether
from bot.dialogue.slot_types.fen import Fen
from bot.dialogue.slot_types.plain import TextValue
from bot.dialogue.slot_types.text import message_text
from bot.dialogue.slot_types.yes_no import yes_no

_CLEAR = 0.75
_NO_SUBJECT = {"greet", "nonsense", "clarify", "multi"}
_VERY_CLEAR = 0.95
_SHORT = 12
_NEARLY_ALL = 0.7
_BESIDE_A_SUM = re.compile(
    r"(?:说不[好准]|不好说|大概|大约|估[计摸]|差不多|可能|也就|得有?|有|个|块|元|钱|左右|上下|吧|呢|的|[\s,。])*+"
)
_ONLY_THAT = re.compile(r"^(?:其实|应该|就)?是|的(?:事儿?)?$")  # «其实是前天的事» is all value


def digression(heard: Heard) -> list[Command]:
    """Answer a clear question in between, and take the facts that stand beside it."""
    flow = heard.flow
    if flow is None or not words.QUESTION.search(heard.text) or _passed_on(flow):
        return []
    asked, told = words.split_question(heard.original)
    hit = _answer(heard, asked)
    if hit is None or _gives_what_was_asked(heard.part(asked), flow):
        return []
    values = heard.part(told).news(flow) if told else {}
    facts: list[Command] = [FillSlots(values, told, flow.name)] if values else []
    if apart := several(heard.part(asked)):
        return [*facts, *apart]
    best = hit.matches[0]
    return [*facts, AnswerEntry(best.id, best.score, hit.trace, asked)]


def _passed_on(flow: Flow) -> bool:
    """Tell whether what is said now goes to a colleague word for word."""
    slot = flow.pending()
    return slot is not None and slot.type is message_text


def _answer(heard: Heard, asked: str) -> Hit | None:
    """Return the entry that answers the question, read by itself or with all that was said."""
    parts = (asked, heard.original) if asked != heard.original else (asked,)
    if heard.flow is not None and heard.flow.subject and len(asked) <= _SHORT:
        parts = (*parts, f"{heard.flow.subject} {asked}")  # «还能打火吗», in a report of a flood
    hits = (heard.look_up(part) for part in parts)
    return next((hit for hit in hits if hit.outcome == "answer" and hit.matches), None)


def _gives_what_was_asked(heard: Heard, flow: Flow) -> bool:
    """Tell whether the question-like text is an answer to our question after all."""
    slot = flow.pending()
    if slot is None or slot.type.greedy:
        return False
    found = slot.type.answer(heard.text, heard.at)
    return found is not None and found.value is not None


def expected_answer(heard: Heard) -> list[Command]:
    """Take what we asked for and whatever else was said; a greedy slot yields to a new subject."""
    flow = heard.flow
    if flow is None:
        return []
    slot = flow.pending()
    values = heard.news(flow)
    if slot is None and (changed := _changed(heard, flow)):
        return [CorrectSlots(changed | values, heard.original)]
    commands: list[Command] = []
    if slot and slot.name not in values:
        values |= _told(heard, flow, slot, values)
    if values:
        commands.append(FillSlots(values, heard.original, flow.name))
    if words.finishes(heard.bare) and (slot or values) and not _is_bare_no(heard, values):
        commands.append(Finish(submit=bool(words.SUBMIT.search(heard.bare))))
    return commands


def _told(heard: Heard, flow: Flow, slot: Slot[Any], values: dict[str, Said]) -> dict[str, Said]:
    """Return the answer to the open question, or to what was asked in the same breath."""
    if summed := _only_the_sum(heard, flow, slot):
        return summed
    if said := _asked_for(heard, flow, slot, values):
        return {slot.name: said}
    other = flow.partner(slot)
    if other is None or values or not isinstance(other.type, AskedTogether):
        return {}
    said = _asked_for(heard, flow, other, values)
    return {other.name: said} if said else {}


def restated(heard: Heard) -> list[Command]:
    """Take a message that is nothing but another value for a filled slot as a correction."""
    changed = _changed(heard, heard.flow) if heard.flow else {}
    size = sum(len(said.quote) for said in changed.values())
    nothing_else = changed and size >= _NEARLY_ALL * len(_ONLY_THAT.sub("", heard.bare))
    return [CorrectSlots(changed, heard.original)] if nothing_else else []


def tapped_answer(heard: Heard) -> list[Command]:
    """Take a tap on a button of the open question as its answer, whatever a rule reads in it.

    «不同意» under «您同意吗» answers it; elsewhere it is how people reject a settlement.
    """
    slot, flow = heard.pending(), heard.flow
    if slot is None or flow is None or slot.type.greedy:
        return []
    tapped = heard.bare in flow.prompt().buttons and not words.SKIP.match(heard.bare)
    return expected_answer(heard) if tapped else []


def number(heard: Heard) -> list[Command]:
    """Take bare figures as what we asked for: a code or a phone means nothing else."""
    if heard.flow is None or not words.FIGURES.match(heard.bare):
        return []
    return expected_answer(heard) or new_value(heard)


def new_value(heard: Heard) -> list[Command]:
    """Take another value for a filled slot, where nothing else was understood, as a correction."""
    changed = _changed(heard, heard.flow) if heard.flow else {}
    return [CorrectSlots(changed, heard.original)] if changed else []


def _only_the_sum(heard: Heard, flow: Flow, slot: Slot[Any]) -> dict[str, Said]:
    """Return «一万多吧» to «坏了哪些东西？损失大概多少钱？» as the sum: it names no thing."""
    other = flow.partner(slot)
    if other is None or not slot.type.greedy or not isinstance(other.type, Fen):
        return {}
    found = other.type.answer(heard.text, heard.at)
    if found is None or found.value is None:
        return {}
    start, end = found.span
    alone = _BESIDE_A_SUM.fullmatch(heard.text[:start] + heard.text[end:])
    return {other.name: heard.said(found)} if alone else {}


def _asked_for(heard: Heard, flow: Flow, slot: Slot[Any], values: dict[str, Said]) -> Said | None:
    """Return the answer to the open question, if that is what was said."""
    if _changes_subject(heard, flow, slot, values):
        return None
    bare_no = words.BARE_NO.match(heard.bare) and not slot.type.greedy
    if _only_finishes(heard) and not bare_no:
        return None
    said = heard.answer(slot, values)
    if said and (said.value is not None or said.problem):
        return said
    return _by_place(heard, flow, slot)


def _by_place(heard: Heard, flow: Flow, slot: Slot[Any]) -> Said | None:
    """Take «第二个» as a tap on the second button of our question."""
    buttons = flow.prompt().buttons
    place = place_in_list(heard.bare, len(buttons)) if buttons else None
    found = slot.type.answer(fold(buttons[place]), heard.at) if place is not None else None
    return Said(found.value, heard.original.strip()) if found and found.value is not None else None


def _is_bare_no(heard: Heard, values: dict[str, Said]) -> bool:
    """«没有了» after «有人受伤吗» answers that question; it does not end the form."""
    return bool(values and words.BARE_NO.match(heard.bare))


def _only_finishes(heard: Heard) -> bool:
    return words.finishes(heard.bare) and len(heard.bare) <= _SHORT


def _changed(heard: Heard, flow: Flow) -> dict[str, Said]:
    """At the card another value for a filled slot is a correction, said without the word."""
    if words.ASKS.search(heard.text):
        return {}
    said = heard.volunteered(flow)
    filled = {n: s for n, s in said.items() if n in flow.values and s.value is not None}
    other = {n: s for n, s in filled.items() if not _says_no_more(s, flow, n)}
    return {n: s for n, s in other.items() if not _follows(flow.slots[n]) or _named(heard)}


def _says_no_more(said: Said, flow: Flow, name: str) -> bool:
    """Tell whether it is what we know, or a part of it: «西康路» of «和平区西康路12号»."""
    known = flow.values[name]
    if isinstance(flow.slots[name].type, TextValue) and isinstance(known, str):
        return str(said.value) in known
    return bool(said.value == known)


def _follows(slot: Slot[Any]) -> bool:
    """Tell whether the value only follows from other words: «翻车» means a car."""
    return slot.implied and isinstance(slot.type, Kind)


def _named(heard: Heard) -> bool:
    """Tell whether a line of insurance is named."""
    return words.LINE_NAMED.search(heard.bare) is not None


def _changes_subject(heard: Heard, flow: Flow, slot: Slot[Any], values: dict[str, Said]) -> bool:
    if not slot.type.greedy or values:
        return False
    reading = heard.reading
    if reading.intent == "human" and not words.PERSON.search(heard.text):
        return False  # «没人给我打过电话» is what we asked to be told
    if slot.type is message_text and calls_off(heard.text) and no_need(heard.text):
        return False  # what the colleague is to hear; calls that nobody asked for are another thing
    wanted = heard.flows.get(reading.intent)
    other = wanted and not wanted.knowledge_first and wanted.name not in {*_NO_SUBJECT, flow.name}
    # A change of subject is said in a few words; a long text is what we asked for.
    short = len(heard.bare) <= _SHORT and slot.type is not message_text
    needed = _CLEAR if short else _VERY_CLEAR
    return bool(other) and reading.confidence >= needed


def confirmation(heard: Heard) -> list[Command]:
    """Read yes or no at the summary card."""
    if heard.flow is None or heard.pending() is not None:
        return []
    if words.finishes(heard.bare):
        return [Confirm(yes=True)]
    if words.NO_PHOTOS.match(heard.bare):
        return [Say(phrases.PHOTOS_LATER)]  # the card invites them: no is no word against it
    answer = yes_no.answer(heard.text, heard.at)
    if answer is None or answer.value is None:
        return []
    # «没人受伤» tells a fact; it does not say that the card is wrong.
    if not answer.value and heard.volunteered(heard.flow):
        return []
    return [Confirm(answer.value)]


def nothing_new(heard: Heard) -> list[Command]:
    """Who repeats what we know is just asked the open question again."""
    flow = heard.flow
    said = heard.volunteered(flow) if flow else {}
    known = flow is not None and bool(said) and not words.QUESTION.search(heard.text)
    if flow is None or not known or any(s.value != flow.values.get(n) for n, s in said.items()):
        return []
    return [FillSlots({}, flow=flow.name)]


def remark(heard: Heard) -> list[Command]:
    """Take note of what fits no question but belongs to the matter."""
    flow = heard.flow
    if flow is None or not flow.listens():
        return []
    told = FillSlots({}, heard.original, flow.name)
    if flow.recording and words.TELLS.search(heard.bare) and not heard.asks:
        return [told]
    if not words.is_remark(heard.bare) and not words.RUDE.search(heard.bare):
        return []
    return [Say(phrases.NOTED), told]


def late_answer(heard: Heard) -> list[Command]:
    """Take up what was left alone when the customer simply answers, after hours or days."""
    flow = heard.draft
    if flow is None or heard.flow is not None or _is_something_else(heard):
        return []
    if flow.name not in heard.state.waiting:
        return _more_for_the_record(heard, flow)
    if words.finishes(heard.bare):
        return [Resume(), Finish(submit=True)]
    if yes_no.answer(heard.text, heard.at):
        # Yes to what? After a day the question, or the card, is shown again.
        return [Resume()]
    slot, values = flow.pending(), heard.news(flow)
    if slot and slot.name not in values and not slot.type.greedy:
        said = heard.answer(slot, values)
        if said and said.value is not None:
            values[slot.name] = said
    return [Resume(), FillSlots(values, heard.original, flow.name)] if values else []


def _more_for_the_record(heard: Heard, flow: Flow) -> list[Command]:
    """What is told of an emergency goes into its claim, although the questions were put off."""
    values = heard.news(flow) if flow.recording and not heard.asks else {}
    return [Resume(), FillSlots(values, heard.original, flow.name)] if values else []


def _is_something_else(heard: Heard) -> bool:
    """Tell whether the sentence is a wish or a question of its own."""
    reading = heard.reading
    wish = reading.intent in heard.flows and reading.intent not in _NO_SUBJECT
    return (wish and reading.confidence >= heard.sure) or heard.hit.outcome == "answer"
