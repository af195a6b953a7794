"""The identity desk in memory, for `tests.fakes.FakeOffice`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from bot.desks.identity import Assurance, ConsentText, GrantView
from bot.desks.policies import TermNote
from bot.desks.renewal import RenewalAdvice
from bot.desks.values import Values


@dataclass
class FakeIdentityDesk:
    """Knows one customer; a code proves the phone, the document the person."""

    verified: bool = False
    proved_phone: bool = False
    known_login: bool = False
    seen_by_staff: bool = False
    checks: list[str] = field(default_factory=list)
    agreed: dict[str, str] = field(default_factory=dict)
    given: list[GrantView] = field(default_factory=list)

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

    def unbind(self, why: str) -> bool:
        """Forget the customer."""
        held, self.verified, self.proved_phone = self.verified, False, False
        return held

    def consent_text(self, code: str) -> ConsentText:
        """Return a text that names its code."""
        return ConsentText(code, "1", code, True, f"说明 {code}", "撤回后不再用")

    def consented(self, code: str) -> bool:
        """Tell whether it was given."""
        return code in self.agreed

    def give_consent(self, code: str, how: str) -> None:
        """Take note, once."""
        self.agreed.setdefault(code, how)

    def withdraw_consent(self, code: str) -> None:
        """Forget it."""
        self.agreed.pop(code, None)

    def consents(self) -> Sequence[ConsentText]:
        """Return what was given."""
        return [self.consent_text(code) for code in self.agreed]

    def grant_access(self, values: Values) -> GrantView:
        """Record a grant; its code is always the same."""
        number = f"AU20261123{len(self.given) + 1:06d}"
        view = GrantView(number, "白*", "139****6628", "family", "", date(2026, 12, 23), "482913")
        self.given.append(view)
        return view

    def grants(self) -> Sequence[GrantView]:
        """Return what was given."""
        return self.given

    def revoke_grants(self, number: str | None = None) -> int:
        """Forget all of them."""
        count = len(self.given)
        self.given.clear()
        return count

    @property
    def granted(self) -> bool:
        """Nobody lets this customer see anything."""
        return False

    def use_grant(self, code: str) -> bool:
        """Refuse every code."""
        return False

    def term_notes(self) -> Sequence[TermNote]:
        """Return one note."""
        return [TermNote("deductible", "免赔", ("免赔",), "自己承担的部分。", "第八条")]

    def renewal_advice(self, line: str) -> RenewalAdvice:
        """Return short advice."""
        return RenewalAdvice(
            line, "车险", 30, ("登记",), ("行驶证",), "断档不赔。", "看情况。", "条款"
        )

    def declined(self, category: str) -> bool:
        """Nothing is stopped."""
        return False
