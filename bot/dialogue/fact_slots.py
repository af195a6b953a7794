"""Slots for the facts of each line of business, made from the clerks' table."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from bot.desks.claim_facts import Field, facts
from bot.dialogue.flow import Slot, Slots
from bot.dialogue.slot_types.base import SlotType
from bot.dialogue.slot_types.choice import Choice
from bot.dialogue.slot_types.fact import FactText
from bot.dialogue.slot_types.fen import Fen
from bot.dialogue.slot_types.flags import Flag

_NEVER = r"(?!)"
Matters = Callable[[Any, str], bool]
# These facts have slots of their own in the flows about claims.
_OWN = frozenset(
    (
        "happened_at", "place", "phone", "story", "accident_type", "damage", "reporter", "plate",
        "policy_number", "drivable", "police_reported",
    )
)  # fmt: skip


def matters(line: str | None, key: str) -> bool:
    """Tell whether a fact belongs to a line, as far as that is known."""
    return line is not None and facts().matters(line, key)


def asked(line: str | None, key: str, known: Mapping[str, Any]) -> bool:
    """Tell whether a customer is asked for this fact of the line, given what else is known."""
    return matters(line, key) and facts().asks(str(line), key, known)


def of_line(line: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that belong to a line; in cargo the plate is the carrier's."""
    foreign = {f.key for f in _further() if not matters(line, f.key)}
    told = {key: value for key, value in values.items() if key not in foreign}
    if line == "cargo" and told.get("plate"):
        told.setdefault("carrier_plate", told["plate"])
    return told


def fact_slots(relevant: Matters, asks: Matters = lambda flow, key: False) -> Slots:
    """Return a slot for every further fact that the dialogue can hear.

    ``relevant`` tells whether a fact is shown by a flow, ``asks`` whether it is asked for there.
    """
    return Slots({field.key: _slot(field, relevant, asks) for field in _further()})


def _further() -> list[Field]:
    return [field for field in facts().fields.values() if field.told and field.key not in _OWN]


def _slot(field: Field, relevant: Matters, asks: Matters) -> Slot[Any]:
    key = field.key

    def when(flow: Any) -> bool:
        known = key in flow.values or key in flow.skipped or bool(field.instead_of)
        return relevant(flow, key) and (known or asks(flow, key))

    return Slot(
        slot_type(field),
        label=field.label,
        ask=field.ask or f"{field.label}？",
        when=when,
        also=field.beside,
        ask_both=field.ask_both,
        buttons=field.buttons,
        help=field.help,
        optional=not field.ask,
        # «报案人的儿子在儿童医院» tells who, where and more: nobody uses the words up.
        implied=True,
        instead_of=field.instead_of,
    )


def slot_type(field: Field) -> SlotType[Any]:
    """Return how values of a fact are found."""
    if field.kind == "flag":
        return Flag(
            positive=re.compile(field.positive or _NEVER),
            negative=re.compile(field.negative or _NEVER),
        )
    if field.kind == "money":
        return Fen(field.cue or _NEVER)
    if field.options:
        return Choice(
            tuple((label, label, words) for label, words in field.options), volunteered=True
        )
    return FactText(heard=field.heard, shape=field.shape)
