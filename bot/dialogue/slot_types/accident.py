"""The line of insurance and the kind of accident, as customers describe them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from bot.dialogue.slot_types.accident_words import ACCIDENT_TYPES, LINES
from bot.dialogue.slot_types.base import Found, Json
from bot.dialogue.slot_types.choice import Choice
from bot.dialogue.slot_types.plain import stated

_NEGATED = re.compile(r"(?:没有?|不是|不算|未|不会|差点儿?|险些)(?:我|被|让|人)?$|别$")
# Asked how it happened, these mean two cars that touched; unasked they are too vague to note.
_TOUCHED = re.compile(
    r"停[^,。]{0,6}(?:被|让|叫)[^,。]{0,6}[撞碰]|[跟和与][^,。]{0,6}碰|碰了(?:一下|我|上)|[被让叫][^,。]{0,6}碰"
)
_TYPES = (
    ("rear_end", "追尾", ""),
    ("scrape", "剐蹭", ""),
    ("single_vehicle", "单方事故", ""),
    ("hit_object", "碰撞固定物", ""),
    ("flood", "水淹", ""),
    ("glass", "玻璃破碎", ""),
    ("theft", "盗抢", ""),
    ("fire", "火灾", ""),
    ("hail", "冰雹", ""),
    ("pedestrian", "碰撞行人", ""),
    ("water_leak", "漏水", ""),
    ("fall", "摔伤跌落", ""),
    ("other", "其他", ""),
)
_LINES = (
    ("auto", "车险", "汽车|车子?|机动车"),
    ("home", "家财险", "家财|家庭财产|(?<![厂库])房屋?|家里"),
    ("accident", "意外健康险", "意外|健康|人身|医疗"),
    ("liability", "责任险", "责任|雇主|公众"),
    ("cargo", "货运险", "货"),
    ("property", "企财险", "企财|企业|厂房|仓库|库房|车间|商铺|店铺|门面"),
)


@dataclass(frozen=True)
class Kind:
    """The first of some kinds whose words are said."""

    kinds: tuple[tuple[str, re.Pattern[str]], ...]
    choice: Choice
    volunteered: bool = True
    greedy: bool = False

    def find(self, text: str, now: datetime) -> Found[str] | None:
        """Return the kind stated."""
        facts = stated(text)
        for value, pattern in self.kinds:
            for match in pattern.finditer(facts):
                if not _NEGATED.search(facts[max(0, match.start() - 4) : match.start()]):
                    return Found(value, match.span(), 0.8)
        return None

    def answer(self, text: str, now: datetime) -> Found[str] | None:
        """Return the kind tapped, numbered, named or described."""
        if found := self.choice.answer(text, now) or self.find(text, now):
            return found
        touched = _TOUCHED.search(text) if self.kinds is ACCIDENT_TYPES else None
        return Found("scrape", touched.span(), 0.6) if touched else None

    def dump(self, value: str) -> Json:
        """Return the code."""
        return self.choice.dump(value)

    def load(self, raw: Json) -> str:
        """Return the code; raise ValueError for an unknown one."""
        return self.choice.load(raw)

    def show(self, value: str) -> str:
        """Return the code in Chinese."""
        return self.choice.show(value)


def kinds_named(text: str) -> set[str]:
    """Return the kinds of accidents that a question is about."""
    return {kind for kind, pattern in ACCIDENT_TYPES if pattern.search(text)}


accident_type = Kind(ACCIDENT_TYPES, Choice(_TYPES))
line = Kind(LINES, Choice(_LINES))
