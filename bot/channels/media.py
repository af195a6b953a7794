"""Fetch a customer's photo from the platform and keep it as our own file."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from sqlalchemy import update

from bot.channels.base import MediaFetcher
from bot.dialogue.message import Attachment
from bot.media import MediaStore
from storage.models.outbox import Media
from storage.outbox import Leased
from storage.transactions import Transactions
from storage.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class MediaDelivery:
    """Delivers outbox items of kind ``media``; fetching twice gives the same file."""

    fetcher: MediaFetcher
    store: MediaStore
    transactions: Transactions

    async def __call__(self, item: Leased) -> str:
        """Fetch, store and note the path."""
        media, ref = int(item.body["media"]), str(item.body["ref"])
        data, ending = await self.fetcher.fetch(Attachment(item.body["kind"], ref))
        path = await asyncio.to_thread(self.store.save, item.peer, data, ending.lstrip("."))

        def note(uow: UnitOfWork) -> None:
            values = {"path": path, "status": "stored"}
            uow.connection.execute(update(Media).where(Media.id == media).values(values))

        await asyncio.wrap_future(self.transactions.submit(note))
        return ""
