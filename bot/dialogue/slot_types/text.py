"""Free text: whatever the customer writes, when we asked for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.dialogue.slot_types.base import Found
from bot.dialogue.slot_types.plain import TextValue, stripped_span


@dataclass(frozen=True)
class FreeText(TextValue):
    """Any text that is not empty."""

    limit: int = 1000
    volunteered: bool = False
    greedy: bool = True

    def find(self, text: str, now: datetime) -> Found[str] | None:
        """Return nothing: any text could be meant for something else."""
        return None

    def answer(self, text: str, now: datetime) -> Found[str] | None:
        """Return the text without blanks and punctuation around it."""
        start, end = stripped_span(text)
        value = text[start : min(end, start + self.limit)].replace("\0", "").strip()
        return Found(value, (start, end), 0.5) if value else None


free_text = FreeText()
# What goes to a colleague word for word: a question in it is not for us to answer.
message_text = FreeText()
