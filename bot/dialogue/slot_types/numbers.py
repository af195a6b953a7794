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
_NUMERALS = "零〇一二两三四五六七八九十百千万壹贰叁肆伍陆柒捌玖拾佰仟"
_PLAIN = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟", "一二三四五六七八九十百千")
_MONEY = re.compile(
    r"(?P<sign>[￥¥]|rmb|人民币)?\s?"
    # «两三万» is a range; «12万» is a number, and only «1、2万» a range in figures
    r"(?:(?P<low>[一两二三四五六七八](?=[、到\-]?[二两三四五六七八九十2-9][万千百])|[1-9](?=、[2-9][万千百]))[、到\-]?"
    r"|(?P<least>\d{1,9})[到至~\-](?=\d))?"
    r"(?P<sum>(?:(?:\d{1,3}(?:,\d{3})+|\d{1,9})(?:\.\d{1,2})?|[" + _NUMERALS + r"]{1,14})"
    r"(?:个多|[多来])?[万千百wWkK]?(?:[零一二三四五六七八九]{1,2}|(?<=[万千wWkK])[1-9](?!\d))?)"
    r"[多来]*(?:万|w|W|k|K)?[多来]*(?P<unit>[块元圆](?:钱|整)?)?",
    re.IGNORECASE,
)
_MONEY_UNIT = re.compile(r"[万千百wWkK块元佰仟￥¥]|rmb|人民币", re.IGNORECASE)
_VAGUE = re.compile(r"[几上好成]$")  # 几百块, 上万: nobody can tell how much
_ABOUT = re.compile(r"(?<=[万千百])([一二三四五六七])([二三四五六七八])$")
_COUNTED = re.compile(r"[个人辆台次天月年点分公米岁号楼箱件小]")
_PEOPLE = re.compile(
    r"(\d{1,3}|[一两二三四五六七八九十百]{1,4})来?(?:(?:个|名|位|口)(?:人|伤者|乘客|大人|孩子|老人"
    r"|工人)?|人)|俩人?|仨人?|(?:就|只有?)?我(?:一人|自己)|(?P<two>我(?:们俩|和我[^,。;! ]{1,3}))"
)
_NOBODY = re.compile(r"没有?(?:别?人|乘客|谁)|^\s*没有?[ 。!！]*$|无人")
_ONE_BREATH = 2
_APPROXIMATELY = re.compile(r"^([一二三四五六七八])([二三四五六七八九])$")


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
    """Return 3800, 3.5万, 一万二, 2w5 or 八百多 as whole yuan, rounded down."""
    text = re.sub(r"[个多来块元圆钱整,]", "", text.translate(_PLAIN))
    if about := _ABOUT.search(text):
        text = text[: about.start(2)]  # 两万五六: the lower end
    if mixed := re.fullmatch(r"(\d)([万千wWkK])([1-9])", text):
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
            counted = not match["unit"] and _COUNTED.match(text, match.end())
            vague = match["sum"][0] in "百千万" and _VAGUE.search(text[: match.start("sum")])
            if counted or vague:
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
    text = match.group()[match.start("sum") - match.start() :]
    if match["low"]:  # 两三万: the first digit takes the unit of the second
        unit = re.search(r"[万千百]", text)
        return integer(match["low"] + unit.group()) if unit else None
    if match["least"]:  # 3000-5000元, 2-3万
        unit = re.search(r"[万千百wWkK]", text)
        return _amount(match["least"] + (unit.group() if unit else ""))
    return _amount(text)


@dataclass(frozen=True)
class PeopleCount(Money):
    """How many people: 两个人, 俩, 仨."""

    def _first(self, text: str, asked: bool) -> Found[int] | None:
        if together := _together(text):
            span = (together[0].start(), together[-1].end())
            return Found(sum(_count(match) or 0 for match in together), span)
        if not asked:
            return None
        if nobody := _NOBODY.search(text):
            return Found(0, nobody.span(), 0.9)
        bare = re.fullmatch(r"\s*(\d{1,3}|[零一两二三四五六七八九十]{1,3})\s*", text)
        value = integer(bare[1]) if bare else None
        return Found(value, bare.span(1)) if bare and value is not None else None

    def show(self, value: int) -> str:
        """Return the number with its unit."""
        return f"{value}人"


def _together(text: str) -> list[re.Match[str]]:
    """Return the counts that are said in one breath: «4个大人1个孩子» are five."""
    found: list[re.Match[str]] = []
    for match in _PEOPLE.finditer(text):
        if _count(match) is None:
            continue
        if found and match.start() - found[-1].end() > _ONE_BREATH:
            break
        found.append(match)
    return found


def _count(match: re.Match[str]) -> int | None:
    """Return how many people a match names; of 三四个, the lower end."""
    if match["two"]:
        return 2
    if not match[1]:
        return {"俩": 2, "仨": 3}.get(match.group()[0], 1)
    about = _APPROXIMATELY.match(match[1])
    return integer(about[1] if about else match[1])


policy_number = PolicyNumber()
claim_number = RecordNumber("CL")
complaint_number = RecordNumber("CP")
ticket_number = RecordNumber("TK")
money = Money()
people = PeopleCount()
