"""Read a number plate letter by letter, typed or spoken, and apply the rules of GA 36."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.dialogue.slot_types.chinese_numbers import SPOKEN_DIGITS

PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
# How letters are spoken, as speech recognition and customers write them; longest first.
_SPOKEN_LETTERS = {
    "艾克斯": "X", "埃克斯": "X", "打不溜": "W", "达不溜": "W", "达布溜": "W", "大不溜": "W",
    "艾弗": "F", "艾福": "F", "艾夫": "F", "埃弗": "F", "爱福": "F", "爱抚": "F",
    "艾尺": "H", "艾吃": "H", "爱吃": "H", "埃尺": "H", "哎尺": "H",
    "艾勒": "L", "艾欧": "O", "埃勒": "L", "艾露": "L", "艾姆": "M", "埃姆": "M", "爱慕": "M",
    "阿尔": "R", "艾斯": "S", "埃斯": "S", "贼特": "Z", "贼德": "Z",
    "哎": "A", "诶": "A", "欸": "A", "埃": "A", "唉": "A", "必": "B", "比": "B", "毕": "B",
    "西": "C", "希": "C", "弟": "D", "滴": "D", "帝": "D", "迪": "D", "地": "D", "低": "D",
    "伊": "E", "衣": "E", "依": "E", "鸡": "G", "基": "G", "机": "G", "杰": "J", "捷": "J",
    "开": "K", "凯": "K", "恩": "N", "摁": "N", "屁": "P", "批": "P", "丘": "Q",
    "秋": "Q", "球": "Q", "阿": "R", "提": "T", "踢": "T", "梯": "T", "优": "U", "油": "U",
    "微": "V", "威": "V",
    "维": "V", "叉": "X", "歪": "Y", "外": "Y", "贼": "Z",
}  # fmt: skip
_TOKEN = re.compile("|".join((*_SPOKEN_LETTERS, "[A-Za-z]", f"[{''.join(SPOKEN_DIGITS)}]")))
_GAP = re.compile(r"[ ·.\-—_•・]{0,2}")
# 五点, 两个人: a numeral that counts something belongs to the words after the plate.
_COUNTED = re.compile(r"[点个号人分块天月辆台次公岁楼十百千万刻多]|:\d")

FUEL = re.compile(r"[A-HJ-NP-Z0-9]{5}")
SMALL_ELECTRIC = re.compile(r"[A-HJK][A-HJ-NP-Z0-9]\d{4}")
LARGE_ELECTRIC = re.compile(r"\d{5}[A-HJK]")
_SPECIAL = re.compile(r"[A-HJ-NP-Z0-9]{4}[挂学警港澳]")


@dataclass(frozen=True)
class Token:
    """One character of a plate: what it means, where it ends, how it was written."""

    value: str
    end: int
    written: str
    spaced: bool

    @property
    def typed(self) -> bool:
        """Tell whether it was typed as it stands on the plate."""
        return self.written.isascii()


def tokens_after(text: str, position: int, limit: int = 9) -> list[Token]:
    """Return up to ``limit`` plate characters that follow ``position``."""
    found: list[Token] = []
    while len(found) < limit:
        gap = _GAP.match(text, position)
        start = gap.end() if gap else position
        token = _TOKEN.match(text, start)
        if token is None:
            break
        written, end = token.group(), token.end()
        if not written.isascii() and _COUNTED.match(text, end) and len(found) >= 5:
            break
        value = _SPOKEN_LETTERS.get(written) or SPOKEN_DIGITS.get(written) or written.upper()
        found.append(Token(value, end, written, start > position))
        position = end
    return found


def valid_tail(tail: str) -> bool:
    """Tell whether the characters behind province and office form a plate of 7 or 8."""
    return any(rule.fullmatch(tail) for rule in (FUEL, SMALL_ELECTRIC, LARGE_ELECTRIC, _SPECIAL))


def is_plate(text: str) -> bool:
    """Tell whether a normalised text is a number plate."""
    office = text[1:2]
    return (
        text[:1] in PROVINCES
        and len(text) in (7, 8)
        and "A" <= office <= "Z"
        and office not in "IO"
        and valid_tail(text[2:])
    )
