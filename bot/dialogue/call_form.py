"""Asking when to call: a day said first holds until the hour is said, and what is over is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from bot.back_office import BackOffice
from bot.dialogue import phrases
from bot.dialogue.flow import Flow, Slot
from bot.dialogue.fold import fold
from bot.dialogue.message import Reply
from bot.dialogue.slot_types.call_time import call_time

_AT = "at"


def call_slot(when: Callable[[Any], bool] = lambda flow: True) -> Slot[datetime]:
    """Return the question for the time; its flow is a `CallForm` and names it ``at``."""
    return Slot(
        call_time,
        label=phrases.CALL_TIME_LABEL,
        called=phrases.CALL_TIME_CALLED,
        ask=phrases.ASK_CALL_TIME,
        help=phrases.HELP_CALL_TIME,
        when=when,
        deferrable=False,
    )


class CallForm(Flow):
    """A flow with a `call_slot`. Subclasses that ``hear`` or ``progress`` call this one's too."""

    @property
    def confirm(self) -> bool:
        """What was understood is said back when it is done, and is easy to undo."""
        return False

    def begin(self, office: BackOffice) -> None:
        """Note the day that the first words name, for the hour may be missing."""
        self.kept["today"] = office.now.date().isoformat()
        self._note_day(call_time.day(fold(self.utterance), office.now))

    def hear(self, text: str, rest: str) -> None:
        """Keep the words until it is known what time it is."""
        self.kept["heard"] = text

    def progress(self, office: BackOffice) -> list[Reply]:
        """Put day and hour together; a time that has passed is no promise and is asked again."""
        text, now = fold(str(self.kept.pop("heard", ""))), office.now
        self.kept["today"] = now.date().isoformat()
        named = call_time.day(text, now) if text else None
        at = self.values.get(_AT)
        if named is None and at is not None and self._just_said(text):
            at = self._when_open(self._on_the_day(at, now), office)
        self._note_day(named)
        if (day := self._noted("day")) is not None and day.date() < now.date():
            self.kept["day"] = None  # left alone over night
        return self._passed(at, now, again=named is None) if at is not None and at <= now else []

    def _just_said(self, text: str) -> bool:
        quote = fold(self.quotes.get(_AT, ""))
        return bool(quote) and quote in text

    def _on_the_day(self, at: datetime, now: datetime) -> datetime:
        """Take an hour said alone as one of the day that was named, or on which we call anyway."""
        day = self._noted("day") or self._noted("usual")
        if day is not None and day.date() > now.date():
            quote = self.quotes[_AT]
            at = call_time.on(day.date(), fold(quote), now) or at
            self.keep(_AT, at, quote)
        return at

    def _when_open(self, at: datetime, office: BackOffice) -> datetime:
        """Take «十点», said when ten in the morning is over, as tomorrow's and not as tonight's."""
        if at <= office.now or office.can_call(at) == at:
            return at
        quote = self.quotes[_AT]
        other = call_time.other_half(fold(quote), at, office.now)
        if other is None or office.can_call(other) != other:
            return at
        self.keep(_AT, other, quote)
        return other

    def _passed(self, at: datetime, now: datetime, *, again: bool) -> list[Reply]:
        """Say that it is over; who then says the same hour again means that of tomorrow."""
        tomorrow = at + timedelta(days=1)
        if again and self._noted("passed") == at and tomorrow > now:
            self.keep(_AT, tomorrow, self.quotes[_AT])
            return []
        self.forget(_AT)
        self.kept["passed"], self.kept["day"] = at.isoformat(), None
        return [Reply(phrases.CALL_TIME_PASSED.format(when=call_time.show(at)))]

    def _note_day(self, day: date | None) -> None:
        if day is not None:
            self.kept["day"] = day.isoformat()

    def _noted(self, name: str) -> datetime | None:
        noted = self.kept.get(name)
        return datetime.fromisoformat(noted) if isinstance(noted, str) else None

    def prompt(self) -> Reply:
        """Ask for what is missing of the time, with two times to tap that lie ahead."""
        slot = self.pending()
        if slot is None or slot.name != _AT:
            return super().prompt()
        if (day := self._noted("day")) is not None:
            today = day == self._noted("today")
            times = phrases.CALL_TIMES_TODAY if today else phrases.CALL_HOURS
            shown = phrases.TODAY if today else phrases.CALL_DAY.format(day)
            return Reply(phrases.ASK_CALL_HOUR.format(*times, day=shown), times)
        times = phrases.CALL_TIMES
        if (passed := self._noted("passed")) is not None:
            times = (phrases.SAME_TIME_TOMORROW.format(passed), times[1])
        return Reply(slot.ask.format(*times), times)
