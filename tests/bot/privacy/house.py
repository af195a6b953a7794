"""An installation with two people in every table, and in every folder."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update

from bot.privacy.check import Check
from bot.privacy.rights import Rights
from bot.settings import Settings
from scheduler.context import JobContext
from storage.crypto import Cipher
from storage.models.case import Ticket
from storage.models.outbox import OutboxItem
from storage.transactions import Transactions
from tests.storage.personal.people import NOW, Somebody, traces

CHECK = Check("李主管", "video")


@dataclass
class House:
    """An installation with two people in every table, and in every folder."""

    ways: Transactions
    settings: Settings
    cipher: Cipher
    one: Somebody
    other: Somebody
    now: datetime = NOW

    @property
    def rights(self) -> Rights:
        """Return what staff work with."""
        return Rights(self.ways, self.cipher, self.settings, lambda: self.now, "staff:test")

    def request(self, kind: str = "privacy_erase") -> str:
        """Return the number of a request of the first person."""
        return self.rights.open(kind, f"REF{self.one.serial}")

    def traces(self, who: Somebody, leave: tuple[str, ...] = ()) -> list[str]:
        """Return where somebody is still found in the tables."""
        return self.ways.read(lambda uow: traces(uow.session, who.words, leave))

    def change(self, model: Any, who: Somebody, **values: Any) -> None:
        """Change somebody's row of a table."""
        key = who.keys[model.__tablename__]
        self.ways.run(
            lambda uow: uow.session.execute(update(model).where(model.id == key).values(values))
        )

    def count(self, model: Any) -> int:
        """Return how many rows a table has."""
        query = select(func.count()).select_from(model)
        return self.ways.read(lambda uow: int(uow.session.scalar(query) or 0))

    def files(self) -> str:
        """Return the bytes of all files below the data folder, as text that can be searched."""
        found = [f.read_bytes() for f in self.settings.data_dir.rglob("*") if f.is_file()]
        return b"\n".join(found).decode("utf-8", "replace")

    @property
    def context(self) -> JobContext:
        """Return what the nightly job works with."""
        return JobContext(self.ways, self.settings, self.cipher)

    def ticket(self, number: str) -> Ticket:
        """Return a request as it stands."""
        query = select(Ticket).where(Ticket.number == number)
        return self.ways.read(lambda uow: uow.session.scalars(query).one())

    def told(self) -> list[str]:
        """Return what was written to the first person since, oldest first."""
        query = select(OutboxItem).where(OutboxItem.kind == "notice").order_by(OutboxItem.id)
        found = self.ways.read(lambda uow: list(uow.session.scalars(query)))
        return [str(item.body["text"]) for item in found]
