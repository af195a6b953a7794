"""Whether the car drives and whether the police know, asked for in one breath."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from bot.dialogue import words
from bot.dialogue.slot_types.base import Found
from bot.dialogue.slot_types.flags import Flag, drivable, police_reported


@dataclass(frozen=True)
class AskedTogether(Flag):
    """A flag to which some short replies say nothing: they answer the other half of the question.

    «没有» to «还能开吗？报警了没有？» is about the police, «能» about the car.
    """

    of_the_other: re.Pattern[str] = re.compile(r"(?!)")

    def answer(self, text: str, now: datetime) -> Found[bool] | None:
        """Return what is stated, or what a plain yes or no means here."""
        if self.of_the_other.fullmatch(text.strip(" ,。!")):
            return None
        return super().answer(text, now)


drives = AskedTogether(
    drivable.yes,
    drivable.no,
    drivable.positive,
    drivable.negative,
    of_the_other=words.ABOUT_POLICE,
)
police = AskedTogether(
    police_reported.yes,
    police_reported.no,
    police_reported.positive,
    police_reported.negative,
    short_yes=police_reported.short_yes,
    of_the_other=words.ABOUT_DRIVING,
)
