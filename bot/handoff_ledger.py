"""What the ledger hears of a hand-off: taken, answered, ended, with the time each took."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from bot.clockwork.desk_hours import DeskHours
from storage.ledger import Happening
from storage.models.base import table_of
from storage.models.case import Handoff
from storage.models.ledger import Event
from storage.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class HandoffLedger:
    """Writes stretches of a hand-off, the desk's closed hours taken out."""

    uow: UnitOfWork
    now: datetime
    hours: DeskHours | None = None

    def taken(self, handoff: Handoff) -> None:
        """An agent has it: the wait in the queue ends."""
        self._tell(handoff, "handoff.taken", handoff.opened_at)

    def spoken(self, handoff: Handoff) -> None:
        """The first sentence after a hand-off: the customer's wait ends."""
        self._tell(handoff, "handoff.answered", handoff.opened_at, once=True)
        self._tell(handoff, "handoff.first", self._taken_at(handoff), once=True)

    def closed(self, handoff: Handoff) -> None:
        """The service by a person has ended."""
        if handoff.agent:
            self._tell(handoff, "handoff.closed", self._taken_at(handoff))

    def _taken_at(self, handoff: Handoff) -> datetime:
        table = table_of(Event)
        query = select(func.max(table.c.at)).where(
            table.c.case_number == handoff.number, table.c.kind == "handoff.taken"
        )
        return self.uow.connection.execute(query).scalar() or self.now

    def _tell(self, handoff: Handoff, kind: str, since: datetime, *, once: bool = False) -> None:
        spent = self.now - since
        closed = self.hours.closed_between(since, self.now) if self.hours else timedelta()
        self.uow.ledger.add(
            Happening(
                kind,
                self.now,
                handoff.conversation_id,
                handoff.number,
                handoff.agent or "",
                label=handoff.level,
                value=int((spent - closed).total_seconds()),
                excluded=int(closed.total_seconds()),
                key=f"{kind}:{handoff.number}:{handoff.agent}"[:128] if once else None,
            )
        )
