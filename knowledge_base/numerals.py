"""Write Chinese numerals before measure words as digits."""

from __future__ import annotations

import re

DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
UNITS = {"十": 10, "百": 100, "千": 1000}
MEASURES = (
    "年|月|天|日|号|周|星期|小时|分钟|次|回|万|块|元|座|个|里|公里|岁|折|倍"
    "|辆|台|份|张|遍|级|人|方|页|期"
)
NUMERAL = re.compile(f"([一二两三四五六七八九十][零一二两三四五六七八九十百千]*)(?={MEASURES})")
# 一下、一般… are not counts, but 一年 is; the measure words above already decide.
FIXED = ("一个劲", "万一", "十万火急", "一方面", "三方", "第三方", "一期", "一号")
GUARDED = re.compile("|".join(FIXED) + "|" + NUMERAL.pattern)


def to_number(numeral: str) -> int:
    """Return the value of a numeral below ten thousand, such as 二百五十."""
    total, current = 0, 0
    for char in numeral:
        if char in UNITS:
            total += (current or 1) * UNITS[char]
            current = 0
        else:
            current = current * 10 + DIGITS[char]
    return total + current


def write_digits(text: str) -> str:
    """Replace 两百万 by 200万 and 三年 by 3年; leave set phrases alone."""
    return GUARDED.sub(_digits, text)


def _digits(match: re.Match[str]) -> str:
    numeral = match.group(1)
    return match.group() if numeral is None else str(to_number(numeral))
