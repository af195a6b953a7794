"""One utterance in its place: what was said, when, and what we were talking about."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from bot.dialogue.commands import Said
from bot.dialogue.facts import USED, as_said, blank, volunteered
from bot.dialogue.flow import Flow, Slot
from bot.dialogue.fold import fold
from bot.dialogue.reading import Hit, IntentReader, KnowledgeBase, Reading
from bot.dialogue.slot_types.base import Found
from bot.dialogue.slot_types.flags import Flag
from bot.dialogue.slot_types.plain import CLAUSE
from bot.dialogue.starters import Starters
from bot.dialogue.state import DialogueState
from bot.dialogue.words import ASKING, OPENER


@dataclass(frozen=True)
class Heard:
    """The utterance; ``flow`` is the flow in progress, else ``draft`` the newest one put aside.

    ``sure`` is the confidence from which a reading counts. Readings are made when first asked for.
    """

    original: str
    at: datetime
    flow: Flow | None
    draft: Flow | None
    state: DialogueState
    flows: Mapping[str, type[Flow]]
    starters: Starters
    intents: IntentReader
    knowledge: KnowledgeBase
    sure: float = 0.55

    @cached_property
    def text(self) -> str:
        """Return the folded text; same length as the original."""
        return fold(self.original)

    @cached_property
    def bare(self) -> str:
        """Return the folded text without blanks at its ends."""
        return self.text.strip()

    @cached_property
    def reading(self) -> Reading:
        """Return what the sentence means on its own."""
        return self.intents.read(self.original)

    @cached_property
    def hit(self) -> Hit:
        """Return what the knowledge base makes of it."""
        return self.look_up(self.original)

    def look_up(self, asked: str) -> Hit:
        """Return what the knowledge base makes of ``asked``, nothing where it misses the point."""
        hit = self.knowledge.look_up(asked)
        if self.flow is None or not hit.matches:
            return hit
        best = self.knowledge.question(hit.matches[0].id)
        return Hit() if self.flow.misses_the_point(best, asked) else hit

    @cached_property
    def asks(self) -> bool:
        """Tell whether it is a question, as far as its words show."""
        return ASKING.search(self.text) is not None

    @property
    def wish(self) -> str:
        """Return the flow that is clearly wanted; none where the knowledge base comes first."""
        flow = self.flows.get(self.reading.intent)
        if flow is None or self.reading.confidence < self.sure:
            return ""
        if flow.asked_by and re.fullmatch(flow.asked_by, self.bare):
            return ""
        return "" if flow.knowledge_first and self.asks else flow.name

    def pending(self) -> Slot[Any] | None:
        """Return the slot that was asked for."""
        return self.flow.pending() if self.flow else None

    def part(self, words: str) -> Heard:
        """Return a part of the utterance as if it were all that was said."""
        return replace(self, original=words)

    def volunteered(self, flow: Flow) -> dict[str, Said]:
        """Return slot values said unasked; no character is used twice."""
        return volunteered(flow, self.original, self.at, self.text)

    def news(self, flow: Flow) -> dict[str, Said]:
        """Return what was said unasked and may be stored without a correction."""
        told = self.volunteered(flow)
        return {n: s for n, s in told.items() if flow.takes(n) or flow.refines(n, s.value, s.quote)}

    def said(self, found: Found[Any]) -> Said:
        """Return a found value with the customer's own words."""
        return as_said(found, self.original)

    def answer(self, slot: Slot[Any], used: Mapping[str, Said]) -> Said | None:
        """Return the text as an answer to ``slot``, without what other slots have used.

        «对了，…» is how people change the subject, not a yes.
        """
        text = self.text
        if opener := OPENER.match(text):
            text = blank(text, opener.span())
        for other in used.values():
            if (start := self.original.find(other.quote)) >= 0 and other.quote:
                text = blank(text, (start, start + len(other.quote)))
        text = self._without_flags(text, used) if slot.type.greedy else text
        found = slot.type.answer(self._whole(text) if slot.type.greedy else text, self.at)
        return self.said(found) if found else None

    def _without_flags(self, text: str, used: Mapping[str, Said]) -> str:
        """Leave out what says a used fact again: «报110了 警察来过» names nothing broken."""
        named = (self.flow.slots[n].type for n in used if n in self.flow.slots) if self.flow else ()
        for kind in (kind for kind in named if isinstance(kind, Flag)):
            for clause in CLAUSE.finditer(text):
                if kind.find(clause.group(), self.at) is not None:
                    text = blank(text, clause.span())
        return text

    def _whole(self, left: str) -> str:
        """Return what is left in whole clauses: those that say more than others have used."""
        for clause in CLAUSE.finditer(self.text):
            start, end = clause.span()
            if left.count(USED, start, end) * 2 < end - start:
                left = left[:start] + self.text[start:end] + left[end:]
            else:
                left = blank(left, (start, end))
        return left
