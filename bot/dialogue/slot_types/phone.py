"""The telephone number we may call the customer on: mobile or landline, typed or spoken."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from bot.dialogue.slot_types.base import Found, Json
from bot.dialogue.slot_types.chinese_numbers import SPOKEN_DIGITS, spoken
from bot.dialogue.slot_types.person import SURNAMES
from bot.dialogue.slot_types.plain import TextValue

_CHINESE = "".join(digit for digit in SPOKEN_DIGITS if not digit.isascii())
_RUN = re.compile(
    rf"(?<![A-Za-z0-9.])(?:\+ ?)?[0-9{_CHINESE}(](?:[ \-—.·,、()]{{0,2}}[0-9{_CHINESE}])*+"
)
_GROUP = re.compile(rf"[0-9]+|[{_CHINESE}]+")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"0(?:10|2\d)[2-9]\d{7}|0[3-9]\d{2}[2-9]\d{6,7}")
_SERVICE = re.compile(r"[48]00\d{7}")

_LINK = r"(?:的|那|个|号码?|电话|手机|座机|联系方式|办公|是|为|留|给|打|报|说|[:, ])*$"
_OTHERS = re.compile(
    r"(?:对方|对面|人家|他们?|她|司机|师傅|前车|后车|肇事者|那人|(?<![叫报找没])交警|(?<![叫报找没])警察|保安|物业"
    r"|查勘员?|业务员|客服)"
    r"(?:司机|车主|大哥|大姐|师傅)?"
    r"(?:[叫姓][\u4e00-\u9fff]{1,3}[ ,]?)?" + _LINK
)  # fmt: skip
_MINE = re.compile(r"(?:我|本人|自己|报案人)(?:的|这)?" + _LINK)
_RELATIVE = re.compile(
    r"(?:爱人|媳妇|老婆|老公|对象|妈妈?|爸爸?|儿子|闺女|女儿|哥|姐|弟|妹|家里?|同事|朋友|家属)"
    + _LINK
)
_NOT_A_PHONE = re.compile(
    r"(?:别打|不要打)(?:这|那|我)?个?(?:电话|手机|号码?)?[: ]*$"
    r"|(?:单号?|案件?号?|运单|快递|订单|流水|身份证号?码?|证件号?|工号|卡号|账号|帐号"
    r"|车架号?|验证码|保单)"
    r"(?:号码?|是|为|[:, ])*$"
)
_PHONE_CUE = re.compile(
    r"(?:电话|手机|号码|座机|联系|打我|我号|tel|TEL)(?:号码?|是|为|的|我|[:, ])*$"
)
# A letter goes on with something else; a dead number is not to be called.
_AFTER = re.compile(
    r"[A-Za-z0-9]|(?:那个|这个|的?号码?|[ ,])*(?:停机|停用|不用了|作废|打不通|注销|换号|欠费)"
)
_CALL_THEIRS = re.compile(
    r"(?:打|联系|找)(?:他|她|我?(?:爱人|媳妇|老婆|老公|妈|爸|儿子|闺女|女儿))(?:的|那个|手机|$)"
)
_CORRECTED = re.compile(r"不对|不是|错了|错啦|改成|换成|应该是|重说|写错|打错")
# «不是138…，是139…»: the first of the two is the one that is wrong.
_DENIED = re.compile(r"(?<![要是])不是(?:这个|那个)?(?:我的?)?(?:手机|电话)?号?码?[:, ]*$")
# «李司机 135…» is a name and a number; «司机 135…» is somebody else's.
_TITLED = re.compile(rf"(?:^|[\s,。;!?、\0是叫姓])[{SURNAMES}](?=(?:司机|师傅)[^\u4e00-\u9fff]*$)")
_I_DRIVE = re.compile(r"我(?:就|也)?是(?:开车的?|当时的?|这车的?)?司机[^\u4e00-\u9fff]*$")
_TOO_SHORT = "这个号码的位数不对，手机号应为11位，请再发一次，例如13800000000。"


@dataclass(frozen=True)
class _Number:
    digits: str
    span: tuple[int, int]
    owner: str
    mobile: bool


def _normal(digits: str) -> str | None:
    """Return the number the digits are, without a country code, or None."""
    for code in ("", "86", "0086"):
        bare = digits.removeprefix(code)
        if digits.startswith(code) and _MOBILE.fullmatch(bare):
            return bare
    if digits.startswith("01") and _MOBILE.fullmatch(digits[1:]):
        return digits[1:]
    return digits if _LANDLINE.fullmatch(digits) else None


def _whole(digits: str, used: int, left: int) -> str | None:
    """Return the number, unless digits read out one by one go on behind it."""
    return None if used > 5 and left > used else _normal(digits)


def _in_run(text: str, run: re.Match[str]) -> Iterator[tuple[str, tuple[int, int]]]:
    """Yield the numbers whose digits begin and end with a group of the run."""
    groups = [(spoken(g.group()), g.span()) for g in _GROUP.finditer(text, *run.span())]
    index = 0
    while index < len(groups):
        digits, following = "", index
        while following < len(groups) and len(digits) < 15:
            digits += groups[following][0]
            following += 1
            if number := _whole(digits, following - index, len(groups) - index):
                yield number, (groups[index][1][0], groups[following - 1][1][1])
                index = following - 1
                break
        index += 1


def _owner(left: str) -> str:
    if _TITLED.search(left) or _I_DRIVE.search(left):
        return "me"
    for owner, pattern in (("others", _OTHERS), ("relative", _RELATIVE), ("me", _MINE)):
        if pattern.search(left):
            return owner
    return ""


def _numbers(text: str) -> list[_Number]:
    """Return every number that may be a telephone's, with whose it is."""
    found: list[_Number] = []
    for run in _RUN.finditer(text):
        for digits, span in _in_run(text, run):
            left = text[max(0, span[0] - 12, found[-1].span[1] if found else 0) : span[0]]
            if _NOT_A_PHONE.search(left) or _AFTER.match(text, span[1]):
                continue
            if _DENIED.search(left) and _RUN.search(text, span[1]):
                continue
            mobile = _MOBILE.fullmatch(digits) is not None
            found.append(_Number(digits, span, _owner(left), mobile))
    return found


def _preferred(text: str, numbers: list[_Number]) -> _Number | None:
    """Choose the number to call: asked for, corrected, the customer's own, a mobile, the first."""
    ours = [number for number in numbers if number.owner != "others"]
    if len(ours) < 2:
        return ours[0] if ours else None
    theirs = [number for number in ours if number.owner == "relative"]
    mine = [number for number in ours if number.owner == "me"]
    if theirs and _CALL_THEIRS.search(text):
        return theirs[-1]
    if _CORRECTED.search(text, ours[0].span[1], ours[-1].span[0]):
        return ours[-1]
    plain = [number for number in ours if number.owner == ""]
    mobiles = [number for number in ours if number.mobile]
    return (mine or (plain if theirs else []) or mobiles or ours)[0]


def _incomplete(text: str, cued: bool) -> Found[str] | None:
    """Return a problem where a number was clearly begun but has too few or too many digits."""
    for run in _RUN.finditer(text):
        digits = spoken(run.group())
        left = text[max(0, run.start() - 12) : run.start()]
        least = (
            4 if cued and text[run.end() :].strip() == "" and not text[: run.start()].strip() else 7
        )
        if not least <= len(digits) <= 13 or _OTHERS.search(left) or _NOT_A_PHONE.search(left):
            continue
        if _SERVICE.fullmatch(digits) or _MOBILE.fullmatch(digits):
            continue
        aloud = run.group()[0] in "幺一" and digits[:2] in ("13", "15", "17", "18", "19")
        if cued or _PHONE_CUE.search(left) or (aloud and len(digits) >= 9):
            return Found(None, run.span(), 0.8, _TOO_SHORT)
    return None


@dataclass(frozen=True)
class Phone(TextValue):
    """Digits only: 13800000000 or, with its area code, 02212345678."""

    volunteered: bool = True
    greedy: bool = False

    def find(self, text: str, now: datetime) -> Found[str] | None:
        """Return the customer's number; a number of the other driver is not theirs."""
        numbers = _numbers(text)
        if chosen := _preferred(text, numbers):
            return Found(chosen.digits, chosen.span, 0.95)
        return None if numbers else _incomplete(text, cued=False)

    def answer(self, text: str, now: datetime) -> Found[str] | None:
        """Return the number; eight digits alone are a Tianjin landline."""
        found = self.find(text, now)
        if found and found.value:
            return found
        if local := _LOCAL.search(text):
            return Found("022" + spoken(local.group()), local.span(), 0.7)
        return found or _incomplete(text, cued=True)

    def load(self, raw: Json) -> str:
        """Return the number; raise ValueError where it is none."""
        value = super().load(raw)
        if not _normal(value):
            raise ValueError("the stored text is not a telephone number")
        return value

    def show(self, value: str) -> str:
        """Return the number with its middle hidden."""
        head = 3 if _MOBILE.fullmatch(value) else len(value) - 8
        return value[:head] + "****" + value[-4:]


_LOCAL = re.compile(
    rf"(?<![0-9A-Za-z{_CHINESE}\-])[2-8]\d{{3}}[ \-]?\d{{4}}(?![0-9A-Za-z{_CHINESE}])"
)

phone = Phone()
