"""The reader of another event told while a form about one is open."""

from __future__ import annotations

from bot.dialogue import events
from bot.dialogue.commands import Command, FillSlots, PutOff
from bot.dialogue.heard import Heard

_ASKED_WHICH = ("same_case", "same_event")


def another_event(heard: Heard) -> list[Command]:
    """Keep two accidents apart: the second waits, or is asked about where that is not clear."""
    flow, slot = heard.flow, heard.pending()
    if flow is None or not flow.told_apart_by or (slot and slot.name in _ASKED_WHICH):
        return []
    if parts := events.apart(heard.original, heard.at, flow):
        first, second = parts
        here = heard.part(first)
        if not events.clashes(flow, here.volunteered(flow)):
            filled = FillSlots(here.news(flow), first, flow.name)
            return [filled, PutOff(flow.name, second)]
        # Neither is the one of the open form: each waits for a form of its own.
        return [PutOff(flow.name, first), PutOff(flow.name, second)]
    found = events.another(heard.original, heard.at, flow)
    return [PutOff(flow.name, heard.original, ask=found == events.UNSURE)] if found else []
