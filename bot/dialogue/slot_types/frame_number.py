"""A vehicle identification number when we asked for it: a wrong length is said at once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from bot.dialogue.slot_types.base import Found
from bot.dialogue.slot_types.identity import Vin

_NEARLY = re.compile(r"(?<![0-9A-Za-z])(?=[A-Za-z0-9]*\d)[A-Za-z0-9]{11,20}(?![0-9A-Za-z])")
_LENGTH = "车架号是 17 位字母加数字，您发的是 {count} 位，请对照行驶证再发一次。"
_LETTERS = "车架号里没有字母 I、O、Q，多半是数字 1 和 0，请对照行驶证再发一次。"


@dataclass(frozen=True)
class FrameNumber(Vin):
    """What is nearly a number was meant to be one, and is told what is wrong with it."""

    def answer(self, text: str, now: datetime) -> Found[str] | None:
        """Return the number, or what is wrong with what looks like one."""
        if found := self.find(text, now):
            return found
        joined = re.sub(r"(?<=[0-9A-Za-z])[ \-](?=[0-9A-Za-z])", "", text)
        if found := self.find(joined, now):
            return Found(found.value, (0, len(text)), found.confidence)
        nearly = _NEARLY.search(text)
        if nearly is None:
            return None
        count = len(nearly.group())
        problem = _LETTERS if count == 17 else _LENGTH.format(count=count)
        return Found(None, nearly.span(), problem=problem)


frame_number = FrameNumber()
