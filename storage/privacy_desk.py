"""Requests about personal data: recorded at once, due by the legal date, told to nobody else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any

from sqlalchemy import select

from bot.clock import SHANGHAI
from bot.clockwork.clocks import Clock, Rule
from bot.desks.privacy import RequestKind, RequestReceipt
from bot.errors import CalendarMissing
from bot.settings import Settings
from storage import calendars
from storage.conversations import OpenConversation
from storage.models.case import Ticket
from storage.personal import person as people
from storage.personal.export import counts
from storage.rules.retention import retention
from storage.unit_of_work import UnitOfWork

_OPEN = ("new", "assigned", "waiting_customer", "overdue")


class PrivacyPart:
    """Fulfils `bot.desks.privacy.PrivacyDesk`."""

    uow: UnitOfWork
    conversation: OpenConversation
    settings: Settings
    at: datetime
    verified: Any

    def request_privacy(self, kind: RequestKind, words: str, *, minor: bool) -> RequestReceipt:
        """Record a request of this conversation."""
        facts = {"words": words[:500], "minor": minor, "verified": bool(self.verified)}
        return open_request(
            self.uow, self.settings, kind, facts, self.at, self.conversation.id, actor="customer"
        )

    def held(self) -> Mapping[str, int]:
        """Return how much we hold, and record that it was told."""
        session, talk = self.uow.session, self.conversation
        whole = self.verified and talk.customer_id is not None
        person = (
            people.of_customer(session, talk.customer_id)
            if whole and talk.customer_id is not None
            else people.Person(conversations={talk.id})
        )
        log = partial(self.uow.customers.log_access, self.at, talk.id)
        log(talk.customer_id, f"customer:{talk.id}", "counts of personal data", "本人查看")
        return counts(session, person)


def open_request(  # noqa: PLR0913 - every part of a request is named where it is opened
    uow: UnitOfWork,
    settings: Settings,
    kind: str,
    facts: Mapping[str, Any],
    at: datetime,
    conversation: int | None,
    *,
    actor: str,
) -> RequestReceipt:
    """Open the ticket of a request, or return the one that is open."""
    if conversation is not None:
        query = select(Ticket).where(
            Ticket.conversation_id == conversation, Ticket.kind == kind, Ticket.status.in_(_OPEN)
        )
        if (open_one := uow.session.scalar(query)) is not None:
            return RequestReceipt(open_one.number, open_one.due_at.date(), fresh=False)
    number = uow.cases.number("TK", at)
    due = due_at(uow, settings, at)
    uow.cases.add(
        Ticket(
            number=number,
            conversation_id=conversation,
            kind=kind,
            status="new",
            facts=dict(facts),
            opened_at=at,
            due_at=due,
        )
    )
    uow.cases.note(number, at, actor, "opened", {"kind": kind})
    return RequestReceipt(number, due.date(), fresh=True)


def due_at(uow: UnitOfWork, settings: Settings, at: datetime) -> datetime:
    """Return the end of the legal time; where no calendar reaches, calendar days: earlier."""
    days = retention().request_days
    rule = Rule("privacy", "个人信息请求", days, "working_day", ("opened",), ("done",), "PIPL 50")
    try:
        due = Clock(rule, at).due(calendars.load(uow.connection, settings.calendar))
    except CalendarMissing:
        due = None
    return due or datetime.combine(at.date() + timedelta(days=days), time(17, 30), SHANGHAI)
