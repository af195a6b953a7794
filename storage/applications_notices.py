"""Tell the customer and other systems what became of an application, with the change itself."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from bot.settings import Webhook
from storage import addresses, notices
from storage.crypto import Cipher
from storage.models.application import Application
from storage.rules.application_checks import checks
from storage.unit_of_work import UnitOfWork

REMINDER = "application_payment"
_HOOK = "webhook"


def notify(
    uow: UnitOfWork, cipher: Cipher, application: Application, text: str, now: datetime
) -> None:
    """Write to the customer where the application was made, else by short message."""
    key = f"application:{application.number}:{secrets.token_hex(4)}"
    if notices.tell(uow, key, text, now, application.conversation_id):
        return
    if phone := str(application.facts.get("phone") or ""):
        notices.text_message(uow, cipher, key, text, phone, now)


def plan_reminders(
    uow: UnitOfWork,
    cipher: Cipher,
    application: Application,
    words: Mapping[str, str],
    now: datetime,
) -> None:
    """Plan the reminders of a payment plan; the outbound job lets them go by its own rules.

    ``words`` holds the kind in words. The keys are kept with the application, to be dropped.
    """
    rules = checks()
    phone = str(application.facts.get("phone") or "")
    where = addresses.address(uow, cipher, application.conversation_id, phone)
    if where is None:
        return
    keys: list[str] = []
    serial = int(application.work.get("plans", 0))
    for order, part in enumerate(application.work.get("plan", ())):
        due_on = date.fromisoformat(part["due_on"])
        for days in rules.days_before:
            at = datetime.combine(due_on - timedelta(days=days), rules.remind_at, now.tzinfo)
            if at <= now:
                continue
            key = f"application:{application.number}:pay:{serial}:{order}:{days}"
            text = rules.reminder.format(
                kind=words["kind"],
                number=application.number,
                amount=f"{part['amount_fen'] / 100:,.2f} 元",
                due=f"{due_on.month}月{due_on.day}日",
            )
            addresses.owe(
                uow, where, key=key, kind=REMINDER, text=text, now=now, due_at=at, planned=True
            )
            keys.append(key)
    application.work = {**application.work, "reminders": keys}


def drop_reminders(
    uow: UnitOfWork, application: Application, orders: Sequence[int] | None = None
) -> None:
    """Take back the reminders of some parts of the plan, or of all of them."""
    keys = [str(key) for key in application.work.get("reminders", ())]
    chosen = [key for key in keys if orders is None or int(key.split(":")[4]) in orders]
    if chosen:
        uow.outbox.suppress(chosen, "已缴费或缴费计划已改")
        left = [key for key in keys if key not in chosen]
        application.work = {**application.work, "reminders": left}


def tell(
    uow: UnitOfWork,
    hooks: Sequence[Webhook],
    application: Application,
    event: str,
    now: datetime,
) -> None:
    """Owe the event to everybody who asked for it; it names the application, never the person."""
    listening = [hook for hook in hooks if hook.wants(event)]
    if not listening:
        return
    event_id = f"evt_{secrets.token_hex(16)}"
    body: dict[str, Any] = {
        "id": event_id,
        "type": event,
        "at": now.isoformat(),
        "application": application.number,
        "data": {
            "kind": application.kind,
            "line": application.line,
            "status": application.status,
        },
    }
    for hook in listening:
        uow.outbox.queue(
            dedupe_key=f"webhook:{hook.name}:{event_id}",
            kind=_HOOK,
            channel=_HOOK,
            account=hook.name,
            peer=application.number,
            body=body,
            due_at=now,
            now=now,
        )
