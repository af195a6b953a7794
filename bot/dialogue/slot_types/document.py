"""The document that proves who somebody is: the whole number, or its last characters."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from bot.dialogue.slot_types.base import Found, Json
from bot.dialogue.slot_types.identity import id_tail, identity_number
from bot.dialogue.slot_types.plain import TextValue

FULL_TAIL = 6
_CREDIT = re.compile(
    r"(?<![0-9A-Za-z])[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}(?![0-9A-Za-z])",
    re.IGNORECASE,
)
_CREDIT_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WRONG = "这个统一社会信用代码校验不通过，请核对后再发一次（18 位）。"
_WHOLE = 18


def is_credit_code(text: str) -> bool:
    """Tell whether a unified social credit code has the right check character (GB 32100)."""
    if not _CREDIT.fullmatch(text):
        return False
    values = [_CREDIT_LETTERS.index(c) for c in text.upper()]
    total = sum(value * pow(3, i, 31) for i, value in enumerate(values[:17]))
    return values[17] == (31 - total % 31) % 31


@dataclass(frozen=True)
class Document(TextValue):
    """An identity number or credit code, whole or its last four to six characters."""

    volunteered: bool = True
    greedy: bool = False

    def find(self, text: str, now: datetime) -> Found[str] | None:
        """Return a whole number, or a tail that is called one."""
        return self._credit(text) or identity_number.find(text, now) or id_tail.find(text, now)

    def answer(self, text: str, now: datetime) -> Found[str] | None:
        """Return the number; any four to six figures are its tail."""
        return self.find(text, now) or self._nearly(text, now) or id_tail.answer(text, now)

    def load(self, raw: Json) -> str:
        """Return the number; raise ValueError where it can be none."""
        value = super().load(raw)
        if not re.fullmatch(r"[0-9A-Z]{4,6}|[0-9A-Z]{18}", value):
            raise ValueError("the stored text is no document number")
        return value

    def show(self, value: str) -> str:
        """Return the last two characters: it must not be readable on a card."""
        return f"{'*' * (len(value) - 2)}{value[-2:]}"

    def _credit(self, text: str) -> Found[str] | None:
        match = _CREDIT.search(text)
        # Seventeen figures in a row are an identity number.
        if match is None or match.group()[:17].isdigit():
            return None
        if is_credit_code(match.group()):
            return Found(match.group().upper(), match.span())
        return Found(None, match.span(), problem=_CREDIT_WRONG)

    def _nearly(self, text: str, now: datetime) -> Found[str] | None:
        """A long row of figures that is no number is told so, not read as a tail."""
        found = identity_number.answer(text, now)
        return found if found and found.problem else None


def is_whole(number: str) -> bool:
    """Tell whether a document was given with all its characters."""
    return len(number) == _WHOLE


document = Document()
