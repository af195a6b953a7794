"""A privacy desk for tests of flows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from bot.desks.privacy import RequestKind, RequestReceipt


class FakePrivacy:
    """Fulfils `bot.desks.privacy.PrivacyDesk`."""

    opened: list[tuple[str, str, Mapping[str, object]]]

    def request_privacy(self, kind: RequestKind, words: str, *, minor: bool) -> RequestReceipt:
        """Note the request like any ticket."""
        number = f"TK2026112200000{len(self.opened)}"
        self.opened.append((kind, number, {"words": words}))
        return RequestReceipt(number, date(2026, 12, 11), fresh=True)

    def reach_privacy(self, phone: str) -> str:
        """Return the number of the newest request."""
        return self.opened[-1][1] if self.opened else ""

    def take_back_privacy(self) -> Sequence[str]:
        """There is nothing to take back."""
        return ()

    def erasure(self) -> RequestReceipt | None:
        """Return nothing: nobody asked."""
        return None

    def held(self) -> Mapping[str, int]:
        """Return what a test can recognise."""
        return {"对话": 2}
