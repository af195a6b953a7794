"""Tell other systems that a claim changed: rows of the outbox, written with the change itself.

What is told names the claim and what kind of thing happened, never personal data: the other
system reads the rest over the API with its own token.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.settings import Webhook
from storage.models.case import Claim
from storage.unit_of_work import UnitOfWork

KIND = CHANNEL = "webhook"


def tell(
    uow: UnitOfWork,
    hooks: Sequence[Webhook],
    claim: Claim,
    event: str,
    data: Mapping[str, Any],
    now: datetime,
) -> None:
    """Owe the event to everybody who asked for it, once each."""
    body = {
        "claim": claim.number,
        "external_ref": claim.external_ref,
        "data": {"line": claim.line, "status": claim.status, **data},
    }
    publish(uow, hooks, event, claim.number, body, now)


def publish(
    uow: UnitOfWork,
    hooks: Sequence[Webhook],
    event: str,
    number: str,
    body: Mapping[str, Any],
    now: datetime,
) -> None:
    """Owe an event about any case to everybody who asked for it, once each."""
    listening = [hook for hook in hooks if hook.wants(event)]
    if not listening:
        return
    event_id = f"evt_{secrets.token_hex(16)}"
    told = {"id": event_id, "type": event, "at": now.isoformat(), **body}
    for hook in listening:
        uow.outbox.queue(
            dedupe_key=f"webhook:{hook.name}:{event_id}",
            kind=KIND,
            channel=CHANNEL,
            account=hook.name,
            # One case's events arrive in order; other cases do not wait behind them.
            peer=number,
            body=told,
            due_at=now,
            now=now,
        )
