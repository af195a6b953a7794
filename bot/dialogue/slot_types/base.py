"""What every slot type knows: find a value in Chinese text, store it, show it to people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar, runtime_checkable

T = TypeVar("T")
Json = str | int | float | bool | list["Json"] | dict[str, "Json"] | None


@dataclass(frozen=True)
class Found(Generic[T]):
    """A value, the part of the utterance it came from and how sure we are (0–1).

    ``value`` is None where something was said that cannot be used (a time in the future,
    a plate with a wrong character); ``problem`` then tells the customer why and what to do.
    """

    value: T | None
    span: tuple[int, int]
    confidence: float = 1.0
    problem: str | None = None


class SlotType(Protocol[T]):
    """How one kind of value is found, stored and shown.

    ``text`` given to ``find`` is already folded (:func:`bot.dialogue.fold.fold`); characters
    used by another slot are blanked with NUL. ``now`` is aware, Asia/Shanghai.
    """

    @property
    def volunteered(self) -> bool:
        """Tell whether a value is specific enough to be picked up before we ask for it."""
        ...

    @property
    def greedy(self) -> bool:
        """Tell whether any text is accepted, so that a clear change of subject must win."""
        ...

    def find(self, text: str, now: datetime) -> Found[T] | None:
        """Return the value said unasked in ``text``, if any."""
        ...

    def answer(self, text: str, now: datetime) -> Found[T] | None:
        """Return the value when ``text`` answers our question; more generous than ``find``."""
        ...

    def dump(self, value: T) -> Json:
        """Return the value as JSON."""
        ...

    def load(self, raw: Json) -> T:
        """Rebuild a dumped value; raise ValueError where ``raw`` is of another version."""
        ...

    def show(self, value: T) -> str:
        """Return the value as people read it."""
        ...


@runtime_checkable
class Completing(Protocol[T]):
    """A slot type whose corrections leave open what stays: «是前天» says nothing of the hour."""

    def completed(self, value: T, quote: str, before: T, now: datetime) -> T:
        """Return ``value``, said as ``quote``, with what it leaves open taken from ``before``."""
        ...
