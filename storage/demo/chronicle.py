"""What the demo cases went through, told to the ledger by the functions the product itself uses."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.settings import Settings
from storage import calendars, claims_clocks, ledger_cases, ledger_clocks, ledger_promises
from storage.ledger import Ledger
from storage.models.case import CaseEvent, Claim, Complaint, Ticket


class Chronicle(Ledger):
    """A ledger that is written in the order in which things happened."""

    def write(self) -> None:
        """Append what is held, the oldest first."""
        self._held.sort(key=lambda happening: happening.at)
        super().write()


def tell_cases(session: Session, ledger: Ledger, settings: Settings, now: datetime) -> None:
    """Tell every step, every promise kept or broken, and every clock of every claim."""
    # Whoever is held is found without a query; the session forgets what nobody holds.
    held = [session.scalars(select(model)).all() for model in (Claim, Complaint, Ticket)]
    steps = session.scalars(select(CaseEvent).order_by(CaseEvent.at, CaseEvent.id)).all()
    for step in steps:
        if step.case_number[:2] in ("CL", "CP", "TK"):
            number, at, kind = step.case_number, step.at, step.kind
            ledger.add(ledger_cases.of_note(session, number, at, step.actor, kind, step.data))
            ledger_promises.noted(session, ledger, number, kind, at)
    ledger_promises.sweep(session, ledger, now)
    calendar = calendars.load(session.connection(), settings.calendar)
    for claim in held[0]:
        assert isinstance(claim, Claim)
        found = claims_clocks.clocks(session, claim, settings.deadlines)
        ledger_clocks.judge_claim(ledger, claim, found, calendar, now)
