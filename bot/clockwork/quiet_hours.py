"""When we may write to people and when we may call: nothing at night, nobody at lunch; pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from bot.clockwork.workdays import Frame


@dataclass(frozen=True)
class QuietHours:
    """No message from ``begins`` until ``ends`` the next day; after it they go out spread."""

    begins: time = time(21)
    ends: time = time(8)
    margin: timedelta = timedelta(minutes=5)
    spread: timedelta = timedelta(minutes=55)

    def quiet(self, at: datetime) -> bool:
        """Tell whether nobody is written to at ``at``."""
        now = at.time().replace(tzinfo=None)
        if self.begins > self.ends:
            return now >= self.begins or now < self.ends
        return self.begins <= now < self.ends

    def next_polite(self, at: datetime, key: str = "") -> datetime:
        """Return ``at``, or a moment after the quiet that is always the same for one key."""
        if not self.quiet(at):
            return at
        morning = at.replace(hour=self.ends.hour, minute=self.ends.minute, second=0, microsecond=0)
        if morning <= at:
            morning += timedelta(days=1)
        digest = int.from_bytes(hashlib.sha256(key.encode()).digest()[:4])
        seconds = digest % (int(self.spread.total_seconds()) + 1)
        return morning + self.margin + timedelta(seconds=seconds)


@dataclass(frozen=True)
class CallHours:
    """People are called inside these frames, every day."""

    frames: tuple[Frame, ...] = (Frame(time(9), time(12)), Frame(time(14), time(20)))

    def next_call(self, at: datetime) -> datetime:
        """Return ``at`` when one may call, else the next moment at which one may."""
        for ahead in range(2):
            day = (at + timedelta(days=ahead)).replace(second=0, microsecond=0)
            for frame in self.frames:
                opens = day.replace(hour=frame.opens.hour, minute=frame.opens.minute)
                closes = day.replace(hour=frame.closes.hour, minute=frame.closes.minute)
                if at < closes:
                    return max(at, opens)
        raise ValueError("a day without a frame has no time to call")
