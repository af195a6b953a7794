"""The working calendar: weekends, holidays, make-up days and several work frames a day; pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from bot.clock import SHANGHAI
from bot.errors import CalendarMissing

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Frame:
    """People work from ``opens`` until before ``closes``."""

    opens: time
    closes: time

    def __post_init__(self) -> None:
        """Refuse a frame that ends before it begins."""
        if self.opens >= self.closes:
            raise ValueError(f"{self.opens:%H:%M}-{self.closes:%H:%M}：上班要早于下班")


@dataclass(frozen=True)
class SpecialDay:
    """A day that does not follow the weekend rule; ``frames`` where its hours differ too."""

    working: bool
    name: str = ""
    frames: tuple[Frame, ...] = ()


def _span(frames: tuple[Frame, ...]) -> str:
    return ",".join(f"{frame.opens:%H:%M}-{frame.closes:%H:%M}" for frame in frames)


OFFICE_HOURS = (Frame(time(8, 30), time(12)), Frame(time(13, 30), time(17, 30)))


@dataclass(frozen=True)
class WorkCalendar:
    """Which days are worked and when. A year nobody has announced is refused, never guessed."""

    days: Mapping[date, SpecialDay] = field(default_factory=dict)
    years: frozenset[int] = frozenset()
    weekend: frozenset[int] = frozenset({6, 7})
    frames: tuple[Frame, ...] = OFFICE_HOURS

    def works(self, day: date) -> bool:
        """Tell whether ``day`` is a working day; raise CalendarMissing for an unknown year."""
        self._check(day)
        special = self.days.get(day)
        return special.working if special else day.isoweekday() not in self.weekend

    def name(self, day: date) -> str:
        """Return the holiday or make-up day that ``day`` is, or ''."""
        special = self.days.get(day)
        return special.name if special else ""

    def off_by_name(self, day: date) -> bool:
        """Tell whether ``day`` is an announced day off; asks for no year."""
        special = self.days.get(day)
        return special is not None and not special.working

    @property
    def fingerprint(self) -> str:
        """Return what tells this version of the calendar from every other."""
        days = [
            f"{day}{s.working}{s.name}{_span(s.frames)}" for day, s in sorted(self.days.items())
        ]
        parts = (*days, str(sorted(self.years)), str(sorted(self.weekend)), _span(self.frames))
        return hashlib.sha256("|".join(parts).encode()).hexdigest()[:16]

    def frames_of(self, day: date) -> tuple[Frame, ...]:
        """Return the work frames of ``day``, in order; none on a day off."""
        if not self.works(day):
            return ()
        special = self.days.get(day)
        return (special.frames if special else ()) or self.frames

    def next_working(self, day: date) -> date:
        """Return ``day`` if it is worked, else the next working day."""
        while not self.works(day):
            day += ONE_DAY
        return day

    def closing(self, day: date) -> datetime:
        """Return when work ends on a working day."""
        return datetime.combine(day, self.frames_of(day)[-1].closes, SHANGHAI)

    def add_days(self, day: date, count: int) -> date:
        """Return the ``count``-th working day after ``day``, which itself does not count."""
        while count > 0:
            day += ONE_DAY
            count -= self.works(day)
        return day

    def spans(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yield the stretches of work from ``at`` on, the first one cut at ``at``."""
        at = at.astimezone(SHANGHAI)
        day = at.date()
        while True:
            for frame in self.frames_of(day):
                opens = datetime.combine(day, frame.opens, SHANGHAI)
                closes = datetime.combine(day, frame.closes, SHANGHAI)
                if closes > at:
                    yield max(opens, at), closes
            day += ONE_DAY

    def time_between(self, since: datetime, until: datetime) -> timedelta:
        """Return how much working time lies between two moments."""
        total = timedelta()
        for opens, closes in self.spans(since) if since < until else ():
            if opens >= until:
                break
            total += min(closes, until) - opens
        return total

    def with_days(self, days: Mapping[date, SpecialDay], years: frozenset[int]) -> WorkCalendar:
        """Return this calendar with days laid over it and further years known."""
        return replace(self, days={**self.days, **days}, years=self.years | years)

    def _check(self, day: date) -> None:
        if day.year not in self.years:
            raise CalendarMissing(
                f"工作日历没有 {day.year} 年：请在放假安排公布后运行 anda data import calendar FILE"
            )
