"""The working calendar as this branch has it: the shipped years, and what was imported."""

from __future__ import annotations

from sqlalchemy import Connection, select

from bot.clockwork.calendar_files import parse_frames, shipped
from bot.clockwork.workdays import SpecialDay, WorkCalendar
from bot.settings import Calendar
from storage.models.base import table_of
from storage.models.calendar import CalendarDay

_day = table_of(CalendarDay)


def load(connection: Connection, settings: Calendar) -> WorkCalendar:
    """Return the calendar; an imported day goes before the shipped one."""
    base = shipped(settings.weekend, settings.frames)
    rows = connection.execute(select(_day)).all()
    if not rows:
        return base
    days = {
        row.day: SpecialDay(row.working, row.name, parse_frames(row.frames) if row.frames else ())
        for row in rows
    }
    return base.with_days(days, frozenset(row.day.year for row in rows if row.announced))
