"""The platform's own word on how a template message ended."""

from __future__ import annotations

from datetime import datetime

from storage.outbound.letters import Configured
from storage.outbound.touches import Touches
from storage.rules.outbound import rules
from storage.unit_of_work import UnitOfWork


def finished(uow: UnitOfWork, peer: str, job: str, outcome: str, now: datetime) -> bool:
    """Reconcile a send-finish event with the touch that it is about."""
    return Touches(uow, rules(), Configured({}), now).finished(peer, job, outcome)
