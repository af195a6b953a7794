"""The reader of corrections: another value for what was filled already."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from bot.dialogue import words
from bot.dialogue.commands import (
    Command,
    Confirm,
    CorrectSlots,
    FillSlots,
    ForgetSlot,
    Said,
    StartFlow,
)
from bot.dialogue.flow import Flow, Slot
from bot.dialogue.heard import Heard
from bot.dialogue.slot_types.person import PersonName, name_alone

_CUES = ("改成", "改为", "改到", "换成", "应该是", "是", "：", ":")
# «是5不是3», «不是3是5»: a few characters of a plate or a number.
_ONE_FOR_ANOTHER = re.compile(
    r"是(?P<right>[A-Za-z0-9]{1,4})[,， ]*不是(?P<wrong>[A-Za-z0-9]{1,4})(?![A-Za-z0-9])"
    r"|不是(?P<first>[A-Za-z0-9]{1,4})[,， ]*是(?P<then>[A-Za-z0-9]{1,4})(?![A-Za-z0-9])"
)
_NOTE = "later"  # the field of an amending form for words that fit no other
_JUST_A_NAME = 8
_MOSTLY = 0.6
_AMENDABLE = timedelta(days=3)


def correction(heard: Heard) -> list[Command]:
    """Overwrite what was filled when the customer says that it is wrong."""
    flow = heard.flow
    if flow is None:
        return []
    if not words.CORRECT.search(heard.text) and not _ONE_FOR_ANOTHER.search(heard.text):
        return _tapped_label(heard, flow)
    if mended := _mended(heard, flow):
        return [CorrectSlots(mended, heard.original)]
    values = heard.volunteered(flow)
    # What the flow will not take any more («改成津A…» is the new plate) corrects nothing.
    open_to = {n: s for n, s in values.items() if n in flow.values or flow.takes(n)}
    changed = {n: s for n, s in open_to.items() if s.value != flow.values.get(n)}
    named = _named(heard, flow)
    if named and named.name not in changed and (said := _after_cue(heard, named)):
        changed[named.name] = said
    if changed:
        return [CorrectSlots(changed, heard.original)]
    if named:
        return [ForgetSlot(named.name)]
    return _only_text(heard, flow) or _wrong(heard)


def _mended(heard: Heard, flow: Flow) -> dict[str, Said]:
    """«车牌末位是5不是3»: put some characters of a named value right."""
    match, slot = _ONE_FOR_ANOTHER.search(heard.text), _named(heard, flow)
    before = str(flow.values.get(slot.name) or "") if slot else ""
    if match is None or slot is None or not isinstance(flow.values[slot.name], str):
        return {}
    right = (match["right"] or match["then"]).upper()
    wrong = (match["wrong"] or match["first"]).upper()
    if before.endswith(wrong):
        after = before[: -len(wrong)] + right
    elif before.count(wrong) == 1:
        after = before.replace(wrong, right)
    else:
        return {}
    found = slot.type.answer(after, heard.at)
    return {slot.name: Said(found.value, after)} if found and found.value is not None else {}


def _only_text(heard: Heard, flow: Flow) -> list[Command]:
    """«打错了，是137…» at a card with one text on it is about that text."""
    if heard.pending() is not None or words.ASKS.search(heard.text):
        return []
    shown = [s for s in flow.slots.values() if s.name in flow.values and s.shown]
    told = [slot for slot in shown if slot.type.greedy]
    said = _after_cue(heard, told[0]) if len(told) == 1 else None
    person = next((slot for slot in shown if isinstance(slot.type, PersonName)), None)
    if said and person and (name := name_alone(str(said.value))):
        return [CorrectSlots({person.name: Said(name, said.quote)}, heard.original)]
    return [CorrectSlots({told[0].name: said}, heard.original)] if said else []


def with_value(heard: Heard) -> list[Command]:
    """Take a correction that brings its value, before a rule can misread it («电话改成…»)."""
    commands = correction(heard)
    return [c for c in commands if isinstance(c, CorrectSlots)]


def after_submission(heard: Heard) -> list[Command]:
    """«车牌错了，津B…» after the form was submitted changes what it has recorded."""
    form, amending = _just_done(heard)
    if form is None or amending is None or words.ASKS.search(heard.text):
        return []
    values, added = heard.volunteered(amending), ""
    if (cue := words.ADDS.search(heard.text)) and not words.CORRECT.search(heard.text):
        # «昨天那个，补充一下，左后门漆掉了»: what stands before the cue only says which.
        added = heard.original[cue.end() :].strip(" ,，。:：")
        values = _added(heard.part(added), amending)
    slot = max(amending.slots.values(), key=lambda slot: _mention(heard.text, slot))
    if _mention(heard.text, slot) and slot.name not in values and (said := _after_cue(heard, slot)):
        values[slot.name] = said
    hurt = "injured" in values and values["injured"].value is True
    cued = words.CORRECT.search(heard.text) or words.FORGOT.search(heard.text)
    meant = cued or added or hurt or _completes(heard, values, slot)
    if not values or not meant:
        return []
    return [
        StartFlow(amending.name, heard.original),
        FillSlots(values, heard.original, amending.name, override=True),
    ]


def _added(heard: Heard, amending: Flow) -> dict[str, Said]:
    """Return what was added, as values and, where the form keeps them, in the words as said."""
    values = heard.volunteered(amending)
    if _NOTE in amending.slots and words.TELLS.search(heard.bare):
        values[_NOTE] = Said(heard.original, heard.original)
    return values


def afterthought(heard: Heard) -> list[Command]:
    """«我又想起来了，…» soon after a form that may be added to in plain words goes into it."""
    _, amending = _just_done(heard)
    if amending is None or not all(slot.type.greedy for slot in amending.slots.values()):
        return []
    if not words.AFTERTHOUGHT.match(heard.text) or words.ASKS.search(heard.text):
        return []
    return [StartFlow(amending.name, heard.original)]


def taken_back(heard: Heard) -> list[Command]:
    """«算了，不投诉了» soon after the form was submitted wants it taken back."""
    form, _ = _just_done(heard)
    if form is None or not form.undone_by or form.undone_in not in heard.flows:
        return []
    meant = re.fullmatch(form.undone_by, heard.bare)
    return [StartFlow(form.undone_in, heard.original)] if meant else []


def what_next(heard: Heard) -> list[Command]:
    """«接下来我该干嘛» soon after a form was submitted is about what it has opened."""
    form, _ = _just_done(heard)
    if form is None or form.followed_by not in heard.flows:
        return []
    asks = words.WHAT_NEXT.match(heard.bare)
    return [StartFlow(form.followed_by, heard.original)] if asks else []


def _completes(heard: Heard, values: dict[str, Said], named: Slot[Any]) -> bool:
    """Tell whether the message says hardly more than what was left for later."""
    later = {name: said for name, said in values.items() if name in heard.state.done[2:]}
    told = sum(len(said.quote) for said in later.values() if said.value is not None)
    called = named.name in later and _mention(heard.text, named) > 0
    return bool(told) and (called or told >= _MOSTLY * len(heard.bare))


def _just_done(heard: Heard) -> tuple[type[Flow] | None, Flow | None]:
    """Return the form submitted last, and an empty one of those that change it."""
    if heard.flow is not None or len(heard.state.done) < 2:
        return None, None
    name, since, *_ = heard.state.done
    form = heard.flows.get(name)
    amending = heard.flows.get(form.amended_by) if form else None
    if amending is None or heard.at - datetime.fromisoformat(since) > _AMENDABLE:
        return None, None
    return form, amending()


def _wrong(heard: Heard) -> list[Command]:
    """Something is wrong, but not said what: ask, unless it is a question about something else."""
    if words.EDIT.match(heard.bare):
        return [Confirm(yes=False)]
    return [] if heard.pending() is not None or words.ASKS.search(heard.text) else [Confirm(False)]


def _tapped_label(heard: Heard, flow: Flow) -> list[Command]:
    """At the card, the bare name of a slot means that it is wrong."""
    if heard.pending() is not None or len(heard.bare) > _JUST_A_NAME:
        return []
    slot = next((s for s in flow.slots.values() if heard.bare in (s.label, *s.called)), None)
    return [ForgetSlot(slot.name)] if slot and slot.name in flow.values else []


def _named(heard: Heard, flow: Flow) -> Slot[Any] | None:
    """Return the filled slot that the customer mentions: «对方车牌» is not «车牌»."""
    filled = [s for s in flow.slots.values() if s.name in flow.values and _mention(heard.text, s)]
    return max(filled, key=lambda slot: _mention(heard.text, slot), default=None)


def _mention(text: str, slot: Slot[Any]) -> int:
    """Return the length of the words that name the slot: its label, the end of it, another word."""
    named = (word for word in (slot.label, slot.label[-2:], *slot.called) if word in text)
    return max(map(len, named), default=0)


def _after_cue(heard: Heard, slot: Slot[Any]) -> Said | None:
    """Read «地点改成北马路» as an answer to the slot that is named."""
    tail = max((heard.text.rfind(cue) + len(cue) for cue in _CUES if cue in heard.text), default=0)
    if not 0 < tail < len(heard.text):
        return None
    found = slot.type.answer(heard.text[tail:].strip(" ,，。了"), heard.at)
    if found is None or found.value is None:
        return None
    return Said(found.value, heard.original[tail:].strip())
