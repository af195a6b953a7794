"""A source of policies for tests of flows: our own tables, unless a test says otherwise."""

from __future__ import annotations

from bot.desks.policy_source import Freshness


class FakePolicySource:
    """Fulfils `bot.desks.policy_source.PolicySourceDesk`."""

    core_asks: bool = False
    core_freshness: Freshness | None = None

    def policies_at_hand(self, *, granted: bool = False) -> bool:
        """Tell whether the test lets a flow go on at once."""
        return not self.core_asks

    def ask_for_policies(self, question: str, *, granted: bool = False) -> None:
        """Nobody is asked."""

    def policies_as_of(self, *, granted: bool = False) -> Freshness | None:
        """Return what the test says."""
        return self.core_freshness
