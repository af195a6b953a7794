"""When people answer: pure functions over the desk's opening hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.clockwork.workdays import Frame, WorkCalendar


@dataclass(frozen=True)
class EveryDay(WorkCalendar):
    """A calendar on which every day is worked, in every year: nothing to announce."""

    def works(self, day: date) -> bool:
        """Tell that people are there."""
        return True


@dataclass(frozen=True)
class DeskHours:
    """The desk is staffed every day from ``opens`` until before ``closes``, Asia/Shanghai."""

    opens: time
    closes: time

    def staffed(self, at: datetime) -> bool:
        """Tell whether somebody answers at ``at``."""
        return self.opens <= at.time().replace(tzinfo=None) < self.closes

    def next_opening(self, at: datetime) -> datetime:
        """Return ``at`` when the desk is open, else the next opening."""
        if self.staffed(at):
            return at
        today = at.replace(hour=self.opens.hour, minute=self.opens.minute, second=0, microsecond=0)
        return today if at < today else today + timedelta(days=1)

    def beyond(self, at: datetime, minutes: int) -> bool:
        """Tell whether ``minutes`` of waiting from ``at`` go on after today's closing time."""
        closes = datetime.combine(at.date(), self.closes, at.tzinfo)
        return self.staffed(at) and minutes > 0 and at + timedelta(minutes=minutes) > closes

    def calendar(self) -> WorkCalendar:
        """Return these hours as a calendar that clocks can count on."""
        return EveryDay(frames=(Frame(self.opens, self.closes),))

    def closed_between(self, since: datetime, until: datetime) -> timedelta:
        """Return how much of a stretch of time the desk was closed."""
        total, day = timedelta(), since.date()
        while day <= until.date():
            opens, closes = (
                datetime.combine(day, at, since.tzinfo) for at in (self.opens, self.closes)
            )
            total += max(timedelta(), min(until, closes) - max(since, opens))
            day += timedelta(days=1)
        return max(timedelta(), until - since - total)
