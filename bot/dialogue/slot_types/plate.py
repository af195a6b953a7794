"""Number plates: the customer's own and the other driver's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from bot.dialogue.slot_types.base import Found, Json
from bot.dialogue.slot_types.plain import TextValue
from bot.dialogue.slot_types.plate_reading import (
    FIX,
    PROVINCE,
    Candidate,
    Role,
    candidate_at,
)
from bot.dialogue.slot_types.plate_tokens import is_plate

_LINK = (
    r"(?:的|车主?|不对|[说写记弄]?错了?|改[成为]|应该|是|叫|牌照?|号码?|留|开|那|这|边儿?"
    r"|一?辆|为|[:, 吧啊呢])*$"
)
_OTHER_LEFT = re.compile(
    r"(?:对方|对面|人家|别人|他们?|她|前车|后车|前面|后面|后头|前头"
    r"|(?<![我爸妈哥姐弟妹公婆们家友])那[辆车]|肇事车?辆?"
    r"|记下|记住|拍下|拍到"
    r"|[撞蹭剐刮追别碰顶怼划]了?(?:我的?|我们)车?)" + _LINK
    + (
        r"|(?:被|让)(?:一?[辆台个])?(?:车牌号?)?$|(?:对方|他|她|人家|那辆|那车|前车"
        r"|后车)(?:是|开|那|车)[^,。;我\0]{0,12}$"
    )
)  # fmt: skip
_OWN_LEFT = re.compile(
    r"(?:我(?:们|[家爸妈哥姐弟妹]|媳妇|老[公婆]|爱人)?|咱|俺|本车|本人|自己|自家)" + _LINK
)
_OTHER_RIGHT = re.compile(
    r"[ ,]?(?:这?个?是|的是)?(?:对方|他|她|人家|那辆|前车|后车)的?(?:车|$|[ ,。])"
    r"|[ ,]?(?:已经?|就|当场|司机)*(?:跑了|逃|溜了)"
    r"|[ ,]?(?:的?车?)?(?:[撞蹭剐刮追碰顶怼]了?|把|给)我"
)
_TOLD_RIGHT = re.compile(
    r"[ ,]?(?:这?个?是|的是)(?:(我|本人|自己)|对方|他|她|人家)(?:们|家)?(?:的|这边|车|$)"
)
_OWN_RIGHT = re.compile(r"[ ,]?(?:这?个?是|的是)?(?:我|本人|自己)(?:们|家)?(?:的|这边|车|$)")
_CORRECTED = re.compile(r"不对|不是|错了|错啦|更正|改成|应该是|重说|写错|打错")
_NEGATED = re.compile(r"(?:不是|不叫|不为)(?:车牌)?(?:号码?)?[ ,:]?$")
_BARE = re.compile(r"[A-Za-z][ ·.\-]?[A-Za-z0-9]{5,6}")
_CUED = re.compile(
    r"(?:车牌|车号|牌照|牌号)号?码?(?:报您|[是为:, ])*(?=([A-Z][A-Z0-9]{4,6})(?![A-Z0-9]))"
)
_PROBLEM = (
    "这个车牌好像不完整或有误，请再发一次完整车牌，例如津A12345（新能源为8位，如津AD12345）。"
)
_NO_PROVINCE = "车牌少了最前面的省份简称，请发完整车牌，例如津A12345。"


def _role(text: str, span: tuple[int, int], since: int) -> Role | None:
    left, right = text[max(since, span[0] - 24) : span[0]], text[span[1] : span[1] + 12]
    if told := _TOLD_RIGHT.match(right):
        return "own" if told[1] else "other"
    other, own = _OTHER_LEFT.search(left), _OWN_LEFT.search(left)
    if other and not (own and own.start() > other.end() - 2 and own.start() > other.start()):
        return "other"
    if own or _OWN_RIGHT.match(right):
        return "own"
    return "other" if _OTHER_RIGHT.match(right) else None


def _corrects(text: str, earlier: Candidate, later: Candidate) -> bool:
    if later.role != earlier.role and None not in (later.role, earlier.role):
        return False
    between = text[earlier.span[1] : later.span[0]]
    before = text[max(0, earlier.span[0] - 6) : earlier.span[0]]
    return bool(_CORRECTED.search(between) or _NEGATED.search(before))


@lru_cache(maxsize=8)
def _candidates(text: str) -> tuple[Candidate, ...]:
    """Return every plate said with its role; corrected ones are left out."""
    found: list[Candidate] = []
    position = 0
    while match := PROVINCE.search(text, position):
        candidate = candidate_at(text, match)
        if candidate is None:
            position = match.start() + 1
            continue
        role = _role(text, candidate.span, found[-1].span[1] if found else 0)
        candidate = Candidate(candidate.plate, candidate.span, candidate.confidence, role)
        if found and _corrects(text, found[-1], candidate):
            found.pop()
        found.append(candidate)
        position = candidate.span[1]
    return tuple(found)


def _assigned(candidates: tuple[Candidate, ...], role: Role) -> Candidate | None:
    """Return the last plate of this role; one of two without a role is left to a question."""
    marked = [candidate for candidate in candidates if candidate.role == role]
    if marked:
        return marked[-1]
    unmarked = [candidate for candidate in candidates if candidate.role is None]
    if len({candidate.plate for candidate in unmarked}) != 1:
        return None
    if role == "own" or any(candidate.role == "own" for candidate in candidates):
        return unmarked[-1]
    return None


@dataclass(frozen=True)
class Plate(TextValue):
    """A plate in its normal form: 津A12345, or 津AD12345 for new energy."""

    role: Role = "own"
    volunteered: bool = True
    greedy: bool = False

    def find(self, text: str, now: datetime) -> Found[str] | None:
        """Return the plate of this role said in ``text``."""
        if chosen := _assigned(_candidates(text), self.role):
            return self._found(chosen)
        if self.role == "own" and (cued := _CUED.search(text)):
            return Found(None, cued.span(1), problem=_NO_PROVINCE)
        return None

    def answer(self, text: str, now: datetime) -> Found[str] | None:
        """Return the plate said in reply; a local one may leave its province out."""
        if candidates := _candidates(text):
            ours = tuple(one for one in candidates if one.role in (None, self.role))
            return self._found(_assigned(candidates, self.role) or ours[-1]) if ours else None
        if match := _BARE.search(text):
            plate = "津" + re.sub(r"[^A-Z0-9]", "", match.group().upper())
            fixed = plate[:2] + plate[2:].translate(FIX)
            if is_plate(fixed):
                return Found(fixed, match.span(), 0.5)
            return Found(None, match.span(), problem=_PROBLEM)
        return None

    def load(self, raw: Json) -> str:
        """Return the plate; raise ValueError where it is none."""
        plate = super().load(raw)
        if not is_plate(plate):
            raise ValueError(f"{plate!r} is not a number plate")
        return plate

    def _found(self, candidate: Candidate) -> Found[str]:
        problem = None if candidate.plate else _PROBLEM
        return Found(candidate.plate, candidate.span, candidate.confidence, problem)


def undecided(text: str) -> tuple[str, ...]:
    """Return the two or more plates of a folded text of which nobody said whose they are."""
    plates = (one.plate for one in _candidates(text) if one.role is None and one.plate)
    found = tuple(dict.fromkeys(plates))
    return found if len(found) > 1 else ()


plate = Plate()
other_plate = Plate(role="other")
