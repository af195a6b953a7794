"""Is it the accident that was reported before, or another one?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from bot.dialogue.slot_types.base import Found
from bot.dialogue.slot_types.choice import Choice

# Said while we still ask whether everybody is safe, these words answer what we said before.
_UNASKED = re.compile(
    r"^(?:就?是|不是|还是|[,。 ])*(?:同一[次个件起场]|一回事|一件事)"
    r"(?:事故|事儿?)?[的啊呀吧了,。! ]*$"
)


@dataclass(frozen=True)
class SameOrNew(Choice):
    """Which claim the words belong to; as a whole reply also unasked."""

    volunteered: bool = True

    def find(self, text: str, now: datetime) -> Found[str] | None:
        """Return the choice where it is all that was said."""
        found = self.answer(text, now) if _UNASKED.match(text) else None
        # The whole reply: what is left of it must not pass for a yes to another question.
        return Found(found.value, (0, len(text)), found.confidence) if found else None


same_or_new = SameOrNew(
    (
        ("same", "接着办那一件", "接着办|就是那|继续那|不用重复|不用再报"),
        ("more", "补充到那一件", "补充|加到|合并|一块儿|同一[次个件起场]|一回事|是的?$|对"),
        ("new", "另外报一次", "另外|另一次|不是同|不是一回|又出|新的|不一样|不是$"),
    )
)
same_event = Choice(
    (
        ("same", "是同一起", "同一[次个件起场]|就是那|一回事|就一[起次]|^是的?$|^对|没错"),
        ("another", "另一起，分开报", "另[一外]|不是|不同|两[起次码]|分开|^不"),
    )
)
