"""The identity desk in memory, for `tests.fakes.FakeOffice`."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.desks.identity import Assurance


@dataclass
class FakeIdentityDesk:
    """Knows one customer; a code proves the phone, the document the person."""

    verified: bool = False
    proved_phone: bool = False
    known_login: bool = False
    seen_by_staff: bool = False
    checks: list[str] = field(default_factory=list)

    @property
    def level(self) -> Assurance:
        """Return the highest level that was reached."""
        if self.verified:
            return "V3" if self.seen_by_staff else "V2"
        return "V1" if self.proved_phone or self.known_login else "V0"

    def ask_staff_to_check(self, about: str) -> str:
        """Take note and return a number."""
        self.checks.append(about)
        return f"TK20261123{len(self.checks):06d}"
