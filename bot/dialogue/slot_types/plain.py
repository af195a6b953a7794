"""What slot types share: storing and showing texts and booleans, joining span and clause."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.dialogue.slot_types.base import Json

# 昨天三点追尾了能报吗 asks about something that has happened.
_PAST = re.compile(
    r"昨|前[天儿晚]|刚|今[早晨]|上周|上个?礼拜|[一二两三四五六七八九十\d]点|分钟前|小时前"
)
BLANK = "\0"
_LIMIT = 400
CLAUSE = re.compile(r"[^\s,。;!?、\0,:]+[?]?")
_QUESTION = re.compile(
    r"吗|嘛[?]?$|么[?]?$|[?]|是不是|有没有|能不能|用不用|要不要|该不该|行不行|可不可以"
    r"|得不得|算不算"
    r"|([\u4e00-\u9fff])不\1|不[?]?$|想问|请问|问一下|咨询|怎么|咋|多久|多少|啥时候"
    r"|嘛时候|什么时候|哪[儿里个些家]|谁[来给]|为什么|为嘛|行不$|好不$"
)
_HYPOTHESIS = re.compile(r"要是|如果|假如|假设|万一|倘若|若是|比方|比如|的话|(?<!恐)怕(?!是)|担心")


@dataclass(frozen=True)
class TextValue:
    """Stores a text as it is."""

    def dump(self, value: str) -> Json:
        """Return the text."""
        return value

    def load(self, raw: Json) -> str:
        """Return the text; raise ValueError for anything else."""
        if not isinstance(raw, str):
            raise ValueError(f"a text is needed, not {raw!r}")
        return raw

    def show(self, value: str) -> str:
        """Return the text."""
        return value


@dataclass(frozen=True)
class BooleanValue:
    """Stores a boolean and shows it as two words."""

    yes: str = "是"
    no: str = "否"

    def dump(self, value: bool) -> Json:
        """Return the boolean."""
        return value

    def load(self, raw: Json) -> bool:
        """Return the boolean; raise ValueError for anything else."""
        if not isinstance(raw, bool):
            raise ValueError(f"true or false is needed, not {raw!r}")
        return raw

    def show(self, value: bool) -> str:
        """Return the word for it."""
        return self.yes if value else self.no


def blank(text: str, *spans: tuple[int, int]) -> str:
    """Return ``text`` with the spans replaced by NUL, so that no other slot reads them."""
    characters = list(text)
    for start, end in spans:
        characters[start:end] = BLANK * (end - start)
    return "".join(characters)


def is_question(clause: str) -> bool:
    """Tell whether a clause asks rather than states."""
    return _QUESTION.search(clause) is not None


def is_hypothesis(clause: str) -> bool:
    """Tell whether a clause supposes rather than states."""
    return _HYPOTHESIS.search(clause) is not None


def without_hypotheses(text: str) -> str:
    """Return the text with clauses that suppose blanked."""
    if not is_hypothesis(text):
        return text
    clauses = CLAUSE.finditer(text)
    return blank(text, *(one.span() for one in clauses if is_hypothesis(one.group())))


def stated(text: str) -> str:
    """Return the text with clauses that ask or suppose blanked; long tails are left out."""
    text = text[:_LIMIT]
    unsaid = (
        clause.span()
        for clause in CLAUSE.finditer(text)
        if is_hypothesis(clause.group())
        or (is_question(clause.group()) and not _PAST.search(clause.group()))
    )
    return blank(text, *unsaid)


def stripped_span(text: str) -> tuple[int, int]:
    """Return where ``text`` starts and ends without blanks and punctuation around it."""
    start = len(text) - len(text.lstrip(_AROUND))
    return start, max(start, len(text.rstrip(_AROUND)))


_AROUND = " \t\n\0,。;!?、:.~,"
