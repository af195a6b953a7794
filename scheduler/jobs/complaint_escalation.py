"""Warn before a complaint is late, and carry a late one up the ladder, step by step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from bot.clockwork import words
from bot.clockwork.clocks import Clock, Reading
from bot.errors import CalendarMissing
from bot.settings import Settings
from scheduler.context import JobContext
from storage.complaints_clocks import Told
from storage.complaints_register import ComplaintRegister
from storage.crypto import Cipher
from storage.models.case import Complaint
from storage.rules.complaint_authority import authority
from storage.rules.complaint_states import machine
from storage.unit_of_work import UnitOfWork

TITLE = "投诉预警与逐级上抬"
CRON = "*/5 * * * *"


@dataclass(frozen=True)
class Step:
    """One thing to do: a warning (rung 0) or a step up, with its clock and the moment behind it."""

    number: str
    clock: str
    label: str
    rung: int
    at: datetime
    due_at: datetime

    @property
    def words(self) -> str:
        """Return it in one line."""
        day = words.moment(self.due_at)
        if not self.rung:
            return f"{self.number}：{self.label}将于 {day} 到期，预警"
        return f"{self.number}：{self.label}已过 {day}，上抬到{authority().who(self.rung)}"


def run(context: JobContext, as_of: datetime, *, dry_run: bool = False) -> list[str]:
    """Warn and carry up as of a moment."""
    way = context.ways.read if dry_run else context.ways.run
    return way(lambda uow: escalate(uow, context.cipher, context.settings, as_of, dry_run=dry_run))


def escalate(
    uow: UnitOfWork, cipher: Cipher, settings: Settings, now: datetime, *, dry_run: bool = False
) -> list[str]:
    """Do what is due and return it in words; safe to run twice, and to run late."""
    register = ComplaintRegister(uow, cipher, settings, now, "system")
    done: list[str] = []
    for number in _open(uow):
        complaint = register.locked(number)
        assert complaint is not None
        found = list(steps(register, complaint))
        done += [step.words for step in found]
        if not dry_run:
            _apply(register, complaint, found)
    return done


def _open(uow: UnitOfWork) -> list[str]:
    over = sorted(machine().over - {"closed"})
    query = select(Complaint.number).where(
        Complaint.status.not_in(over), Complaint.due_at.is_not(None)
    )
    return list(uow.session.scalars(query.order_by(Complaint.id)))


def steps(register: ComplaintRegister, complaint: Complaint) -> Iterator[Step]:
    """Yield the warnings and steps up of a complaint that were not written down yet."""
    known = _known(register.events(complaint))
    for clock in register.clocks(complaint):
        reading = _read(register, clock)
        if reading is None or reading.due_at is None or clock.stopped is not None:
            continue
        for step in _of(register, complaint, clock, reading):
            if (step.clock, step.rung, step.at.isoformat()) not in known:
                yield step


def _of(
    register: ComplaintRegister, complaint: Complaint, clock: Clock, reading: Reading
) -> Iterator[Step]:
    rule, due_at, now = clock.rule, reading.due_at, register.now
    if due_at is None or rule.side != "us":
        return
    parts = (complaint.number, rule.code, rule.label)
    if reading.state == "running":
        passed = [at for at in reading.warnings if at <= now]
        yield from [Step(*parts, 0, passed[-1], due_at)] if passed else []
    if reading.state == "missed":
        level = complaint.severity
        rung = authority().rung(level, due_at, now, register.calendar)
        yield Step(*parts, rung, due_at, due_at)


def _read(register: ComplaintRegister, clock: Clock) -> Reading | None:
    try:
        return clock.read(register.calendar, register.now)
    except CalendarMissing:
        return None  # doctor tells the operator; nobody is carried up on a guess


def _known(events: list[Told]) -> set[tuple[str, int, str]]:
    return {
        (event.data["clock"], int(event.data["rung"]), event.data["at"])
        for event in events
        if event.kind in ("warned", "escalated")
    }


def _apply(register: ComplaintRegister, complaint: Complaint, found: list[Step]) -> None:
    for step in found:
        data = {"clock": step.clock, "rung": step.rung, "at": step.at.isoformat()}
        if not step.rung:
            register.note(complaint, "warned", data)
            continue
        who = authority().who(step.rung)
        register.note(complaint, "escalated", {**data, "who": who})
        complaint.rung = step.rung
        register.tickets.open_once(
            f"overdue:{step.number}:{step.clock}:{step.at.isoformat()}:{step.rung}",
            "complaint_overdue",
            {"words": step.words, "who": who},
            complaint.number,
        )
        register.tell(complaint, "complaint.escalated", {"to": who})
