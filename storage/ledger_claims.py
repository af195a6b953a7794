"""Open claims past a deadline, told to the ledger though nothing happens to them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from bot.settings import Settings
from storage import claims_clocks, ledger_clocks
from storage.claims_register import Register
from storage.crypto import Cipher
from storage.models.case import Claim
from storage.rules.claim_states import machine
from storage.unit_of_work import UnitOfWork


def sweep(uow: UnitOfWork, cipher: Cipher, settings: Settings, now: datetime) -> int:
    """Judge the clocks of every open claim whose next duty is overdue; return how many claims.

    A claim that nobody touches would otherwise be in no figure until somebody does.
    """
    register = Register(uow, cipher, settings, now, "system")
    late = select(Claim).where(Claim.due_at < now, Claim.status.not_in(sorted(machine().over)))
    claims = uow.session.scalars(late.order_by(Claim.id)).all()
    for claim in claims:
        clocks = claims_clocks.clocks(uow.session, claim, settings.deadlines)
        ledger_clocks.judge_claim(uow.ledger, claim, clocks, register.calendar, now)
    return len(claims)
