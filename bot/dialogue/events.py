"""One event or another: what was told now may belong to a different accident.

A form that knows by which slots its events differ (``told_apart_by``) takes the facts of one
event only. What is clearly another one waits for its turn; where it is not clear, we ask.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.dialogue import event_words as words
from bot.dialogue.commands import Said
from bot.dialogue.facts import volunteered
from bot.dialogue.flow import Flow
from bot.dialogue.fold import fold
from bot.dialogue.slot_types.plate_tokens import is_plate
from bot.dialogue.words import ASKS, CORRECT

_SAME_TIME = timedelta(hours=2)
_ALIKE = 0.5
_SHORTEST = 14  # characters in which two accidents can be told
_MOST_SPLITS = 12
SURE, UNSURE = "another", "perhaps"


def another(text: str, at: datetime, flow: Flow) -> str:
    """Tell whether ``text`` is about an event other than the one in ``flow``."""
    folded = fold(text)
    if not flow.told_apart_by or words.SAME.search(folded):
        return ""
    if words.ANOTHER.search(folded):
        return "" if ASKS.search(folded) else SURE
    happened = words.HAPPENED.search(folded)
    if not happened or CORRECT.search(folded) or ASKS.search(folded):
        return ""
    clash = clashes(flow, volunteered(flow, text, at, folded))
    if not words.AGAIN.search(folded):
        return UNSURE if len(clash) > 1 else ""
    return SURE if "happened_at" in clash else UNSURE if clash else ""


def clashes(flow: Flow, said: Mapping[str, Said]) -> set[str]:
    """Return the slots for which another value was said than the event in ``flow`` has."""
    return {
        name
        for name in flow.told_apart_by
        if name in flow.order and name in said and said[name].value is not None
        if differ(flow.values.get(name), said[name].value)
    }


def differ(one: Any, other: Any) -> bool:
    """Tell whether two values cannot be of one event: hours apart, or hardly a character shared."""
    if isinstance(one, datetime) and isinstance(other, datetime):
        return abs(one - other) > _SAME_TIME
    if one == other or one is None or other is None:
        return False
    if is_plate(str(one)) or is_plate(str(other)):
        return True
    mine, theirs = set(str(one)), set(str(other))
    return len(mine & theirs) < _ALIKE * min(len(mine), len(theirs))


def apart(text: str, at: datetime, flow: Flow) -> tuple[str, str] | None:
    """Return the two parts of a message that tells two events, None where it tells one."""
    if not flow.told_apart_by or len(text) < _SHORTEST:
        return None
    folded = fold(text)
    cued = any(cue.search(folded) for cue in (words.ANOTHER, words.AGAIN, words.EACH))
    if words.SAME.search(folded) or CORRECT.search(folded) or ASKS.search(folded):
        return None
    if not cued and len(words.DAY.findall(folded)) < 2:
        return None
    ends = [match.end() for match in words.CLAUSE_END.finditer(folded)][:_MOST_SPLITS]
    place = next((end for end in ends if _two(text[:end], text[end:], at, flow)), None)
    return _divided(text, folded, place) if place else None


def _two(before: str, after: str, at: datetime, flow: Flow) -> bool:
    """Tell whether two parts of a message tell an accident each, at different times or places."""
    left, right = fold(before), fold(after)
    if not (words.HAPPENED.search(left) and words.HAPPENED.search(right)):
        return False
    first, second = volunteered(flow, before, at), volunteered(flow, after, at)
    unlike = {
        name
        for name in flow.told_apart_by
        if name in first and name in second and differ(first[name].value, second[name].value)
    }
    each = words.EACH.search(left + right) and words.EACH_BEGINS.match(right)
    if each or words.ANOTHER.match(right) or words.ANOTHER.search(right[:12]):
        return bool({*second} & {*flow.told_apart_by})
    return "happened_at" in unlike and (len(unlike) > 1 or words.AGAIN.search(right) is not None)


def _divided(text: str, folded: str, place: int) -> tuple[str, str]:
    """Return the parts; what is said of both belongs to either."""
    both = words.OF_BOTH.search(folded, place)
    extra = text[both.start() :] if both else ""
    return text[:place].rstrip() + extra, text[place:]
