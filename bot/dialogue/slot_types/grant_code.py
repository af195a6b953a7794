"""The six figures that a holder passed on to somebody who may see a policy."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from bot.dialogue.slot_types.base import Found
from bot.dialogue.slot_types.plain import TextValue

_CUED = re.compile(r"授权码(?:是|为|[:, ])*(\d{3}[ \-]?\d{3})(?![0-9A-Za-z])")
_CODE = re.compile(r"(?<![0-9A-Za-z])\d{3}[ \-]?\d{3}(?![0-9A-Za-z])")


@dataclass(frozen=True)
class GrantCode(TextValue):
    """Picked up unasked only where it is called by its name."""

    volunteered: bool = True
    greedy: bool = False

    def find(self, text: str, now: datetime) -> Found[str] | None:
        """Return the code said together with its name."""
        match = _CUED.search(text)
        return Found(re.sub(r"\D", "", match.group(1)), match.span(1)) if match else None

    def answer(self, text: str, now: datetime) -> Found[str] | None:
        """Return the six figures of the reply."""
        match = _CODE.search(text)
        return Found(re.sub(r"\D", "", match.group()), match.span()) if match else None

    def show(self, value: str) -> str:
        """Return nothing of the code."""
        return "******"


grant_code = GrantCode()
