"""Reminders of applications that wait for their customer: planned with the step, gone with it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from storage import addresses
from storage.applications_register import Book
from storage.models.application import Application
from storage.rules.application_follow_up import follow_up

REMINDER: Final = "application_reminder"
_GONE = "投保往前走了"


def follow(book: Book, application: Application) -> None:
    """Take back what was planned for the step before, and plan for the one just reached."""
    planned = [str(key) for key in application.work.get("nudges", ())]
    if planned:
        book.uow.outbox.suppress(planned, _GONE)
    keys = _plan(book, application)
    if keys or planned:
        application.work = {**application.work, "nudges": keys}


def _plan(book: Book, application: Application) -> list[str]:
    table = follow_up()
    reminder = table.states.get(application.status)
    phone = str(application.facts.get("phone") or "")
    where = addresses.address(book.uow, book.cipher, application.conversation_id, phone)
    if reminder is None or where is None:
        return []
    text = reminder.text.format(kind=book.kind(application).label, number=application.number)
    keys = []
    for days in reminder.days:
        day = book.now.date() + timedelta(days=days)
        # Returned twice in one day it waits anew from the second time: the stamp tells them apart.
        stamp = f"{application.status}:{book.now:%Y%m%d%H%M%S}"
        key = f"application:{application.number}:{stamp}:{days}"
        due_at = datetime.combine(day, table.at, book.now.tzinfo)
        addresses.owe(
            book.uow, where, key=key, kind=REMINDER, text=text, now=book.now, due_at=due_at,
            planned=True,
        )  # fmt: skip
        keys.append(key)
    return keys
