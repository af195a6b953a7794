"""Warn the owner of a claim before a clock of ours runs out, and the lead when it has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from bot.clockwork import words
from bot.clockwork.clocks import Clock, Reading, Rule
from bot.errors import CalendarMissing
from scheduler.context import JobContext
from scheduler.portions import each
from storage import claims_clocks
from storage.claims_register import Register
from storage.models.case import CaseEvent, Claim
from storage.rules import claim_clocks as rules
from storage.rules.claim_states import machine
from storage.tickets import TicketBook
from storage.unit_of_work import UnitOfWork

TITLE = "案件时限：到期前提醒负责人，超时督办"
CRON = "*/10 * * * *"
CATCH_UP = "merge"
_WARNED, _OVERDUE = "warned", "overdue"
_DAY = {"minute": 1 / 1440, "working_hour": 1 / 8, "hour": 1 / 24}


@dataclass(frozen=True)
class Step:
    """A warning, or word that a clock has run out; ``at`` is the moment behind it."""

    number: str
    owner: str
    clock: str
    label: str
    kind: str
    at: datetime
    due_at: datetime

    @property
    def key(self) -> tuple[str, str, str]:
        """Return by what the history knows it."""
        return self.kind, self.clock, self.at.isoformat()

    @property
    def words(self) -> str:
        """Return it in one line."""
        day = words.moment(self.due_at)
        if self.kind == _WARNED:
            return f"{self.number}：{self.label}将于 {day} 到期，提醒{self.owner}"
        return f"{self.number}：{self.label}已过 {day}，督办（负责人{self.owner}）"


def run(context: JobContext, as_of: datetime, *, dry_run: bool = False) -> list[str]:
    """Warn as of a moment; safe to run twice, and to run late."""

    def book(uow: UnitOfWork) -> Register:
        return Register(uow, context.cipher, context.settings, as_of, "system")

    def find(uow: UnitOfWork) -> list[str]:
        return [claim.number for claim in _near(uow, as_of) if pending(book(uow), claim)]

    return each(context, find, lambda uow, number: warn(book(uow), number), dry_run=dry_run)


def _near(uow: UnitOfWork, now: datetime) -> Sequence[Claim]:
    """Return the open claims whose next deadline is as near as the earliest warning of all."""
    # Twice the days of a warning: on working days it is further off than its number says.
    ahead = max(2 * day for found in rules.rules() for day in _days(found.rule)) + 1
    query = select(Claim).where(
        Claim.status.not_in(sorted(machine().over)), Claim.due_at <= now + timedelta(days=ahead)
    )
    return uow.session.scalars(query.order_by(Claim.id)).all()


def _days(rule: Rule) -> Iterator[float]:
    yield 0
    yield from (_DAY.get(rule.unit, 1) * count for count in rule.warn)


def warn(book: Register, number: str) -> list[str]:
    """Write down what is due for one claim, and tell people of it; return it in words."""
    claim = book.locked(number)
    if claim is None or claim.status in machine().over:
        return []
    found = pending(book, claim)
    tickets = TicketBook(book.uow, book.cipher, book.settings, book.now, "system")
    for step in found:
        data = {"clock": step.clock, "at": step.at.isoformat()}
        book.note(claim, step.kind, data)
        kind = "claim_nudge" if step.kind == _WARNED else "claim_overdue"
        key = f"{kind}:{number}:{step.clock}:{step.at.isoformat()}"
        tickets.open_once(key, kind, {"words": step.words, "who": step.owner}, number)
        if step.kind == _OVERDUE and claim.severity == "P0":
            # Somebody is hurt and was not called: nobody waits until a list is looked at.
            alarm = {"level": "P0", "why": step.words, "handoff": number}
            book.uow.ownership.tell("alarm", claim.conversation_id, None, book.now, alarm)
    return [step.words for step in found]


def pending(book: Register, claim: Claim) -> list[Step]:
    """Return what nobody was told of yet."""
    known = set(_known(book.uow, claim.number))
    return [step for step in _steps(book, claim) if step.key not in known]


def _known(uow: UnitOfWork, number: str) -> Iterator[tuple[str, str, str]]:
    query = select(CaseEvent).where(
        CaseEvent.case_number == number, CaseEvent.kind.in_((_WARNED, _OVERDUE))
    )
    for event in uow.session.scalars(query):
        yield event.kind, str(event.data.get("clock")), str(event.data.get("at"))


def _steps(book: Register, claim: Claim) -> Iterator[Step]:
    """Yield the newest warning that has passed of each clock of ours, or that it ran out."""
    for clock in claims_clocks.clocks(book.uow.session, claim, book.settings.deadlines):
        reading = _read(book, clock)
        if reading is None or reading.due_at is None or clock.stopped is not None:
            continue
        parts = (claim.number, claim.owner, clock.rule.code, clock.rule.label)
        # Of a silence that grows long the owner hears anyway (storage.claims_silence).
        if reading.state == "running" and clock.rule.code != "silence":
            passed = [at for at in reading.warnings if at <= book.now]
            yield from [Step(*parts, _WARNED, passed[-1], reading.due_at)] if passed else []
        if reading.state == "missed":
            yield Step(*parts, _OVERDUE, reading.due_at, reading.due_at)


def _read(book: Register, clock: Clock) -> Reading | None:
    if clock.rule.side != "us":
        return None
    try:
        return clock.read(book.calendar, book.now)
    except CalendarMissing:
        return None  # doctor tells the operator; nobody is urged on a guess
