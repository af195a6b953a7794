"""A fact of an accident told in free words: whole answers, or what its own pattern finds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from bot.dialogue.slot_types.base import Found
from bot.dialogue.slot_types.plain import TextValue, stated, stripped_span
from bot.dialogue.slot_types.yes_no import yes_no

_LONGEST = 200
_LEAST = 2
_LETTERS = re.compile(r"[\w]")
# What is left of a sentence whose facts others have taken tells nothing.
_LEFT_OVER = re.compile(
    r"(?:我们?|这|那|是|叫|姓名?|名字|电话|手机|号码?|的|了|在|啊|吧|呢|还有|另外|然后|就|也|都|没人?|有|好)*"
)
# «我是她儿子» says who is speaking, and no fact of the accident.
_WHO_I_AM = re.compile(
    r"我(?:就)?是(?:[他她]|伤者|车主|老板|店长|司机)(?:家|们家)?的?[\u4e00-\u9fff]{0,3}"
)
_BEFORE = re.compile(r"^(?:就是|主要是|主要|应该是|是|叫|在|有)(?=[^\s,。]{2})")
_AFTER = re.compile(
    r"[\s,。、;]*+(?:大概|大约|估计|差不多|损失|价值|货值|一共|总共|合计|约|值|得|在|有|是)*+[\s,。、;]*+$"
)


@dataclass(frozen=True)
class FactText(TextValue):
    """``heard`` finds it unasked (its first group, else all); ``shape`` is taken from an answer."""

    heard: str = ""
    shape: str = ""
    greedy: bool = True

    @property
    def volunteered(self) -> bool:
        """Tell whether it can be heard unasked."""
        return bool(self.heard)

    @cached_property
    def _patterns(self) -> tuple[re.Pattern[str] | None, re.Pattern[str] | None]:
        return (
            re.compile(self.heard) if self.heard else None,
            re.compile(self.shape) if self.shape else None,
        )

    def find(self, text: str, now: datetime) -> Found[str] | None:
        """Return what its pattern finds in what is stated."""
        heard, _ = self._patterns
        match = heard.search(stated(text)) if heard else None
        return _found(match, 0.8) if match else None

    def answer(self, text: str, now: datetime) -> Found[str] | None:
        """Return what a pattern finds, else the words themselves; a bare yes tells nothing."""
        _, shape = self._patterns
        if found := self.find(text, now):
            return found
        if shape:
            match = shape.search(text)
            return _found(match, 0.8) if match else None
        start, end = stripped_span(text)
        said = text[start : min(end, start + _LONGEST)].replace("\0", " ").strip()
        if not _tells(said, now, part="\0" in text):
            return None
        value = _AFTER.sub("", _BEFORE.sub("", said)).strip(" ,，。、") or said
        return Found(value, (start, end), 0.5)


def _found(match: re.Match[str], confidence: float) -> Found[str] | None:
    groups = [n for n in range(1, (match.re.groups or 0) + 1) if match[n]]
    group = groups[0] if groups else 0
    value = match[group].strip()
    return Found(value, match.span(group), confidence) if value else None


def _tells(said: str, now: datetime, *, part: bool) -> bool:
    if part and _LEFT_OVER.fullmatch(re.sub(r"[\W_]", "", said)):
        return False
    if len(_LETTERS.findall(said)) < _LEAST and not said.isdigit():
        return False
    if _WHO_I_AM.fullmatch(said):
        return False
    answer = yes_no.answer(said, now)
    return answer is None or answer.value is not True
