"""Read Chinese and Arabic numerals as customers type and speak them."""

from __future__ import annotations

_UNITS = {
    "十": 10,
    "百": 100,
    "千": 1000,
    "k": 1000,
    "K": 1000,
    "万": 10000,
    "w": 10000,
    "W": 10000,
}
_DIGITS = {
    "零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "俩": 2, "三": 3, "仨": 3, "四": 4, "五": 5,
    "六": 6, "七": 7, "八": 8, "九": 9,
}  # fmt: skip

# How digits are read out one by one: radio words and the homophones speech recognition writes.
SPOKEN_DIGITS = {
    **{digit: str(value) for digit, value in _DIGITS.items() if digit not in "俩仨"},
    **{str(value): str(value) for value in range(10)},
    "洞": "0", "幺": "1", "妖": "1", "拐": "7", "勾": "9", "钩": "9",
    "壹": "1", "贰": "2", "叁": "3", "肆": "4", "伍": "5", "陆": "6", "柒": "7", "捌": "8",
    "玖": "9",
}  # fmt: skip

NUMERAL = r"(?:\d{1,4}|[零〇一二两俩三仨四五六七八九十百廿]{1,5})"


def integer(text: str) -> int | None:
    """Return the whole number ``text`` spells, or None: 27, 二十七, 十七, 两百, 三万五."""
    if text.isascii() and text.isdigit():
        return int(text)
    total, section, digit, last_unit, gap = 0, 0, 0, 1, False
    for character in text.replace("廿", "二十"):
        if character in _DIGITS:
            digit, gap = _DIGITS[character], gap or _DIGITS[character] == 0
        elif character.isascii() and character.isdigit():
            digit = digit * 10 + int(character)
        elif (unit := _UNITS.get(character)) == 10000:
            total, section, digit, last_unit, gap = (section + digit) * unit, 0, 0, unit, False
        elif unit:
            section, digit, last_unit, gap = section + (digit or 1) * unit, 0, unit, False
        else:
            return None
    # 三万五 is 35 000 and 三百五 is 350, but 三百零五 is 305 and 二十五 is 25.
    tail = digit * last_unit // 10 if last_unit > 10 and digit < 10 and not gap else digit
    return total + section + tail


def spoken(text: str) -> str:
    """Return the digits of ``text`` read one by one, anything else left out."""
    return "".join(SPOKEN_DIGITS.get(character, "") for character in text)
