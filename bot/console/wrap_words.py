"""What a conversation was about, as the wrap-up asks it: chosen beforehand where we know it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.dialogue.state import DialogueState
from bot.errors import ConfigurationError
from bot.yaml_text import safe_load
from storage.models.case import Claim

_FILE = Path(__file__).with_name("wrap_words.yaml")
# What was done or said longer ago is another matter.
_RECENT = timedelta(hours=24)


class _Choice(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    flows: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    words: tuple[str, ...]
    weak: bool = False


class WrapWords(BaseModel):
    """The two lists of the wrap-up, each in the order in which it is shown."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    reasons: tuple[_Choice, ...]
    products: tuple[_Choice, ...]


@dataclass(frozen=True)
class Heard:
    """What the customer said, and when."""

    text: str
    at: datetime


@dataclass(frozen=True)
class About:
    """What is chosen beforehand; '' leaves the choice to the agent."""

    reason: str = ""
    product: str = ""


@lru_cache(maxsize=1)
def lists() -> WrapWords:
    """Return the lists."""
    return read(_FILE)


def read(file: Path) -> WrapWords:
    """Return the lists of a file; raise ConfigurationError with file, place and remedy."""
    try:
        found = WrapWords.model_validate(safe_load(file.read_text(encoding="utf-8")))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise ConfigurationError(f"{file.name}：{place} 不对：{first['msg']}，请改正") from None
    for name, choices in (("reasons", found.reasons), ("products", found.products)):
        titles = [one.title for one in choices]
        if twice := next((one for one in titles if titles.count(one) > 1), None):
            raise ConfigurationError(f"{file.name}：{name} 里「{twice}」写了两次，请删掉一个")
    return found


def about(
    state: DialogueState, said: Sequence[Heard], why: str, claims: Sequence[Claim], now: datetime
) -> About:
    """Return what it was about: what is being done, what was done, what was said, in this order.

    ``said`` ends with the newest words, ``why`` is what the request for a person says; ``claims``
    begin with the newest.
    """
    words = [one.text for one in reversed(said) if now - one.at <= _RECENT] + [why]
    reason = next((found for flow in _flows(state, now) if (found := _by_flow(flow))), "")
    product = _by_line(_line(state, claims, now)) or _by_words(lists().products, words)
    return About(reason or _by_words(lists().reasons, words), product)


def _flows(state: DialogueState, now: datetime) -> Iterable[str]:
    """Yield what is open, the newest first, then what was finished or put aside just now."""
    yield from (frame.flow for frame in reversed(state.stack))
    if len(state.done) > 1 and now - datetime.fromisoformat(state.done[1]) <= _RECENT:
        yield state.done[0]
    yield from (frame.flow for frame in reversed(state.drafts) if _fresh(frame.touched_at, now))


def _fresh(touched: str, now: datetime) -> bool:
    return bool(touched) and now - datetime.fromisoformat(touched) <= _RECENT


def _line(state: DialogueState, claims: Sequence[Claim], now: datetime) -> str:
    """Return the line of the open form, or of a claim that was reported just now."""
    for frame in reversed(state.stack):
        if "line" in frame.slots:
            return str(frame.slots["line"].value)
    return next((one.line for one in claims[:1] if now - one.reported_at <= _RECENT), "")


def _by_flow(flow: str) -> str:
    return next((one.title for one in lists().reasons if flow in one.flows), "")


def _by_line(line: str) -> str:
    return next((one.title for one in lists().products if line in one.lines), "")


def _by_words(choices: Sequence[_Choice], words: Sequence[str]) -> str:
    for weak in (False, True):
        for text in words:
            for one in choices:
                if one.weak == weak and any(word in text for word in one.words):
                    return one.title
    return ""
