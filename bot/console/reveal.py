"""Names and numbers on case pages: masked until somebody says why they must see them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.datastructures import FormData

from bot.console.asks import text_of
from bot.console.parts import Room
from bot.dialogue.fold import fold
from bot.dialogue.slot_types.person import person_name
from bot.errors import Refused
from bot.log import mask
from storage.masking import mask_name, mask_phone

_MASKS = {
    "phone": mask_phone, "other_phone": mask_phone, "name": mask_name, "reporter": mask_name,
    "driver_name": mask_name, "insured_name": mask_name,
}  # fmt: skip
_NAMES = ("name", "reporter", "driver_name", "insured_name")
# These are no words of anybody: a policy's or a parcel's number is what the page is read for.
_NO_WORDS = ("policy_number", "document_no", "tracking_no", "plate", "other_plate", "waybill")
_SHORTEST = 4
_MOST_NAMES = 5
_SURE = 0.8
_OURS = r"(?<![A-Za-z0-9])[A-Z]{2}\d{12,}(?!\d)"
_SUM = r"(?<![\d.])\d{1,9}(?:\.\d{1,2})?\s*(?:元|公里)"
_KEPT = re.compile(rf"{_OURS}|{_SUM}")
# A telephone number with gaps in it, or written in characters.
_GAPS = re.compile(r"(?<!\d)1[3-9](?:[ .\-·]{0,2}\d){9}(?!\d)")
# A landline with its area code, and the extension behind it: «(022)2345-6789 转 802».
_LANDLINE = re.compile(
    r"(?<![A-Za-z0-9])[(（]?0(?:10|2\d|[3-9]\d{2})[)）]?[ .\-—－·]{0,2}"
    r"[2-9](?:[ \-—－·]?\d){6,7}(?!\d)(?P<within>\s?(?:转|分机号?|[\-—－#])\s?\d{1,6}(?!\d))?"
)
# Without an area code it is one only where it is called so: «座机 2345-6789».
_LOCAL = re.compile(
    r"(?<=电话|座机|固话|号码)[是为:： ]{0,2}(?P<number>[2-9]\d{2,3}[ \-—－]\d{4})(?!\d)"
)
_SPELLED = re.compile(
    r"[零〇一二三四五六七八九幺两洞拐勾](?:[ -]?[零〇一二三四五六七八九幺两洞拐勾]){6,}"
)


def by_key(key: str, value: Any) -> Any:
    """Return a value, masked where its key says that it is a name or a telephone number."""
    hide = _MASKS.get(key)
    return hide(str(value)) if hide and value else value


def without_numbers(text: str) -> str:
    """Return a text with telephone, identity and other long numbers and plates masked.

    Our own case numbers and sums of money stay: they are nobody's.
    """
    text = _SPELLED.sub(_stars, _GAPS.sub(_stars, text))
    text = _LOCAL.sub(_local, _LANDLINE.sub(_landline, text))
    parts, at = [], 0
    for kept in _KEPT.finditer(text):
        parts += [mask(text[at : kept.start()]), kept.group()]
        at = kept.end()
    return "".join([*parts, mask(text[at:])])


def _stars(match: re.Match[str]) -> str:
    return _hidden(re.sub(r"[ .\-·]", "", match.group()))


def _hidden(number: str) -> str:
    return f"{number[:3]}****{number[-2:]}"


def _landline(match: re.Match[str]) -> str:
    within = match["within"] or ""
    number = match.group().removesuffix(within)
    return _hidden(re.sub(r"\D", "", number)) + re.sub(r"\d", "*", within)


def _local(match: re.Match[str]) -> str:
    number = match["number"]
    return match.group().removesuffix(number) + f"****{number[-2:]}"


@dataclass(frozen=True)
class Veil:
    """What a page hides of one case: ``names`` are its people; ``shown`` lifts all of it."""

    now: datetime
    names: frozenset[str] = frozenset()
    shown: bool = False

    @classmethod
    def of(cls, facts: Mapping[str, Any], now: datetime, *, shown: bool = False) -> Veil:
        """Return the veil of a case, which knows its people by its facts."""
        told = (str(facts.get(key) or "").strip() for key in _NAMES)
        return cls(now, frozenset(name for name in told if len(name) > 1), shown)

    def words(self, text: str) -> str:
        """Return free text without anybody's name or number."""
        if self.shown:
            return text
        for name in sorted({*self.names, *self._named_in(text)}, key=len, reverse=True):
            text = text.replace(name, mask_name(name))
        return without_numbers(text)

    def _named_in(self, text: str) -> Iterable[str]:
        """Yield who says in the text what they are called: «我叫李小四»."""
        rest = fold(text)
        for _ in range(_MOST_NAMES):
            found = person_name.find(rest, self.now)
            # A word that stands alone is a colleague, a town or a shop as well.
            if found is None or found.value is None or found.confidence < _SURE:
                return
            if len(found.value) > 1:
                yield found.value
            rest = rest.replace(found.value, "，")

    def fact(self, key: str, value: Any) -> Any:
        """Return a fact as it stands on the page."""
        if self.shown or not value or key in _NO_WORDS:
            return value
        if key in _MASKS:
            return by_key(key, value)
        if isinstance(value, list | tuple):
            return [self.fact("", one) for one in value]
        return self.words(value) if isinstance(value, str) else value


def reason_of(form: FormData) -> str:
    """Return why somebody must see it; raise Refused without a reason."""
    reason = text_of(form, "reason")
    if len(reason) < _SHORTEST:
        raise Refused("请写清楚为什么要看，例如「回电核对报案电话」。")
    return reason


def saw(here: Room, what: str, usual: str, reason: str, conversation: int | None) -> None:
    """Write down what was shown: masked as usual, or in full for a reason."""
    here.saw(f"{what} full" if reason else what, reason or usual, conversation)
