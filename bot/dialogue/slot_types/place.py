"""The place of an incident, as the customer says it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from bot.dialogue.slot_types.base import Found
from bot.dialogue.slot_types.moment import time_spans
from bot.dialogue.slot_types.place_words import (
    BAD,
    CUE,
    CUT,
    DISTRICT_PLACE,
    LEAD,
    SUFFIX,
    TAIL,
    WHOLE_TOO_VAGUE,
)
from bot.dialogue.slot_types.plain import (
    TextValue,
    blank,
    is_hypothesis,
    is_question,
    stripped_span,
)

_SHARED = re.compile(r"\[位置\]\s*([^\n\0]{2,120})")
_SEGMENT = re.compile(r"[^\s,。;!?、\0:]+[?]?")
_DENIED = re.compile(r"不是|并非|没在|不在")
_CORRECTED = re.compile(r"不对|不是|错了|说错|改成|更正|应该是")
_LIMIT = 400
_LONGEST = 30
_NO_ANSWER = re.compile(
    r"不知道|不清楚|不记得|忘了|说不好|不确定|没有|怎么|多久|人工|算了|取消|投诉|跳过"
    r"|以后补|等会|等一下|发你?定位|发个?位置|^[\d\s\-]+$"
)
_ANSWER_LEAD = re.compile(
    r"(?:嗯|哦|啊|那个|就|是|在|到|我(?=在|就|是)|地点|地址|位置|事故|出险|发生|停|刚|[,: ])*+"
)
_ANSWER_TAIL = re.compile(r"(?:这儿?|那儿?|吧|呢|啊|呀|的|了|[,。! ])+$")
_STORY = re.compile(r"撞|蹭|剐|刮|追尾|淹|砸|划了|报警|受伤|没伤|让.{0,6}车|被")


@dataclass(frozen=True)
class _Candidate:
    span: tuple[int, int]
    cued: bool


def _ending(core: str) -> int:
    """Return where the place in ``core`` ends: behind its last telling word, 0 if it has none."""
    end = 0
    while suffix := SUFFIX.search(core, end):
        tail = TAIL.match(core, suffix.end())
        end = max(tail.end() if tail else 0, suffix.end())
    if not end and (whole := DISTRICT_PLACE.fullmatch(core)):
        end = whole.end()
    return end


def _core(segment: str) -> tuple[int, int, bool]:
    """Return where the words that may name a place begin and break off, and if they are led in."""
    cues = list(CUE.finditer(segment))
    lead = LEAD.match(segment, cues[-1].end() if cues else 0)
    start = lead.end() if lead else 0
    cut = CUT.search(segment, start)
    return start, cut.start() if cut else len(segment), bool(cues)


def _in_segment(segment: str) -> tuple[int, int, bool] | None:
    if is_question(segment) or is_hypothesis(segment) or _DENIED.match(segment):
        return None
    start, stop, cued = _core(segment)
    end = start + _ending(segment[start:stop])
    place = segment[start:end]
    if not 2 <= len(place) <= _LONGEST or BAD.search(place):
        return None
    if WHOLE_TOO_VAGUE.match(place) and not (cued and len(place) > 2):
        return None
    return start, end, cued


def _candidates(text: str) -> list[_Candidate]:
    """Return the places named; parts that follow each other directly are one."""
    found: list[_Candidate] = []
    for segment in _SEGMENT.finditer(text[:_LIMIT]):
        inside = _in_segment(segment.group())
        if inside is None:
            continue
        start, end = segment.start() + inside[0], segment.start() + inside[1]
        gap = text[found[-1].span[1] : start] if found else "none"
        if gap in (" ", ",", "、", ""):
            found[-1] = _Candidate((found[-1].span[0], end), found[-1].cued)
        else:
            found.append(_Candidate((start, end), inside[2]))
    return found


def _chosen(text: str, candidates: list[_Candidate]) -> _Candidate | None:
    """Return the last one after a correction, else the first led in by 在, else the first."""
    if not candidates:
        return None
    first, last = candidates[0], candidates[-1]
    if _CORRECTED.search(text[first.span[1] : last.span[0]]):
        return last
    return next((one for one in candidates if one.cued), first)


@dataclass(frozen=True)
class Place(TextValue):
    """A place in the customer's own words, without the words around it."""

    volunteered: bool = True
    greedy: bool = True

    def find(self, text: str, now: datetime) -> Found[str] | None:
        """Return a place that is clearly named; rather none than a wrong one."""
        if shared := _SHARED.search(text) if "[位置]" in text else None:
            return Found(shared[1].strip(), shared.span(), 1.0)
        return self.named(blank(text, *time_spans(text, now)))

    def named(self, text: str) -> Found[str] | None:
        """Return the place named in ``text``, where words for time are blanked already."""
        if chosen := _chosen(text, _candidates(text)):
            return Found(text[slice(*chosen.span)], chosen.span, 0.9 if chosen.cued else 0.75)
        return None

    def answer(self, text: str, now: datetime) -> Found[str] | None:
        """Return the place of a story, or else the whole reply without words around it."""
        found = self.find(text, now)
        if found and (found.confidence == 1.0 or _STORY.search(text) or len(text) > 40):
            return found
        start, end = stripped_span(text)
        lead = _ANSWER_LEAD.match(text, start, end)
        start = lead.end() if lead else start
        end = start + len(_ANSWER_TAIL.sub("", text[start:end]))
        value = text[start:end].replace("\0", "").strip()
        if _STORY.search(text) or _NO_ANSWER.search(text) or is_question(text):
            return found
        return Found(value, (start, end), 0.7) if 2 <= len(value) <= 60 else found


place = Place()
