"""One of a few options, chosen by number, by label or by its own words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from bot.dialogue.slot_types.base import Found, Json
from bot.dialogue.slot_types.chinese_numbers import integer

_NUMBER = re.compile(
    r"(?:选|第|我选|就|要)*([1-9一二两三四五六七八九])(?:个|项|种|号|吧|的|呗|那个|[.、 ])*"
)
_LAST = re.compile(r"(?:选|要|就)*(?:最后|末)一?(?:个|项|种)(?:吧|的)?")
# Who shrugs answers what was asked, and nothing that nobody has asked yet.
_SHRUG = re.compile(
    r"[那就我 ]*(?:随便|随[你您]们?|怎么都行|怎样都行|都[行成好]|都可以|无所谓|看着办|[你您]们?定)"
    r"[的吧啊呀了呗,。!. ]*"
)
_NEGATION = re.compile(r"(?:不是|不要|不选|不用|别|不|没)$")


@dataclass(frozen=True)
class Choice:
    """``options`` are (stored value, label, regular expression of the words for it)."""

    options: tuple[tuple[str, str, str], ...] = ()
    volunteered: bool = False
    greedy: bool = False

    def find(self, text: str, now: datetime) -> Found[str] | None:
        """Return the option named, and only one, where it may be said unasked."""
        if not self.volunteered or _SHRUG.fullmatch(text.strip()):
            return None
        return self._named(text)

    def answer(self, text: str, now: datetime) -> Found[str] | None:
        """Return the option tapped, numbered or named."""
        reply = text.strip(" \t\n,。!.、")
        for value, label, _ in self.options:
            if reply in (label, value):
                return Found(value, (0, len(text)))
        if position := self._position(reply):
            return Found(self.options[position - 1][0], (0, len(text)), 0.9)
        return self._named(text)

    def dump(self, value: str) -> Json:
        """Return the stored value."""
        return value

    def load(self, raw: Json) -> str:
        """Return the value; raise ValueError where there is no such option."""
        if not isinstance(raw, str) or raw not in {value for value, _, _ in self.options}:
            raise ValueError(f"{raw!r} is not one of the options")
        return raw

    def show(self, value: str) -> str:
        """Return the label."""
        return next((label for known, label, _ in self.options if known == value), value)

    def _position(self, reply: str) -> int | None:
        if self.options and _LAST.fullmatch(reply):
            return len(self.options)
        numbered = _NUMBER.fullmatch(reply)
        position = integer(numbered[1]) if numbered else None
        return position if position and position <= len(self.options) else None

    def _named(self, text: str) -> Found[str] | None:
        """Return the only option named; of several, the one that is not denied, or none."""
        named = dict(self._mentions(text))
        if len(named) != 1:
            return None
        value, span = next(iter(named.items()))
        return Found(value, span, 0.9)

    def _mentions(self, text: str) -> Iterator[tuple[str, tuple[int, int]]]:
        for value, label, words in self.options:
            for match in re.finditer(
                f"{words}|{re.escape(label)}" if words else re.escape(label), text
            ):
                if not _NEGATION.search(text[max(0, match.start() - 2) : match.start()]):
                    yield value, match.span()
