"""A reader of picks: one of the policies that were just listed, by kind or by place."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.back_office import PolicyView
from bot.dialogue.commands import Command
from bot.dialogue.heard import Heard
from bot.dialogue.question_words import place_in_list
from bot.dialogue.readers_open import start

LISTED, SEEN = "listed", "seen"
A_CARD = "card:"  # before the name of a product whose card was shown: no policy was
POLICY_BUTTON = "保单 {number}"


def listing(flow: str, policies: Sequence[PolicyView]) -> str:
    """Return what a flow remembers of the policies it has listed."""
    return f"{flow}:{','.join(policy.number for policy in policies)}"


def picked(heard: Heard) -> list[Command]:
    """Take «商业险那份» or «第二份» as a pick from the list, and not as a question about insurance.

    Only right after the list: once something else was answered, the words mean what they say.
    """
    if heard.flow or heard.state.answered:
        return []
    name, _, listed = known(heard, LISTED).partition(":")
    if name not in heard.flows:
        return []
    numbers = listed.split(",")
    # A bare figure may be a score, or the last digits of something.
    place = place_in_list(heard.bare, len(numbers)) if len(heard.bare) > 1 else None
    if place is not None:
        return start(name, heard.part(f"{heard.original} {numbers[place]}"))
    return start(name, heard) if _names_one(heard, name) else []


def _names_one(heard: Heard, name: str) -> bool:
    words = heard.flows[name].picked_by
    return bool(words) and re.fullmatch(words, heard.bare.strip(" 。!?")) is not None


def known(heard: Heard, name: str) -> str:
    """Return what a flow has remembered of what it showed, '' for nothing."""
    stored = heard.state.known.get(name)
    return str(stored.value or "") if stored else ""
