"""Renewal, as flows see it: fulfils `bot.desks.renewal.RenewalDesk`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.desks.renewal import RenewalAdvice
from storage.rules import renewal

if TYPE_CHECKING:
    from storage.conversations import OpenConversation
    from storage.unit_of_work import UnitOfWork


class RenewalDeskPart:
    """The part of `TransactionBackOffice` that knows how policies are renewed."""

    if TYPE_CHECKING:
        uow: UnitOfWork
        conversation: OpenConversation

    def renewal_advice(self, line: str) -> RenewalAdvice:
        """Return how policies of a line are renewed."""
        return renewal.of(line)

    def declined(self, category: str) -> bool:
        """Tell whether this customer does not want messages of ``category``."""
        return category in self.uow.customers.opted_out(self.conversation.id)
