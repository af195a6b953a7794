"""Ask the core system for a customer's policies without waiting for it inside the turn."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property

from sqlalchemy import select

from bot.desks.policy_source import Freshness, PolicySource
from bot.settings import Settings
from storage.conversations import OpenConversation
from storage.models.conversation import Conversation
from storage.models.customer import Customer
from storage.models.outbox import OutboxItem
from storage.policy_source import source
from storage.unit_of_work import UnitOfWork

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

    @cached_property
    def policy_source(self) -> PolicySource:
        """Return where policies come from."""
        return source(
            self.uow.session,
            self.settings.policy_source,
            self.at,
            unreachable=self.core_unreachable,
        )

    def policies_to_come(self, question: str) -> bool:
        """Owe an enquiry to the core system unless what we know will do."""
        customer = self.conversation.customer_id
        own = self.settings.policy_source.kind == "own"
        if own or customer is None or self.policy_source.of_customer(customer) is not None:
            return False
        if not self._asked_already():
            self._ask(customer, question)
        return True

    def policies_as_of(self) -> Freshness | None:
        """Return the core system's own time of what we show."""
        customer = self.conversation.customer_id
        own = self.settings.policy_source.kind == "own"
        known = None if own or customer is None else self.policy_source.of_customer(customer)
        if known is None or known.as_of is None:
            return None
        return Freshness(known.as_of, late=self.core_unreachable)

    def _asked_already(self) -> bool:
        query = select(OutboxItem.id).where(
            OutboxItem.conversation_id == self.conversation.id,
            OutboxItem.kind == KIND,
            OutboxItem.status == "due",
        )
        return self.uow.session.scalar(query.limit(1)) is not None

    def _ask(self, customer: int, question: str) -> None:
        me = self.uow.session.execute(
            select(Conversation.channel, Conversation.account, Conversation.peer).where(
                Conversation.id == self.conversation.id
            )
        ).one()
        ref = self.uow.session.scalar(select(Customer.ref).where(Customer.id == customer))
        self.uow.outbox.queue(
            dedupe_key=f"core:{self.conversation.id}:{self.conversation.last_seq}",
            kind=KIND,
            channel=CHANNEL,
            account=CHANNEL,
            # One customer's slow answer must not hold up the others.
            peer=f"core:{self.conversation.id}",
            body={
                "customer": customer,
                "ref": ref,
                "question": question[:_LONGEST_QUESTION],
                "channel": me.channel,
                "account": me.account,
                "peer": me.peer,
            },
            due_at=self.at,
            now=self.at,
            conversation_id=self.conversation.id,
        )
