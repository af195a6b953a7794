"""Some of a few options: «着火和漏水», «1、3», «都担心»."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from bot.dialogue.slot_types.base import Found, Json
from bot.dialogue.slot_types.chinese_numbers import integer
from bot.dialogue.slot_types.choice import Choice

_PLACES = re.compile(r"(?:选|第|我选|要)*(?:[1-9一二三四五六七八九][个项号]?[ ,，、和跟.]*){1,9}")
_PLACE = re.compile(r"[1-9一二三四五六七八九]")
_ALL = re.compile(
    r"^(?:这?(?:几|些)?(?:样|个|项|种)?)?(?:全都?|都|全部|样样都?)(?:要|怕|担心|想要|选|有|是|保)?[的了吧呗啊]*$"
)
# «都不担心» denies everything: no option at all.
_NONE = re.compile(r"都不|都没|没有?(?:担心|怕)|不担心|不怕")


@dataclass(frozen=True)
class Several:
    """``options`` are those of `Choice`; the value is the list of those named, in their order."""

    options: tuple[tuple[str, str, str], ...] = ()
    volunteered: bool = False
    greedy: bool = False

    def find(self, text: str, now: datetime) -> Found[list[str]] | None:
        """Return the options named, where they may be said unasked."""
        return self._named(text, now) if self.volunteered else None

    def answer(self, text: str, now: datetime) -> Found[list[str]] | None:
        """Return the options tapped, numbered or named; «都要» is all of them."""
        reply = text.strip(" \t\n,，。!.、")
        if _ALL.match(reply):
            return Found([value for value, _, _ in self.options], (0, len(text)), 0.9)
        if _PLACES.fullmatch(reply) and (values := self._at(reply)):
            return Found(values, (0, len(text)), 0.9)
        return None if _NONE.search(reply) else self._named(text, now)

    def dump(self, value: list[str]) -> Json:
        """Return the stored values."""
        return list(value)

    def load(self, raw: Json) -> list[str]:
        """Return the values; raise ValueError where one is no option."""
        known = {value for value, _, _ in self.options}
        if not isinstance(raw, list) or not raw or any(item not in known for item in raw):
            raise ValueError(f"{raw!r} are not options")
        return [str(item) for item in raw]

    def show(self, value: list[str]) -> str:
        """Return the labels."""
        labels = {known: label for known, label, _ in self.options}
        return "、".join(labels.get(item, item) for item in value)

    def _at(self, reply: str) -> list[str]:
        """Return the options at the places named; nothing where one is beyond the list."""
        places = [integer(digit) or 0 for digit in _PLACE.findall(reply)]
        if any(not 0 < place <= len(self.options) for place in places):
            return []
        return [self.options[place - 1][0] for place in sorted(set(places))]

    def _named(self, text: str, now: datetime) -> Found[list[str]] | None:
        spans = [
            (value, found.span)
            for value, label, words in self.options
            # Each option looks for itself, so that several may be named.
            if (found := Choice(((value, label, words),), volunteered=True).find(text, now))
        ]
        if not spans:
            return None
        start, end = min(s for _, (s, _) in spans), max(e for _, (_, e) in spans)
        return Found([value for value, _ in spans], (start, end), 0.9)
