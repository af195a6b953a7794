"""The working calendar as this branch has it: the shipped years, and what was imported."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from bot.clockwork.calendar_files import parse_frames, shipped
from bot.clockwork.workdays import SpecialDay, WorkCalendar
from bot.settings import Calendar
from storage.models.base import table_of
from storage.models.calendar import CalendarDay, CalendarVersion

_day = table_of(CalendarDay)


def load(connection: Connection, settings: Calendar) -> WorkCalendar:
    """Return the calendar; an imported day goes before the shipped one."""
    return _laid_over(settings, connection.execute(select(_day)).all())


def keep_version(session: Session, settings: Calendar, now: datetime) -> str:
    """Keep the imported days as they stand now; return the fingerprint of the whole calendar."""
    rows = session.execute(select(_day).order_by(_day.c.day)).all()
    fingerprint = _laid_over(settings, rows).fingerprint
    if session.get(CalendarVersion, fingerprint) is None:
        days = [[str(r.day), r.working, r.announced, r.name, r.frames] for r in rows]
        session.add(CalendarVersion(fingerprint=fingerprint, days=days, imported_at=now))
        session.flush()
    return fingerprint


def version(session: Session, settings: Calendar, fingerprint: str) -> WorkCalendar | None:
    """Return the calendar as it stood after an import; None for one that we did not keep."""
    kept = session.get(CalendarVersion, fingerprint)
    if kept is None:
        base = shipped(settings.weekend, settings.frames)
        return base if base.fingerprint == fingerprint else None
    days = [_Day(date.fromisoformat(day), *rest) for day, *rest in kept.days]
    return _laid_over(settings, days)


class _Day(NamedTuple):
    day: date
    working: bool
    announced: bool
    name: str
    frames: str


def _laid_over(settings: Calendar, rows: Sequence[Any]) -> WorkCalendar:
    base = shipped(settings.weekend, settings.frames)
    if not rows:
        return base
    days = {
        row.day: SpecialDay(row.working, row.name, parse_frames(row.frames) if row.frames else ())
        for row in rows
    }
    return base.with_days(days, frozenset(row.day.year for row in rows if row.announced))
