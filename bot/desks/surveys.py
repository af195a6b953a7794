"""What a flow may ask about surveys and feedback."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class Rated:
    """What became of a score: whom it is about, and by when somebody calls back, if somebody does.

    ``topics`` are the buttons for what it was about; none where nothing waits for a comment.
    """

    about: str
    call_back_by: datetime | None
    topics: tuple[str, ...] = ()


class SurveyDesk(Protocol):
    """Scores count at once; what is said after them is added."""

    def rate(self, score: int, words: str) -> Rated | None:
        """Record the score for the survey that waits; None when none waits."""
        ...

    def comment(self, words: str) -> bool:
        """Add words to the survey answered last, a moment ago; False when there is none."""
        ...

    def mark_solved(self, *, solved: bool) -> None:
        """Note that the customer says whether this contact has solved the matter."""
        ...
