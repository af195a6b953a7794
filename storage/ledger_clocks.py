"""Deadlines that were kept or missed, as rows of the ledger: one for each clock of each case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from bot.clockwork.clocks import Clock, Reading
from bot.clockwork.workdays import WorkCalendar
from bot.errors import CalendarMissing
from storage.ledger import Happening, Ledger
from storage.models.case import Claim
from storage.rules import claim_tracks

KIND: Final = "clock"
# A claim that was taken back had no deadline to keep.
_VOID = ("withdrawn", "cancelled")


def judge_claim(
    ledger: Ledger, claim: Claim, clocks: Sequence[Clock], calendar: WorkCalendar, now: datetime
) -> None:
    """Write down every clock of a claim that is decided; saying it again changes nothing."""
    if claim.status in _VOID:
        return
    for clock in clocks:
        if clock.rule.side == "us" and not clock.rule.restarts and clock.started:
            judge(ledger, claim.number, clock, calendar, now, claim)


def judge(
    ledger: Ledger,
    number: str,
    clock: Clock,
    calendar: WorkCalendar,
    now: datetime,
    case: Claim | None = None,
) -> None:
    """Write down one clock if it is decided."""
    try:
        reading = clock.read(calendar, now)
    except CalendarMissing:
        return
    if reading.state not in ("met", "missed") or clock.started is None:
        return
    ledger.add(_row(number, clock, reading, case))


def _row(number: str, clock: Clock, reading: Reading, case: Claim | None) -> Happening:
    missed = reading.state == "missed"
    # A missed clock counts on the day it ran out, however late the work is done.
    end = reading.due_at if missed and reading.due_at else clock.stopped
    assert clock.started is not None
    assert end is not None
    stood = sum(((p.until or end) - p.since for p in clock.pauses if p.since < end), timedelta())
    owner = case.owner if case else ""
    named = claim_tracks.is_person(owner)
    return Happening(
        KIND,
        end,
        case.conversation_id if case else None,
        number,
        owner if named else "",
        "" if named else owner,
        "",
        clock.rule.code,
        reading.state,
        int((end - clock.started - stood).total_seconds()),
        int(stood.total_seconds()),
        {
            "due": reading.due_at.isoformat() if reading.due_at else None,
            "law": clock.rule.basis.startswith("《") and "指引" not in clock.rule.basis,
            "line": case.line if case else "",
            "track": (case.track or "") if case else "",
        },
        f"clock:{number}:{clock.rule.code}:{clock.started:%Y%m%dT%H%M%S}",
    )


class Promise(NamedTuple):
    """A promise with one date (a ticket, a complaint): what it is, whose, and since when."""

    number: str
    label: str
    opened: datetime
    due_at: datetime
    actor: str = ""
    team: str = ""
    conversation_id: int | None = None
    channel: str = ""
    category: str = ""


def promised(ledger: Ledger, promise: Promise, done: datetime | None) -> None:
    """Write down a promise once it is kept, or broken (``done`` None or late)."""
    missed = done is None or done > promise.due_at
    # A broken promise counts on the day it was due, however late the work is done.
    end = promise.due_at if done is None or missed else done
    ledger.add(
        Happening(
            KIND,
            end,
            promise.conversation_id,
            promise.number,
            promise.actor,
            promise.team,
            promise.channel,
            promise.label,
            "missed" if missed else "met",
            int((end - promise.opened).total_seconds()),
            0,
            {"due": promise.due_at.isoformat(), "law": False, "category": promise.category},
            f"clock:{promise.number}:{promise.label}",
        )
    )
