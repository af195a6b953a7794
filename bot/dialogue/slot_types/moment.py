"""The time of an incident, in the words of Tianjin."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone

from bot.dialogue.fold import fold
from bot.dialogue.slot_types.base import Found, Json
from bot.dialogue.slot_types.moment_phrases import (
    CORRECTED,
    INCIDENT,
    NEGATED,
    Phrase,
    about,
    is_business,
    phrases,
    words,
)
from bot.dialogue.slot_types.moment_resolve import FUTURE, resolve
from bot.dialogue.slot_types.plain import blank, is_question, without_hypotheses

SHANGHAI = timezone(timedelta(hours=8))
_PLACE_LIKE = re.compile(r"[路道街桥里区镇乡村场站口园楼县库]")
_NOT_SAID = re.compile(r"[\s,。!;\0]")
# What is left of «其实是前天的事» says nothing besides the day.
_ONLY_THAT = re.compile(r"(?:其实|应该|好像|就)?是?(?:的(?:事儿?)?)?")
_CALLED = re.compile(r"[ ,的就才]*(?:报|打)(?:的|了|过)?(?:警|案|电话|的?122|的?110)")
# Asked when it happened, «就现在» says it; unasked («现在能开吗») it says nothing of the kind.
_NOW = re.compile(
    r"(?:^|[\s,。])(?:就是?|才)?(?:现在|这会儿?|这阵儿?|眼下|当下|目前)(?:吧|呢|啊|的事儿?|刚出的?)*(?=$|[\s,。\0])"
)
_JUST_NOW = re.compile(r"(?:^|[\s,。])(就(?:是)?(?:现在|这会儿?))(?=$|[\s,。])")
_NOON = 12
_WEEKDAYS = "一二三四五六日"


def _live(text: str, found: list[Phrase]) -> list[tuple[Phrase, str]]:
    """Return the phrases that are not about a report, an appointment or a policy."""
    judged = []
    found = _same_day(text, found)
    for index, phrase in enumerate(found):
        since = found[index - 1].span[1] if index else 0
        limit = found[index + 1].span[0] if index + 1 < len(found) else len(text)
        judged.append((phrase, about(text, phrase, since, limit)))
    return [(phrase, topic) for phrase, topic in judged if topic != "business"]


def _same_day(text: str, found: list[Phrase]) -> list[Phrase]:
    """«昨天十点报的警，九点四十撞的»: a time without a day is of the day the call was made."""
    whole = found[:1]
    for phrase in found[1:]:
        called, left = whole[-1], text[whole[-1].span[1] : phrase.span[0]]
        if called.day and phrase.clock and not (phrase.day or phrase.ago) and _CALLED.match(left):
            part = phrase.part or (called.part if phrase.clock.hour <= _NOON else None)
            whole.append(replace(phrase, day=called.day, part=part))
        else:
            whole.append(phrase)
    return whole


def _corrected(text: str, earlier: Phrase, later: Phrase) -> bool:
    between = text[earlier.span[1] : later.span[0]]
    return bool(CORRECTED.search(between)) or _denied(text, earlier)


def _denied(text: str, phrase: Phrase) -> bool:
    return NEGATED.search(text[max(0, phrase.span[0] - 3) : phrase.span[0]]) is not None


def _combine(text: str, live: list[tuple[Phrase, str]]) -> list[tuple[Phrase, str]]:
    """Merge corrections and phrases that complete each other."""
    merged: list[tuple[Phrase, str]] = []
    for phrase, topic in live:
        if merged and _denied(text, phrase):
            continue
        if merged and _corrected(text, merged[-1][0], phrase):
            merged[-1] = (phrase.completed(merged[-1][0]), topic or merged[-1][1])
        elif merged and phrase.complements(merged[-1][0]):
            earlier, theirs = merged[-1]
            first, second = (earlier, phrase) if earlier.sharp else (phrase, earlier)
            merged[-1] = (first.completed(second), topic or theirs)
        else:
            merged.append((phrase, topic))
    return merged


def _chosen(text: str, now: datetime) -> tuple[Phrase, str] | None:
    """Return the phrase that says when it happened: about an incident, then the fullest."""
    combined = _combine(text, _live(text, phrases(text, now.date())))
    ranked = sorted(combined, key=lambda one: (one[1] == "incident", one[0].weight), reverse=True)
    return ranked[0] if ranked else None


def _plausible(text: str, phrase: Phrase) -> bool:
    """Tell whether a vague phrase, said unasked, is about an incident at all."""
    rest = blank(text, phrase.span)
    if INCIDENT.search(rest) or _ONLY_THAT.fullmatch(_NOT_SAID.sub("", rest)):
        return True
    if is_business(rest) or is_question(rest):
        return False
    if phrase.day and CORRECTED.search(rest):
        return True
    today = phrase.day and phrase.day.span and text[slice(*phrase.day.span)].startswith("今")
    if phrase.sharp or (phrase.part and phrase.day):
        return True
    return bool(phrase.day and not today and _PLACE_LIKE.search(rest)) or (
        bool(phrase.ago) and _PLACE_LIKE.search(rest) is not None
    )


def _nearest(at: datetime, phrase: Phrase, told: datetime) -> datetime:
    """Return the hour meant by «不对，是四点»: without a word for it, the one nearer to before."""
    if phrase.part or (phrase.clock and phrase.clock.hour > _NOON):
        return at
    other = at.replace(hour=(at.hour + 12) % 24)
    return min(at, other, key=lambda one: abs(one - told))


def time_spans(text: str, now: datetime) -> list[tuple[int, int]]:
    """Return where words for time stand, so that other slots do not read them."""
    return [word.span for word in words(text, now.date())]


@dataclass(frozen=True)
class Moment:
    """An aware time; what is in the future or does not exist is a problem."""

    volunteered: bool = True
    greedy: bool = False

    def find(self, text: str, now: datetime) -> Found[datetime] | None:
        """Return when it happened, where that was said."""
        text = without_hypotheses(text)
        chosen = _chosen(text, now)
        if chosen is None and (told := _JUST_NOW.search(text)):
            return Found(now.astimezone(SHANGHAI), told.span(1), 0.7)
        if chosen is None or not (chosen[1] == "incident" or _plausible(text, chosen[0])):
            return None
        phrase = chosen[0]
        found = self._found(phrase, now)
        rest = _NOT_SAID.sub("", blank(text, phrase.span))
        if found.problem == FUTURE and not INCIDENT.search(rest) and len(rest) > 3:
            return None  # Rather a plan than a slip.
        return found

    def answer(self, text: str, now: datetime) -> Found[datetime] | None:
        """Return the time; asked for it, vague words are enough."""
        if is_question(text) and not INCIDENT.search(text):
            return None
        chosen = _chosen(text, now)
        if chosen is None and (at_once := _NOW.search(text)):
            return Found(now.astimezone(SHANGHAI), at_once.span(), 0.7)
        return self._found(chosen[0], now) if chosen else None

    def completed(self, value: datetime, quote: str, before: datetime, now: datetime) -> datetime:
        """Return a corrected time: another day leaves the hour that was told, and the reverse."""
        chosen = _chosen(fold(quote), now)
        if chosen is None or chosen[0].ago:
            return value
        phrase, told = chosen[0], before.astimezone(SHANGHAI)
        if phrase.day and not (phrase.clock or phrase.part):
            moved = datetime.combine(value.date(), told.timetz())
        elif phrase.clock and not phrase.day:
            moved = _nearest(datetime.combine(told.date(), value.timetz()), phrase, told)
        else:
            return value
        return moved if moved <= now else value

    def dump(self, value: datetime) -> Json:
        """Return the time in ISO format."""
        return value.isoformat()

    def load(self, raw: Json) -> datetime:
        """Return the time; raise ValueError for anything but an aware time."""
        if not isinstance(raw, str):
            raise ValueError(f"a time in ISO format is needed, not {raw!r}")
        value = datetime.fromisoformat(raw)
        if value.tzinfo is None:
            raise ValueError(f"{raw!r} has no offset")
        return value

    def show(self, value: datetime) -> str:
        """Return month, day, weekday and time."""
        day = f"{value.month}月{value.day}日（周{_WEEKDAYS[value.weekday()]}）"
        return f"{day}{value:%H:%M}"

    def _found(self, phrase: Phrase, now: datetime) -> Found[datetime]:
        value, problem = resolve(phrase, now.astimezone(SHANGHAI))
        sure = 0.95 if phrase.sharp and (phrase.day or phrase.part) else 0.7
        return Found(value, phrase.span, sure, problem)


moment = Moment()
