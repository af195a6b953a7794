"""Ask the core system for a customer's policies without waiting for it inside the turn."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from sqlalchemy import select

from bot.desks.policy_source import Freshness, PolicySource
from bot.settings import Settings
from storage.conversations import OpenConversation
from storage.models.conversation import Conversation
from storage.models.outbox import OutboxItem
from storage.policy_source import source
from storage.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from storage.identity import Identity

KIND = "core_policies"
CHANNEL = "core"
_LONGEST_QUESTION = 300


class PolicySourcePart:
    """Fulfils `bot.desks.policy_source.PolicySourceDesk`."""

    uow: UnitOfWork
    conversation: OpenConversation
    settings: Settings
    at: datetime
    core_unreachable: bool = False

    if TYPE_CHECKING:

        @cached_property
        def identity(self) -> Identity:
            """Return the proofs of this channel identity."""

        @property
        def verified(self) -> bool:
            """Tell whether this customer is verified at level V2 now."""

    @cached_property
    def policy_source(self) -> PolicySource:
        """Return where policies come from."""
        return source(self.uow.session, self.settings.policy_source, self.at)

    def policies_at_hand(self, *, granted: bool = False) -> bool:
        """Tell whether what we know of these people will do."""
        if self.settings.policy_source.kind == "own":
            return True
        return all(map(self.policy_source.fresh, self._whose(granted=granted)))

    def ask_for_policies(self, question: str, *, granted: bool = False) -> None:
        """Owe an enquiry to the core system about everybody of whom we know too little."""
        for customer in self._whose(granted=granted):
            if not self.policy_source.fresh(customer) and not self._asked_already(customer):
                self._ask(customer, question)

    def policies_known(self, customer: str) -> bool:
        """Tell whether anything usable is known of whom the core system was asked about."""
        return customer.isdigit() and self.policy_source.of_customer(int(customer)) is not None

    def _whose(self, *, granted: bool) -> Sequence[int]:
        if granted:
            return [grant.customer_id for grant in self.identity.grants.in_use()]
        customer = self.conversation.customer_id
        return [customer] if customer is not None and self.verified else []

    def policies_as_of(self, *, granted: bool = False) -> Freshness | None:
        """Return the core system's own time of what we show, the oldest where there are several."""
        if self.settings.policy_source.kind == "own":
            return None
        known = map(self.policy_source.of_customer, self._whose(granted=granted))
        times = [each.as_of for each in known if each and each.as_of]
        return Freshness(min(times), late=self.core_unreachable) if times else None

    def _asked_already(self, customer: int) -> bool:
        query = select(OutboxItem.id).where(
            OutboxItem.conversation_id == self.conversation.id,
            OutboxItem.kind == KIND,
            OutboxItem.peer == self._lane(customer),
            OutboxItem.status == "due",
        )
        return self.uow.session.scalar(query.limit(1)) is not None

    def _lane(self, customer: int) -> str:
        """One customer's slow answer must not hold up the others."""
        return f"core:{self.conversation.id}:{customer}"

    def _ask(self, customer: int, question: str) -> None:
        me = self.uow.session.execute(
            select(Conversation.channel, Conversation.account, Conversation.peer).where(
                Conversation.id == self.conversation.id
            )
        ).one()
        self.uow.outbox.queue(
            dedupe_key=f"core:{self.conversation.id}:{self.conversation.last_seq}:{customer}",
            kind=KIND,
            channel=CHANNEL,
            account=CHANNEL,
            peer=self._lane(customer),
            body={
                "customer": customer,
                "question": question[:_LONGEST_QUESTION],
                "channel": me.channel,
                "account": me.account,
                "peer": me.peer,
            },
            due_at=self.at,
            now=self.at,
            conversation_id=self.conversation.id,
        )
