"""What a flow may tell of itself beside its slots, so that it is understood as people mean it."""

from __future__ import annotations

from typing import Any


class Manners:
    """Answers that suit most flows; a flow that knows better says so."""

    def refines(self, name: str, value: Any, quote: str) -> bool:
        """Tell whether a value only makes exact what was said less exactly before."""
        return False

    @property
    def subject(self) -> str:
        """Return the words that say what the form is about, for questions that leave it out."""
        return ""

    def misses_the_point(self, question: str, asked: str) -> bool:
        """Tell whether an entry's ``question`` is about another matter than this form is."""
        return False

    @property
    def recording(self) -> bool:
        """Tell whether a record is open already: every word goes in, and ``progress`` says so."""
        return False

    @property
    def over(self) -> bool:
        """Tell whether the flow cannot go on and must be left without ``submit``."""
        return False

    def listens(self) -> bool:
        """Tell whether words that fit nothing else are taken note of just now."""
        return False
