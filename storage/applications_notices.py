"""Tell the customer and other systems what became of an application, with the change itself."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from bot.settings import Webhook
from storage.conversations import OpenConversation
from storage.crypto import Cipher
from storage.models.application import Application
from storage.models.base import table_of
from storage.models.conversation import Conversation
from storage.rules.application_checks import checks
from storage.unit_of_work import UnitOfWork

REMINDER = "application_payment"
_NOTICE = "application_notice"
_HOOK = "webhook"


def notify(
    uow: UnitOfWork, cipher: Cipher, application: Application, text: str, now: datetime
) -> None:
    """Write to the customer where the application was made, else by short message."""
    if application.conversation_id is None:
        _by_phone(uow, cipher, application, text, now)
        return
    conversation = _locked(uow, application.conversation_id)
    body = {"type": "text", "text": text}
    row = {"author": "bot", "sent_by": "outbox", "body": body}
    seq = uow.conversations.record(conversation, [row], now)[0]
    channel, account, peer = _address(uow, application.conversation_id)
    uow.outbox.queue(
        dedupe_key=f"application:{application.number}:notice:{seq}",
        kind=_NOTICE,
        channel=channel,
        account=account,
        peer=peer,
        body=body,
        due_at=now,
        now=now,
        conversation_id=application.conversation_id,
    )


def _by_phone(
    uow: UnitOfWork, cipher: Cipher, application: Application, text: str, now: datetime
) -> None:
    phone = str(application.facts.get("phone") or "")
    if not phone:
        return
    uow.outbox.queue(
        dedupe_key=f"application:{application.number}:sms:{secrets.token_hex(8)}",
        kind=_NOTICE,
        channel="sms",
        account="sms",
        peer=cipher.blind(phone),
        body={"type": "text", "text": text, "to": phone},
        due_at=now,
        now=now,
    )


def _locked(uow: UnitOfWork, conversation_id: int) -> OpenConversation:
    """Return the conversation, which nobody else writes in until the end of the transaction."""
    table = table_of(Conversation)
    query = select(table).where(table.c.id == conversation_id).with_for_update()
    return OpenConversation.of(
        {**uow.connection.execute(query).mappings().one(), "repeat_of": None}
    )


def _address(uow: UnitOfWork, conversation_id: int) -> tuple[str, str, str]:
    table = table_of(Conversation)
    query = select(table.c.channel, table.c.account, table.c.peer)
    row = uow.connection.execute(query.where(table.c.id == conversation_id)).one()
    return row.channel, row.account, row.peer


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
    channel, account, peer, to = _where(uow, cipher, application)
    keys: list[str] = []
    if not peer:
        return
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
            uow.outbox.queue(
                dedupe_key=key,
                kind=REMINDER,
                channel=channel,
                account=account,
                peer=peer,
                body={"type": "text", "text": text, "application": application.number} | to,
                due_at=at,
                now=now,
                conversation_id=application.conversation_id,
                status="planned",
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


def _where(
    uow: UnitOfWork, cipher: Cipher, application: Application
) -> tuple[str, str, str, dict[str, str]]:
    if application.conversation_id is not None:
        return (*_address(uow, application.conversation_id), {})
    phone = str(application.facts.get("phone") or "")
    return "sms", "sms", cipher.blind(phone) if phone else "", {"to": phone}


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
