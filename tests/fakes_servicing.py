"""The part of the branch in memory that looks after policies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from bot.desks.servicing import Family, PaperCheck, PaperLink, ServiceView
from bot.desks.values import Values

CHECK_CODE = "AAAA-BBBB-CCCC"


@dataclass
class FakeServicing:
    """Takes requests of a verified customer; FakeOffice inherits it."""

    requested: list[tuple[ServiceView, Mapping[str, Any]]] = field(default_factory=list)
    documents_wanted: tuple[str, ...] = ("行驶证",)

    now: datetime = field(init=False)
    verified: bool = field(init=False)

    def request_service(
        self, family: Family, kind: str, policy_number: str, values: Values
    ) -> ServiceView | None:
        """Record a request; a second one of its kind finds the first."""
        if not self.verified:
            return None
        for view, _ in self.requested:
            if (view.kind, view.policy) == (kind, policy_number):
                return replace(view, fresh=False)
        number = f"EN20261123{len(self.requested) + 1:06d}"
        due = (self.now + timedelta(days=3)).date()
        view = ServiceView(
            number, family, kind, kind, policy_number, "待补材料", "请补齐。", self.now, due,
            over=False, missing=self.documents_wanted, fresh=True,
        )  # fmt: skip
        self.requested.append((view, dict(values)))
        return view

    def services(self, number: str | None = None) -> Sequence[ServiceView]:
        """Return what was requested."""
        return [view for view, _ in self.requested[::-1] if number in (None, view.number)]

    def withdraw_service(self, number: str) -> ServiceView | None:
        """Take the first one back."""
        found = self.services(number)
        return replace(found[0], status="已撤回", over=True) if found else None

    def attach_service_photos(self, number: str) -> int:
        """Count one."""
        return 1

    def service_for_photos(self) -> str | None:
        """Return the only request."""
        return self.requested[0][0].number if len(self.requested) == 1 else None

    def paper_links(self, policy_numbers: Sequence[str]) -> Sequence[PaperLink]:
        """Return a link each."""
        url = "http://127.0.0.1/papers/x"
        return [PaperLink(n, url, 15) for n in policy_numbers] if self.verified else []

    def check_paper(self, policy_number: str, code: str) -> PaperCheck | None:
        """Know one code."""
        right = PaperCheck("机动车商业保险", "有效", self.now, self.now.date())
        return right if code == CHECK_CODE else None
