"""Read everything a claim needs from one message."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from bot.dialogue.fold import fold
from bot.dialogue.slot_types.accident import accident_type, line
from bot.dialogue.slot_types.base import Json, SlotType
from bot.dialogue.slot_types.flags import drivable, injured, police_reported
from bot.dialogue.slot_types.identity import identity_number, vin
from bot.dialogue.slot_types.moment import moment, time_spans
from bot.dialogue.slot_types.numbers import (
    claim_number,
    complaint_number,
    policy_number,
    ticket_number,
)
from bot.dialogue.slot_types.phone import phone
from bot.dialogue.slot_types.place import place
from bot.dialogue.slot_types.plain import blank
from bot.dialogue.slot_types.plate import other_plate, plate
from bot.dialogue.slot_types.relation import relation

_LIMIT = 2000
_SHARED = re.compile(r"\[位置\][^\n]*")
_SUPPOSED = re.compile(r"[^\s,。;!?]{0,12}(?:要是|如果|假如|假设|万一|倘若)[^。\n]*")
# In this order each takes its characters away: a plate's digits are no telephone number.
_NUMBERS: tuple[tuple[str, SlotType[Any]], ...] = (
    ("plate", plate),
    ("other_plate", other_plate),
    ("", claim_number),
    ("", complaint_number),
    ("", ticket_number),
    ("", identity_number),
    ("", vin),
    ("phone", phone),
    ("", policy_number),
)
_FACTS: tuple[tuple[str, SlotType[Any]], ...] = (
    ("injured", injured),
    ("drivable", drivable),
    ("police_reported", police_reported),
    ("accident_type", accident_type),
    ("reporter_relation", relation),
    ("line", line),
)
# A line of the interface and the dialogue that this command's contract does not know.
_NOT_IN_CONTRACT = ("property",)


def claim_slots(text: str, now: datetime) -> dict[str, Json]:
    """Return what is said in ``text`` by contract key; None where it was said but is unusable."""
    text = fold(text[:_LIMIT])
    slots: dict[str, Json] = {}
    rest = _SUPPOSED.sub(lambda match: "\0" * len(match.group()), text)
    for key, slot in _NUMBERS:
        rest = _take(slots, key, slot, rest, now)
    facts = _SHARED.sub(lambda match: "\0" * len(match.group()), rest)
    for key, slot in _FACTS:
        if (found := slot.find(facts, now)) and found.value not in _NOT_IN_CONTRACT:
            slots[key] = slot.dump(found.value) if found.value is not None else None
    _take(slots, "happened_at", moment, facts, now)
    if where := _place(rest, facts, now):
        slots["place"] = where
    return slots


def _place(rest: str, facts: str, now: datetime) -> str | None:
    """Return the place shared or named, where no time was read."""
    if rest != facts:
        found = place.find(rest, now)
    else:
        found = place.named(blank(rest, *time_spans(facts, now)))
    return found.value if found else None


def _take(slots: dict[str, Json], key: str, slot: SlotType[Any], text: str, now: datetime) -> str:
    """Note what ``slot`` finds under ``key`` and return the text without it."""
    found = slot.find(text, now)
    if found is None:
        return text
    if key:
        slots[key] = slot.dump(found.value) if found.value is not None else None
    return blank(text, found.span)
