"""One cell of a table: text in, a clean value out, or a sentence that says what to do."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from bot.clock import SHANGHAI
from bot.dialogue.slot_types.identity import is_identity_number

_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?E\+?\d+", re.IGNORECASE)
_KEY = re.compile(r"[0-9A-Za-z][0-9A-Za-z._/-]{1,63}")
_MOBILE = re.compile(r"(?:\+?86)?(1[3-9]\d{9})")
_LANDLINE = re.compile(r"0\d{9,11}|\d{7,8}")
_OTHER_PAPER = re.compile(r"[0-9A-Z]{5,30}")
_DAY = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]*(\d{1,2})[:时](\d{1,2})?(?:[:分](\d{1,2}))?"
    r"(?:\.\d+)?[分秒]?)?"
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_SERIAL_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 - the day that Excel counts from
_FIRST_YEAR, _LAST_YEAR = 1990, 2100
_AMOUNT = re.compile(r"[¥￥]?(-?[\d,]+(?:\.\d+)?)元?")
_MOST_FEN = 10**14
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_CREDIT = re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}")
_CREDIT_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领]"
    r"[A-HJ-NP-Z](?:[A-HJ-NP-Z0-9]{4}[A-HJ-NP-Z0-9挂学警港澳]|[A-HJ-NP-Z0-9]{6})"
)


class CellError(ValueError):
    """The cell cannot be used; the last argument says what to do, the first may name a column."""

    @property
    def field(self) -> str:
        """Return the column at fault where the reader cannot know it."""
        return str(self.args[0]) if len(self.args) > 1 else ""

    def __str__(self) -> str:
        return str(self.args[-1])


def folded(text: str) -> str:
    """Return the text with half-width letters and digits, and no blanks around."""
    text = text.strip()
    return text if text.isascii() else unicodedata.normalize("NFKC", text).strip()


def _number(text: str) -> str:
    """Return a cell that holds a number which is a name: never scientific, never 138….0."""
    text = re.sub(r"[\s　'’]", "", folded(text))
    if _SCIENTIFIC.fullmatch(text):
        raise CellError(
            f"「{text}」是科学计数法，后几位已经丢了：请在原表里把这一列设成文本，重新导出"
        )
    return text.removesuffix(".0")


def key(text: str) -> str:
    """Return a business key."""
    found = _number(text).upper()
    if not _KEY.fullmatch(found):
        raise CellError(f"「{found[:20]}」应是 2–64 位字母、数字、- . _ /")
    return found


def words(text: str, most: int = 128) -> str:
    """Return free text."""
    found = text.strip()
    if len(found) > most:
        raise CellError(f"太长，最多 {most} 个字")
    if _CONTROL.search(found):
        raise CellError("里面有换行或看不见的字符，请删掉")
    if found.startswith("="):
        raise CellError("是公式，请在原表里粘贴为数值")
    return found


def long_words(text: str) -> str:
    """Return free text that may be long."""
    return words(text, 1000)


def phone(text: str) -> str:
    """Return a mobile or landline number."""
    found = _number(text).replace("-", "").replace("(", "").replace(")", "")
    if match := _MOBILE.fullmatch(found):
        return match.group(1)
    if _LANDLINE.fullmatch(found):
        return found
    raise CellError("不是手机号（11 位，1 开头）或固定电话（带区号），请核对")


def identity(text: str) -> str:
    """Return an identity number with a valid check digit."""
    found = _number(text).upper().replace("-", "")
    if is_identity_number(found):
        return found
    if re.fullmatch(r"\d{15}", found):
        raise CellError("是 15 位旧证号，请换成 18 位")
    raise CellError("身份证号校验不通过，请核对 18 位号码和最后一位")


def credit(text: str) -> str:
    """Return a unified social credit code (GB 32100)."""
    found = _number(text).upper().replace("-", "")
    if _CREDIT.fullmatch(found):
        total = sum(_CREDIT_LETTERS.index(c) * pow(3, i, 31) for i, c in enumerate(found[:17]))
        if _CREDIT_LETTERS[-total % 31] == found[17]:
            return found
    raise CellError("统一社会信用代码校验不通过，请核对 18 位代码")


def other_paper(text: str) -> str:
    """Return the number of another document."""
    found = _number(text).upper().replace("-", "")
    if not _OTHER_PAPER.fullmatch(found):
        raise CellError("证件号码应是 5–30 位字母数字")
    return found


def plate(text: str) -> str:
    """Return a plate."""
    found = re.sub(r"[\s·.\-]", "", folded(text)).upper()
    if not _PLATE.fullmatch(found):
        raise CellError(f"「{found[:12]}」不是车牌号（津A12345 或 津AD12345），请核对")
    return found


@lru_cache(maxsize=8192)
def moment(text: str) -> datetime:
    """Return a point in time; a bare day begins at 0:00."""
    found = folded(text)
    if match := _DAY.fullmatch(found) or _COMPACT.fullmatch(found):
        parts = [int(part or 0) for part in match.groups()]
    elif _SERIAL.fullmatch(found):
        return _serial(float(found))
    else:
        raise CellError(f"日期「{found[:20]}」要写成 2026-01-05 或 2026-01-05 08:00")
    # «终保日 24 时» is the midnight after it.
    midnight = parts[3:4] == [24]
    if midnight:
        parts[3] = 0
    year, month, day, hour, minute, second = (*parts, 0, 0, 0)[:6]
    try:
        made = datetime(year, month, day, hour, minute, second, tzinfo=SHANGHAI)
        made += timedelta(days=midnight)
    except ValueError:
        raise CellError(f"没有「{found[:20]}」这一天，请核对") from None
    return _plausible(made)


def _serial(number: float) -> datetime:
    """Excel counts days; a file that lost its formats holds the bare count."""
    return _plausible((_SERIAL_ZERO + timedelta(days=round(number, 5))).replace(tzinfo=SHANGHAI))


def _plausible(made: datetime) -> datetime:
    if not _FIRST_YEAR <= made.year <= _LAST_YEAR:
        raise CellError(f"年份 {made.year} 不对，请核对")
    return made


@lru_cache(maxsize=8192)
def moment_text(text: str) -> str:
    """Return a point in time as the database keeps it: UTC."""
    return f"{moment(text).astimezone(UTC):%Y-%m-%d %H:%M:%S}.000000"


@lru_cache(maxsize=8192)
def last_day(text: str) -> date:
    """Return the last day of a period: the midnight that ends a day belongs to it."""
    found = folded(text)
    at = moment(found)
    if re.search(r"\D24[:时]", found):
        at -= timedelta(days=1)
    return at.date()


def fen(text: str) -> int:
    """Return an amount in fen."""
    match = _AMOUNT.fullmatch(_number(text))
    try:
        amount = Decimal(match.group(1).replace(",", "")) * 100 if match else None
    except InvalidOperation:
        amount = None
    if amount is None:
        raise CellError("金额要写成 1234.50 的样子（元）")
    if amount < 0:
        raise CellError("金额不能是负数；退款请写正数，到账状态写 已退款")
    if amount != int(amount):
        raise CellError("金额最多两位小数")
    if amount > _MOST_FEN:
        raise CellError("金额太大，请核对单位是不是元")
    return int(amount)


def coverages(text: str) -> list[dict[str, str | int]]:
    """Return the coverages of `车损险:200000:每次免赔 500 元；三者险:2000000`."""
    items = [item for item in re.split(r"[;；\n]", text.strip()) if item.strip()]
    return [_coverage(item) for item in items]


def _coverage(item: str) -> dict[str, str | int]:
    parts = [part.strip() for part in re.split(r"[:：]", item, maxsplit=2)]
    name, limit, deductible = (*parts, "", "")[:3]
    if not name or (limit and not re.fullmatch(r"[\d,]{1,15}", limit)):
        raise CellError(f"「{item[:20]}」要写成 险别:保额（元）:免赔，几项之间用分号")
    yuan = int(limit.replace(",", "")) if limit.replace(",", "") else 0
    return {"name": name[:64], "limit_yuan": yuan, "deductible": deductible[:64]}
