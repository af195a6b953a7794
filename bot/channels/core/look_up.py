"""Ask the core system about the customers of touches before they leave; a few at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.channels.core.client import CoreClient, CoreUnavailable, CoreWrong, Told
from bot.channels.core.delivery import CorePolicies
from bot.channels.core.together import all_of
from bot.outbox import Deliver
from storage import policy_source
from storage.outbound.core_policies import Whom
from storage.policy_source_desk import CHANNEL, KIND
from storage.transactions import Transactions
from storage.unit_of_work import UnitOfWork

log = structlog.get_logger()
# So many enquiries at once: the core system has work of its own.
_AT_ONCE = 4


@dataclass(frozen=True)
class CoreLookUp:
    """Fulfils `bot.touches.LookUp`."""

    client: CoreClient
    transactions: Transactions
    now: Callable[[], datetime]

    async def __call__(self, customers: Sequence[Whom]) -> None:
        """Ask about each; what is told is kept, who gets no answer stays as they were."""
        places = asyncio.Semaphore(_AT_ONCE)
        told = await asyncio.gather(*(self._ask(refs, places) for _, refs in customers))
        found = [(whom, one) for whom, one in zip(customers, told, strict=True) if one]
        if found:
            await asyncio.wrap_future(self.transactions.submit(lambda uow: self._keep(uow, found)))

    async def _ask(self, refs: Sequence[str], places: asyncio.Semaphore) -> Told | None:
        async with places:
            try:
                return await asyncio.to_thread(all_of, self.client, refs)
            except (CoreUnavailable, CoreWrong) as error:
                log.warning("core.unavailable", reason=str(error))
                return None

    def _keep(self, uow: UnitOfWork, found: Sequence[tuple[Whom, Told]]) -> None:
        """Keep what was told; whose records were joined or parted meanwhile is asked anew."""
        now = self.now()
        for (customer, refs), told in sorted(found, key=lambda one: one[0]):
            if policy_source.still_asked(uow.session, customer, refs):
                policy_source.keep(uow.session, customer, told.policies, told.as_of, now)


def core_look_up(
    routes: Mapping[tuple[str, str], Deliver],
    transactions: Transactions,
    now: Callable[[], datetime],
) -> CoreLookUp | None:
    """Return what asks before touches leave, with the client of the turns; None without a core."""
    delivery = routes.get((KIND, CHANNEL))
    if not isinstance(delivery, CorePolicies):
        return None
    return CoreLookUp(delivery.client, transactions, now)
