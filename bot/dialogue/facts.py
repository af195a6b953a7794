"""The slot values that a text states unasked; no character is used twice."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.dialogue.commands import Said
from bot.dialogue.flow import Flow, Slot
from bot.dialogue.fold import fold
from bot.dialogue.slot_types.base import Found

USED = "\0"


def volunteered(
    flow: Flow, original: str, at: datetime, folded: str | None = None
) -> dict[str, Said]:
    """Return the values of ``flow``'s slots that ``original`` states, in the customer's words."""
    whole = fold(original) if folded is None else folded
    left, values = whole, dict[str, Said]()
    for slot in flow.slots.values():
        found = _found(slot, whole, left, at) if slot.type.volunteered else None
        if found:
            values[slot.name] = as_said(found, original)
            left = left if slot.implied else blank(left, found.span)
    return {name: said for name, said in values.items() if not _taken(name, values, flow)}


def _taken(name: str, values: Mapping[str, Said], flow: Flow) -> bool:
    """Tell whether these words mean something else here: a hospital is not where it happened."""
    better = (s for s in flow.slots.values() if s.instead_of == name and s.name in values)
    quote = values[name].quote
    return any(quote in values[slot.name].quote and slot.when(flow) for slot in better)


def _found(slot: Slot[Any], whole: str, left: str, at: datetime) -> Found[Any] | None:
    """Find a value in the whole sentence, whose words explain each other, or in what is left.

    «报案，刚才追尾了» tells when it happened; without «追尾» it tells when it was reported.
    """
    found = slot.type.find(whole, at)
    if slot.implied:
        return found
    if found and USED not in left[slice(*found.span)]:
        return found
    return slot.type.find(left, at) if USED in left else None


def as_said(found: Found[Any], original: str) -> Said:
    """Return a found value with the customer's own words."""
    start, end = found.span
    return Said(found.value, original[start:end].strip(), found.problem)


def blank(text: str, span: tuple[int, int]) -> str:
    """Return ``text`` with a span overwritten, so that nobody uses it again."""
    start, end = span
    return text[:start] + USED * (end - start) + text[end:]
