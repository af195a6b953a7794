"""By which words a message begins a flow: taps, whole sentences, sounds and numbers of ours.

Laid out once for all flows, so that a message asks only those that have such words at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.dialogue.flow import Flow


@dataclass(frozen=True)
class Starter:
    """What may begin one flow besides its intent."""

    name: str
    sound: re.Pattern[str] | None
    recognised_by: tuple[str, ...]
    suggested_by: tuple[str, ...]
    flow: type[Flow]

    def sounds_like(self, text: str, *, whole: bool) -> bool:
        """Tell whether ``text`` sounds like the flow; ``whole`` asks that all of it does."""
        if self.sound is None:
            return False
        return (self.sound.fullmatch if whole else self.sound.search)(text) is not None

    def numbered(self, text: str, at: datetime, *, likely: bool) -> bool:
        """Tell whether a number in ``text`` belongs to the flow, or supports that it is likely."""
        names = (*self.recognised_by, *self.suggested_by) if likely else self.recognised_by
        found = [self.flow.slots[name].type.find(text, at) for name in names]
        return any(value is not None and value.value is not None for value in found)


class Starters:
    """The words of all flows, in the order of the flows."""

    def __init__(self, flows: Iterable[type[Flow]]) -> None:
        flows = tuple(flows)
        self._taps: Mapping[str, str] = {
            tap: flow.name for flow in reversed(flows) for tap in flow.taps
        }
        told = [flow for flow in flows if flow.told_by]
        self._told_names = tuple(flow.name for flow in told)
        self._told = _one_of([flow.told_by for flow in told])
        self._longest = Flow.told_within
        self._longer = [
            (flow.name, flow.told_within, re.compile(flow.told_by))
            for flow in told
            if flow.told_within > self._longest
        ]
        self._others = [
            Starter(
                flow.name,
                re.compile(flow.sounds_like) if flow.sounds_like else None,
                flow.recognised_by,
                flow.suggested_by,
                flow,
            )
            for flow in flows
            if flow.sounds_like or flow.recognised_by or flow.suggested_by
        ]

    def tapped(self, words: str) -> str:
        """Return the flow that a button with these words begins, '' for none."""
        return self._taps.get(words, "")

    def told(self, words: str) -> str:
        """Return the flow that is begun by a message that is wholly ``words``, '' for none.

        What is wholly a wish is short: a longer text is looked at only by flows that allow for it.
        """
        if len(words) > self._longest:
            longer = (n for n, most, p in self._longer if len(words) <= most and p.fullmatch(words))
            return next(longer, "")
        found = self._told and self._told.fullmatch(words)
        return self._told_names[_which(found)] if found else ""

    def __iter__(self) -> Iterator[Starter]:
        """Yield what else may begin a flow."""
        return iter(self._others)


def _one_of(patterns: Sequence[str]) -> re.Pattern[str] | None:
    """Return one pattern for all: the message path then asks once. Its group tells which it was."""
    named = [f"(?P<_{n}>{pattern})" for n, pattern in enumerate(patterns)]
    return re.compile("|".join(named)) if named else None


def _which(found: re.Match[str]) -> int:
    groups = found.groupdict()
    return next(int(name[1:]) for name, words in groups.items() if words is not None)
