"""Numbers that say who or what somebody is: identity card, its tail, one-time code, VIN."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from bot.dialogue.slot_types.base import Found, Json
from bot.dialogue.slot_types.chinese_numbers import spoken
from bot.dialogue.slot_types.plain import TextValue

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_IDENTITY = re.compile(r"(?<![0-9A-Za-z])[1-9]\d{5}[ \-]?\d{8}[ \-]?\d{3}[0-9Xx](?![0-9A-Za-z])")
_NEARLY = re.compile(
    r"(?:身份证|证件)(?:号码?|是|为|[:, ])*(?=(\d{13,17}[Xx]?|\d{19,21})(?![0-9A-Za-z]))"
)
_DIGITS_ONLY = re.compile(r"(?<![0-9A-Za-z])\d{13,21}[Xx]?(?![0-9A-Za-z])")
# Groups as people write them; only a number that checks is believed to be one.
_SPACED = re.compile(r"(?<![0-9A-Za-z])[1-9](?:[ \-]?\d){16}[ \-]?[0-9Xx](?![0-9A-Za-z])")
_X_APART = re.compile(r"(\d{17})[ ,]*(?:末位|最后一?位|尾号|最后)?(?:是|为)?[ ]?[Xx叉]")
_READ_OUT = re.compile(
    r"(?:身份证|证件)(?:号码?|是|为|[:, ])*"
    r"([零〇一二两三四五六七八九洞幺妖拐勾钩]{17}[零〇一二两三四五六七八九洞幺妖拐勾钩Xx叉])"
)
_WRONG = "这个身份证号校验不通过，请核对后再发一次（18位，最后一位可能是X）。"
_OLD = "15位的旧身份证号这里无法核对，请提供18位号码，或回复“转人工”由专员协助。"

_TAIL_CUE = re.compile(
    r"(?:尾号|末尾|后[四五六4-6]位|末[四五六4-6]?位|最后[四五六4-6]位)(?:数|号码?|是|为|[:, ])*"
    r"(\d{3,5}[0-9Xx])(?![0-9A-Za-z])"
)
_TAIL = re.compile(r"(?<![0-9A-Za-z])\d{3,5}[0-9Xx](?![0-9A-Za-z])")
_CODE = re.compile(r"(?<![0-9A-Za-z])\d{3}[ \-]?\d{3}(?![0-9A-Za-z])")
_CODE_LIKE = re.compile(r"(?<![0-9A-Za-z])\d{4,8}(?![0-9A-Za-z])")

_VIN = re.compile(
    r"(?<![0-9A-Za-z])(?=[A-Z0-9]*\d)[A-HJ-NPR-Z0-9]{17}(?![0-9A-Za-z])", re.IGNORECASE
)
_VIN_CUED = re.compile(
    r"(?:车架|大架|VIN|识别(?:代?码|代号))(?:号|码|是|为|[:, ])*"
    r"((?=[A-Z0-9 \-]*\d)[A-Z0-9](?:[ \-]?[A-Z0-9]){12,20})(?![0-9A-Za-z])",
    re.IGNORECASE,
)
_VIN_ROW = re.compile(
    r"(?<![0-9A-Za-z])(?=[A-Z0-9 \-]*\d)(?=[0-9 \-]*[A-Z])"
    r"[A-Z0-9](?:[ \-]?[A-Z0-9]){13,20}(?![0-9A-Za-z])",
    re.IGNORECASE,
)
_NEVER_IN_A_VIN = str.maketrans("IOQ", "100")
_WRONG_VIN = (
    "车架号是17位字母和数字（没有I、O、Q），行驶证上“车辆识别代号”那一栏，请核对后再发一次。"
)
_VIN_LETTERS = dict(
    zip("ABCDEFGHJKLMNPRSTUVWXYZ", map(int, "12345678123457923456789"), strict=True)
)
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def _birthday_exists(digits: str) -> bool:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8])).year >= 1850
    except ValueError:
        return False


def is_identity_number(text: str) -> bool:
    """Tell whether an 18-character identity number has a real birthday and the right check."""
    if not re.fullmatch(r"[1-9][0-9]{16}[0-9X]", text) or not _birthday_exists(text[6:14]):
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, text[:17], strict=True))
    return _CHECKS[total % 11] == text[17]


def vin_is_plausible(vin: str) -> bool:
    """Tell whether the check digit fits; imported cars may differ, so only warn."""
    values = [int(c) if c.isdigit() else _VIN_LETTERS.get(c, 0) for c in vin.upper()]
    total = sum(weight * value for weight, value in zip(_VIN_WEIGHTS, values, strict=False))
    return len(vin) == 17 and vin[8].upper() == "0123456789X"[total % 11]


def _in_pieces(text: str) -> Found[str] | None:
    """Return a number said in groups, read out, or with its X apart, where it checks."""
    if match := _SPACED.search(text):
        number = re.sub(r"[ \-]", "", match.group()).upper()
    elif match := _X_APART.search(text):
        number = match[1] + "X"
    elif match := _READ_OUT.search(text):
        number = spoken(match[1][:17]) + ("X" if match[1][17] in "Xx叉" else spoken(match[1][17]))
    else:
        return None
    span = match.span(1) if match.re is _READ_OUT else match.span()
    return Found(number, span) if is_identity_number(number) else None


@dataclass(frozen=True)
class IdentityNumber(TextValue):
    """An identity card number after GB 11643."""

    volunteered: bool = True
    greedy: bool = False

    def find(self, text: str, now: datetime) -> Found[str] | None:
        """Return the number said in ``text``; a wrong check digit is a problem."""
        if known := _in_pieces(text):
            return known
        if match := _IDENTITY.search(text):
            number = re.sub(r"[ \-]", "", match.group()).upper()
            if is_identity_number(number):
                return Found(number, match.span())
            return Found(None, match.span(), problem=_WRONG)
        if cued := _NEARLY.search(text):
            return self._unusable(cued.group(1), cued.span(1))
        return None

    def answer(self, text: str, now: datetime) -> Found[str] | None:
        """Return the number; any long row of digits was meant to be one."""
        if found := self.find(text, now):
            return found
        nearly = _DIGITS_ONLY.search(text)
        return self._unusable(nearly.group(), nearly.span()) if nearly else None

    def load(self, raw: Json) -> str:
        """Return the number; raise ValueError where it is none."""
        value = super().load(raw)
        if not is_identity_number(value):
            raise ValueError("the stored text is not an identity number")
        return value

    def show(self, value: str) -> str:
        """Return the number with everything but region and tail hidden."""
        return value[:4] + "*" * 10 + value[-4:]

    def _unusable(self, number: str, span: tuple[int, int]) -> Found[str]:
        return Found(None, span, problem=_OLD if len(number) == 15 else _WRONG)


@dataclass(frozen=True)
class IdentityTail(TextValue):
    """The last four to six characters of an identity number."""

    volunteered: bool = True
    greedy: bool = False

    def find(self, text: str, now: datetime) -> Found[str] | None:
        """Return the tail where it is called one."""
        match = _TAIL_CUE.search(text)
        return Found(match.group(1).upper(), match.span(1)) if match else None

    def answer(self, text: str, now: datetime) -> Found[str] | None:
        """Return the tail, also of a whole number given instead."""
        if found := self.find(text, now):
            return found
        if match := _TAIL.search(text):
            return Found(match.group().upper(), match.span(), 0.9)
        whole = identity_number.find(text, now)
        return Found(whole.value[-4:], whole.span) if whole and whole.value else None

    def show(self, value: str) -> str:
        """Return the tail behind the word for it."""
        return f"尾号{value}"


@dataclass(frozen=True)
class OneTimeCode(TextValue):
    """The six digits we sent; never picked up unasked."""

    volunteered: bool = False
    greedy: bool = False

    def find(self, text: str, now: datetime) -> Found[str] | None:
        """Return nothing: six digits say nothing about what they are."""
        return None

    def answer(self, text: str, now: datetime) -> Found[str] | None:
        """Return the six digits of the reply."""
        if match := _CODE.search(text):
            return Found(re.sub(r"\D", "", match.group()), match.span())
        wrong = _CODE_LIKE.search(text)
        return (
            Found(None, wrong.span(), problem="验证码是6位数字，请再输入一次。") if wrong else None
        )

    def show(self, value: str) -> str:
        """Return nothing of the code."""
        return "******"


@dataclass(frozen=True)
class Vin(TextValue):
    """A vehicle identification number; a wrong check digit only lowers confidence."""

    volunteered: bool = True
    greedy: bool = False

    def find(self, text: str, now: datetime) -> Found[str] | None:
        """Return the 17 characters; what is called a number of the car but is none is a problem."""
        match = _VIN.search(text)
        if match and not match.group().isdigit():
            vin = match.group().upper()
            return Found(vin, match.span(), 0.95 if vin_is_plausible(vin) else 0.6)
        cued = _VIN_CUED.search(text)
        return _vin_of(cued[1], cued.span(1)) if cued else None

    def answer(self, text: str, now: datetime) -> Found[str] | None:
        """Return the 17 characters; any long row of letters and figures was meant to be them."""
        if found := self.find(text, now):
            return found
        row = _VIN_ROW.search(text)
        return _vin_of(row.group(), row.span()) if row else None


def _vin_of(said: str, span: tuple[int, int]) -> Found[str] | None:
    """Return what a row of letters and figures was meant to be; I, O and Q never occur."""
    vin = re.sub(r"[ \-]", "", said).upper().translate(_NEVER_IN_A_VIN)
    if len(vin) == 17:
        return Found(vin, span, 0.9 if vin_is_plausible(vin) else 0.6)
    return Found(None, span, problem=_WRONG_VIN)


identity_number = IdentityNumber()
id_tail = IdentityTail()
one_time_code = OneTimeCode()
vin = Vin()
