"""The number on an invoice: the unified social credit code (GB 32100), or one's own identity."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from bot.dialogue.slot_types.base import Found, Json
from bot.dialogue.slot_types.identity import is_identity_number
from bot.dialogue.slot_types.plain import TextValue

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CODE = re.compile(r"(?<![0-9A-Za-z])[0-9A-Za-z]{2}[0-9]{6}[0-9A-Za-z]{10}(?![0-9A-Za-z])")
_NEARLY = re.compile(r"(?<![0-9A-Za-z])[0-9A-Za-z]{14,20}(?![0-9A-Za-z])")
_WRONG = (
    "这个税号校验不通过，请对着营业执照再核对一遍："
    "统一社会信用代码是 18 位，没有字母 I、O、S、V、Z。"
)
_OLD = "15 位的是旧税号，现在开票用 18 位的统一社会信用代码，请看一下新的营业执照。"


def is_credit_code(code: str) -> bool:
    """Tell whether ``code`` has the right characters and the right check character."""
    if len(code) != 18 or any(c not in _ALPHABET for c in code) or not code[2:8].isdigit():
        return False
    total = sum(_ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(code[:17]))
    return _ALPHABET[(31 - total % 31) % 31] == code[17]


@dataclass(frozen=True)
class TaxNumber(TextValue):
    """The credit code of a firm, or the identity number of a one-person business."""

    volunteered: bool = True
    greedy: bool = False

    def find(self, text: str, now: datetime) -> Found[str] | None:
        """Return the code said in ``text``; one with a wrong check character is a problem."""
        match = _CODE.search(text)
        if match is None:
            return None
        code = match.group().upper()
        right = is_credit_code(code) or is_identity_number(code)
        return Found(code, match.span()) if right else Found(None, match.span(), problem=_WRONG)

    def answer(self, text: str, now: datetime) -> Found[str] | None:
        """Return the code; any long row of letters and digits was meant to be one."""
        squeezed = re.sub(r"(?<=[0-9A-Za-z])[ \-](?=[0-9A-Za-z])", "", text)
        if found := self.find(squeezed, now):
            return Found(found.value, (0, len(text)), problem=found.problem)
        nearly = _NEARLY.search(squeezed)
        if nearly is None:
            return None
        return Found(None, (0, len(text)), problem=_OLD if len(nearly.group()) == 15 else _WRONG)

    def load(self, raw: Json) -> str:
        """Return the code; raise ValueError where it is none."""
        value = super().load(raw)
        if not (is_credit_code(value) or is_identity_number(value)):
            raise ValueError("the stored text is no tax number")
        return value


tax_number = TaxNumber()
