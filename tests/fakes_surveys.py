"""Surveys of the branch in memory."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.desks.surveys import Rated


@dataclass
class FakeSurveys:
    """No survey waits unless the test says so."""

    waiting: Rated | None = None
    rated: list[tuple[int, str]] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    solved: list[bool] = field(default_factory=list)


class FakeSurveyDesk:
    """Fulfils `bot.desks.surveys.SurveyDesk`."""

    surveys: FakeSurveys

    def rate(self, score: int, words: str) -> Rated | None:
        """Return what the test put there."""
        self.surveys.rated.append((score, words))
        return self.surveys.waiting

    def comment(self, words: str) -> bool:
        """Take note."""
        self.surveys.comments.append(words)
        return bool(self.surveys.rated)

    def mark_solved(self, *, solved: bool) -> None:
        """Take note."""
        self.surveys.solved.append(solved)
