"""A source of policies for tests of flows: our own tables, unless a test says otherwise."""

from __future__ import annotations

from bot.desks.policy_source import Freshness


class FakePolicySource:
    """Fulfils `bot.desks.policy_source.PolicySourceDesk`."""

    core_asks: bool = False
    core_freshness: Freshness | None = None

    def policies_to_come(self, question: str) -> bool:
        """Tell whether the test lets the core system be asked first."""
        return self.core_asks

    def policies_as_of(self) -> Freshness | None:
        """Return what the test says."""
        return self.core_freshness
