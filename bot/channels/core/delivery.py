"""Work off the enquiries that turns owe to the core system, and answer the customers then.

What was told is stored first; then the question is asked again as an event of the same
conversation, in a transaction of its own, and answered through the outbox. A crash in between
repeats the enquiry; the event has a key, so the customer is answered once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.channels.core.client import CoreClient, CoreUnavailable, CoreWrong, Told
from bot.channels.core.together import all_of
from bot.core_answers import DOWN, READY
from bot.dialogue.message import InboundMessage
from bot.errors import ConfigurationError, RetryLater, Unreachable
from bot.settings import Settings
from storage import joined, policy_source
from storage.outbound.core_policies import Whom
from storage.outbox import Leased
from storage.policy_source_desk import CHANNEL, KIND
from storage.transactions import Transactions
from storage.unit_of_work import UnitOfWork

log = structlog.get_logger()
_PAUSES = (timedelta(seconds=1), timedelta(seconds=4))
Afterwards = Callable[[InboundMessage], Awaitable[object]]


@dataclass(frozen=True)
class CorePolicies:
    """Delivers outbox items of kind ``core_policies``."""

    client: CoreClient
    transactions: Transactions
    afterwards: Afterwards
    now: Callable[[], datetime]

    async def __call__(self, item: Leased) -> str:
        """Ask, store, answer; after a few failures apologise and tell staff."""
        customer, refs = whom = await asyncio.to_thread(self._whom, int(item.body["customer"]))
        try:
            told = await asyncio.to_thread(all_of, self.client, refs)
        except CoreUnavailable as error:
            if item.attempts <= len(_PAUSES) and not self.client.breaker.open:
                raise RetryLater(str(error), _PAUSES[item.attempts - 1]) from None
            await self._give_up(item, customer, str(error))
        except CoreWrong as error:
            await self._give_up(item, customer, str(error))
        else:
            if not await self._keep(whom, told):
                raise RetryLater("客户记录刚刚合并或拆开，重新问", _PAUSES[0])
            await self.afterwards(self._event(item, customer, READY))
        return ""

    async def _give_up(self, item: Leased, customer: int, reason: str) -> None:
        log.warning("core.unavailable", item=item.id, reason=reason)
        await self.afterwards(self._event(item, customer, DOWN))
        raise Unreachable(reason)

    def _whom(self, customer: int) -> Whom:
        """Return the record that is kept of a person, and all their references, as of now."""

        def work(uow: UnitOfWork) -> Whom:
            home = joined.homes(uow.connection, [customer])[customer]
            return home, tuple(joined.refs(uow.connection, [home])[home])

        return self.transactions.read(work)

    async def _keep(self, whom: Whom, told: Told) -> bool:
        """Keep what was told; False when somebody joined or parted the records meanwhile."""
        (customer, refs), now = whom, self.now()

        def work(uow: UnitOfWork) -> bool:
            if not policy_source.still_asked(uow.session, customer, refs):
                return False
            policy_source.keep(uow.session, customer, told.policies, told.as_of, now)
            return True

        return await asyncio.wrap_future(self.transactions.submit(work))

    def _event(self, item: Leased, customer: int, event: str) -> InboundMessage:
        body = item.body
        return InboundMessage(
            channel=str(body["channel"]),
            account=str(body["account"]),
            peer=str(body["peer"]),
            key=f"core:{item.id}",
            sent_at=self.now(),
            text=str(body["question"]),
            kind="event",
            event=event,
            ref=str(customer),
        )


class _Parts(Protocol):
    """What of the application is needed here."""

    @property
    def settings(self) -> Settings: ...
    @property
    def transactions(self) -> Transactions: ...
    def now(self) -> datetime: ...


def core_routes(parts: _Parts, afterwards: Afterwards) -> dict[tuple[str, str], CorePolicies]:
    """Return who works the enquiries off; nobody where policies are our own."""
    rules = parts.settings.policy_source
    if rules.kind == "own":
        return {}
    if not rules.url:
        raise ConfigurationError("policy_source.url 要写核心系统的地址，http:// 或 https:// 开头")
    delivery = CorePolicies(CoreClient(rules, parts.now), parts.transactions, afterwards, parts.now)
    return {(KIND, CHANNEL): delivery}
