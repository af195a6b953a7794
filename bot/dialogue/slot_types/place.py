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
_SHORTEST = 2
_NO_ANSWER = re.compile(
    r"不知道|不清楚|不记得|忘了|说不好|不确定|没有|怎么|多久|人工|算了|取消|投诉|跳过"
    r"|以后补|等会|等一下|发你?定位|发个?位置|^[\d\s\-]+$"
    # «不用120», «还没到» wave something off and name no place.
    r"|^不(?:用|要|需要|必)|^甭|(?:120|119|122|110)(?!\d)"
    # «他不让叫警察», «我先忙», «电线短路»: what people do or say is no place
    r"|^(?:[他她您你我]|人家|对方|司机)们?(?:也|都|还|就|先|又|非|老|死活|说什么)*"
    r"(?:不|没|说|要|想|让|叫|跑|走|急|怕|觉得|先|忙|给)|短路|老化|回电|打电话|跑了|不让"
    r"|^(?:还|也|都)?没(?!有)"
    # «到底几号能给», «那我去哪办», «八九点吧»: a question, or a time
    # «少了8箱» tells what is missing
    r"|[少丢缺坏碎湿]了?[\d一二三四五六七八九十两几]{1,4}多?[箱件台吨包袋个只瓶桶批]"
    r"|到底|去哪|几[号天点]|[一二三四五六七八九十两\d]点[吧钟多来半左]"
    r"|[百千万两几\d]多?(?:块钱?|元|千|万|百)?$(?<=[块钱元千万百多])|^(?:一共)?花了"
)
_ANSWER_LEAD = re.compile(
    r"(?:嗯|哦|啊|那个|就|是|在|到|我(?=在|就|是)|地点|地址|位置|事故|出险|发生|停|刚|[,: ])*+"
)
_ANSWER_TAIL = re.compile(r"(?:这儿?|那儿?|吧|呢|啊|呀|的|了|[,。! ])+$")
# «厨房滑倒的»: what is said before the fall is where it was.
_FELL = re.compile(r"(?:里|上|那儿?)?(?:滑|摔|跌|崴|磕|绊)(?:倒|了|着|伤|跤|下|断|到)*")
# Where on the road or in the house: it tells more about a place, and is none of its own.
_DETAIL = re.compile(
    r"(?:最|靠)?[左右内外里东西南北]?[侧边]?(?:应急车?道|应急带|行车道|快车道|慢车道|超车道|路肩|辅路|主路"
    r"|匝道|桥[上下]|路[边中]间?|厨房|客厅|卧室|书房|卫生间|厕所|阳台|地下室|车库|地库)[里上边]?"
)
# «15-2-301», «3号楼2门501» behind a street: where in it.
_DOOR = re.compile(
    r"\d{1,4}(?:-\d{1,4}){1,3}(?:号|室)?|(?:\d{1,3}(?:号|栋|楼|门|单元|层|室|号楼)){1,4}\d{0,4}"
)
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
        if found and _DOOR.fullmatch(segment.group()) and segment.start() - found[-1].span[1] == 1:
            found[-1] = _Candidate((found[-1].span[0], segment.end()), found[-1].cued)
            continue
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
        fell = _FELL.search(value)
        if fell and fell.start() >= _SHORTEST and not _STORY.search(value):
            value, end = value[: fell.start()], start + fell.start()
        if _STORY.search(text) or _NO_ANSWER.search(text) or is_question(text):
            return found
        return Found(value, (start, end), 0.7) if 2 <= len(value) <= 60 else found

    def completed(self, value: str, quote: str, before: str, now: datetime) -> str:
        """Put the room or the lane to the road that was said before, and the other way round."""
        if _DETAIL.fullmatch(value) and not _DETAIL.fullmatch(before) and value not in before:
            return f"{before} {value}"
        if _DETAIL.fullmatch(before) and not _DETAIL.fullmatch(value) and before not in value:
            return f"{value} {before}"
        return value


place = Place()
