"""Policy, claim and complaint numbers, sums of money and head counts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from bot.dialogue.slot_types.base import Found, Json
from bot.dialogue.slot_types.chinese_numbers import integer
from bot.dialogue.slot_types.identity import is_identity_number
from bot.dialogue.slot_types.plain import TextValue

_POLICY = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{0,8}-?[0-9][A-Za-z0-9\-]{8,30}(?![A-Za-z0-9])")
_POLICY_CUE = re.compile(r"(?:保单|单号|投保单|保险单|合同号)(?:的|号码?|是|为|[:, ])*$")
_OTHER_NUMBER = re.compile(
    r"(?:运单|快递|订单|发货单|提单|身份证|证件|车架|卡|账|帐|案件?|流水)号?(?:号码?|是|[:, ])*$"
)
_PHONE = re.compile(r"(?:86)?1[3-9]\d{9}|0\d{9,11}")
_OURS = re.compile(r"(?:CL|CP|TK|EN|PP|IV)\d{12,}")
_MONEY = re.compile(
    r"(?:([一两二三四五六七八1-9])[、到\-]?(?=[二两三四五六七八九十2-9][万千百])"
    r"|(\d{1,9})[到至~\-](?=\d))?"
    r"((?:\d{1,9}(?:\.\d{1,2})?|[零〇一二两三四五六七八九十百千万]{1,12})[多来]?[万千百wWkK]?"
    r"(?:[零一二三四五六七八九]|(?<=[万千])[1-9](?!\d))?)"
    r"[多来几]*(?:万|w|W|k|K)?[多来]*([块元圆](?:钱|整)?)?"
)
_MONEY_UNIT = re.compile(r"[万千百wWkK块元]")
_COUNTED = re.compile(r"[个人辆台次天月年点分公米岁号楼箱件小]")
_PEOPLE = re.compile(
    r"(\d{1,3}|[一两二三四五六七八九十百]{1,4})(?:个|名|位|口)(?:人|伤者|乘客|大人|孩子"
    r"|工人)?|俩人?|仨人?|(?:就|只有?)?我一人"
)


@dataclass(frozen=True)
class PolicyNumber(TextValue):
    """10 to 30 letters and digits with at least 8 digits, in upper case without dashes."""

    volunteered: bool = True
    greedy: bool = False

    def find(self, text: str, now: datetime) -> Found[str] | None:
        """Return a number that is called a policy number or carries a prefix of letters."""
        return self._first(text, asked=False)

    def answer(self, text: str, now: datetime) -> Found[str] | None:
        """Return any number of the right length; the shape is the insurer's own."""
        return self._first(text, asked=True)

    def _first(self, text: str, asked: bool) -> Found[str] | None:
        for match in _POLICY.finditer(text):
            number = match.group().replace("-", "").upper()
            left = text[max(0, match.start() - 10) : match.start()]
            cued = _POLICY_CUE.search(left) is not None and not _OTHER_NUMBER.search(left)
            lettered = number[:2].isalpha() and not _OTHER_NUMBER.search(left)
            if _is_policy_number(number) and (asked or cued or lettered):
                return Found(number, match.span(), 0.95 if cued or lettered else 0.7)
        return None


def _is_policy_number(number: str) -> bool:
    """Tell whether it has the shape of a policy number and of nothing better known."""
    known = _PHONE.fullmatch(number) or _OURS.fullmatch(number) or is_identity_number(number)
    return not known and 10 <= len(number) <= 30 and sum(map(str.isdigit, number)) >= 8


@dataclass(frozen=True)
class RecordNumber(TextValue):
    """A number of ours: two letters and at least twelve digits."""

    prefix: str = "CL"
    volunteered: bool = True
    greedy: bool = False

    def find(self, text: str, now: datetime) -> Found[str] | None:
        """Return the number with this prefix, whatever its case and spacing."""
        pattern = rf"(?<![A-Za-z]){self.prefix}[ \-]?(\d{{12,24}})(?!\d)"
        match = re.search(pattern, text, re.IGNORECASE)
        return Found(self.prefix + match.group(1), match.span()) if match else None

    def answer(self, text: str, now: datetime) -> Found[str] | None:
        """Return the number; its letters may be left out."""
        bare = re.search(r"(?<![0-9A-Za-z])20\d{10,14}(?![0-9A-Za-z])", text)
        if (found := self.find(text, now)) or bare is None:
            return found
        return Found(self.prefix + bare.group(), bare.span(), 0.7)


def _amount(text: str) -> int | None:
    """Return 3800, 3.5万, 一万二 or 八百多 as whole yuan, rounded down."""
    text = re.sub(r"[多来几块元圆钱整]", "", text)
    if mixed := re.fullmatch(r"(\d)([万千])([1-9])", text):
        text = "".join("零一二三四五六七八九"[int(c)] if c.isdigit() else c for c in mixed.group())
    if decimal := re.fullmatch(r"(\d+\.\d+)([万千百wWkK]?)", text):
        factor = integer("一" + decimal[2]) if decimal[2] else 1
        return int(float(decimal[1]) * (factor or 1))
    return integer(text)


@dataclass(frozen=True)
class Money:
    """A sum in whole yuan; of a range, the lower end."""

    volunteered: bool = False
    greedy: bool = False

    def find(self, text: str, now: datetime) -> Found[int] | None:
        """Return the first sum said with a unit of money or size."""
        return self._first(text, asked=False)

    def answer(self, text: str, now: datetime) -> Found[int] | None:
        """Return the first sum; a bare number is yuan."""
        return self._first(text, asked=True)

    def _first(self, text: str, asked: bool) -> Found[int] | None:
        for match in _MONEY.finditer(text):
            if not (asked or _MONEY_UNIT.search(match.group())):
                continue
            if not match[4] and _COUNTED.match(text, match.end()):
                continue
            value = _lower_end(match)
            if value is not None and 0 < value < 10**10:
                return Found(value, match.span(), 0.9)
        return None

    def dump(self, value: int) -> Json:
        """Return the yuan."""
        return value

    def load(self, raw: Json) -> int:
        """Return the yuan; raise ValueError for anything else."""
        if not isinstance(raw, int) or isinstance(raw, bool):
            raise ValueError(f"whole yuan are needed, not {raw!r}")
        return raw

    def show(self, value: int) -> str:
        """Return the sum with its unit."""
        return f"{value:,}元"


def _lower_end(match: re.Match[str]) -> int | None:
    text = match.group()
    if match[1]:  # 两三万: the first digit takes the unit of the second
        unit = re.search(r"[万千百]", text)
        return integer(match[1] + unit.group()) if unit else None
    if match[2]:  # 3000-5000元, 2-3万
        unit = re.search(r"[万千百wWkK]", text)
        return _amount(match[2] + (unit.group() if unit else ""))
    return _amount(text)


@dataclass(frozen=True)
class PeopleCount(Money):
    """How many people: 两个人, 俩, 仨."""

    def _first(self, text: str, asked: bool) -> Found[int] | None:
        match = _PEOPLE.search(text)
        if match:
            value = integer(match[1]) if match[1] else {"俩": 2, "仨": 3}.get(match.group()[0], 1)
            return Found(value, match.span()) if value is not None else None
        bare = (
            re.fullmatch(r"\s*(\d{1,3}|[零一两二三四五六七八九十]{1,3})\s*", text)
            if asked
            else None
        )
        value = integer(bare[1]) if bare else None
        return Found(value, bare.span(1)) if bare and value is not None else None

    def show(self, value: int) -> str:
        """Return the number with its unit."""
        return f"{value}人"


policy_number = PolicyNumber()
claim_number = RecordNumber("CL")
complaint_number = RecordNumber("CP")
ticket_number = RecordNumber("TK")
money = Money()
people = PeopleCount()
