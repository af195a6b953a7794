"""Invented events of a branch's month, for the tests of the figures and for the bench."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from bot.clock import SHANGHAI
from storage.kpi.definition import Period
from storage.ledger import Happening

MONTH = Period(date(2026, 10, 1), date(2026, 10, 31))
PEOPLE = {f"员工{n:02d}": f"客服{n % 3 + 1}组" for n in range(12)}
CHANNELS = ("wechat", "webchat", "phone")
_SPREAD = timedelta(days=40)
_BEGIN = datetime(2026, 9, 27, tzinfo=SHANGHAI)
_TURNS = ("answered", "said", "asked", "begun", "done", "missed", "silent", "to_agent")
_CLOCKS = ("first_contact", "survey", "decision", "payment")


class Month:
    """Random rows; the same seed gives the same rows."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.number = 0

    def rows(self, count: int) -> Iterator[Happening]:
        """Yield at least ``count`` rows in the order in which they would be written."""
        made = 0
        while made < count:
            # A branch lives through its month once: the rows of a day lie beside each other.
            at = _BEGIN + _SPREAD * (made / count) + timedelta(hours=self.chance.random() * 8)
            at = at.replace(microsecond=self.chance.randrange(1_000_000))
            for row in self._story(at):
                made += 1
                yield row

    def _story(self, at: datetime) -> Iterator[Happening]:
        self.number += 1
        yield from self._talk(at)
        fate = self.chance.random()
        if fate < 0.20:
            yield from self._handed_off(at)
        if fate < 0.10:
            yield from self._surveyed(at)
        if fate < 0.08:
            yield from self._claim(at)
        if fate < 0.04:
            yield from self._complaint(at)

    def _talk(self, at: datetime) -> Iterator[Happening]:
        conversation, channel = self._customer(), self.chance.choice(CHANNELS[:2])
        yield Happening("session", at, conversation, None, "bot", "bot", channel)
        for n in range(self.chance.randint(2, 14)):
            result = self.chance.choice(_TURNS)
            label = f"F{self.chance.randint(1, 60):03d}" if result == "answered" else ""
            wait = int(self.chance.expovariate(1 / 900))
            when = at + timedelta(seconds=20 * n)
            yield Happening(
                "turn", when, conversation, None, "bot", "bot", channel, label, result, wait
            )
        if self.chance.random() < 0.3:
            solved = self.chance.choice(("solved", "solved", "unsolved"))
            when = at + timedelta(minutes=6)
            label = f"F{self.chance.randint(1, 60):03d}"
            yield Happening(
                "solved", when, conversation, None, "bot", "bot", channel, label, solved
            )

    def _customer(self) -> int:
        return self.chance.randint(1, 4_000)

    def _handed_off(self, at: datetime) -> Iterator[Happening]:
        number, conversation = f"HO{self.number:014d}", self._customer()
        person = self.chance.choice(list(PEOPLE))
        level = self.chance.choice(("human", "P1", "P2"))

        def row(kind: str, after: int, value: int, who: str = person) -> Happening:
            when = at + timedelta(seconds=after)
            team = PEOPLE.get(who, "")
            return Happening(
                kind, when, conversation, number, who, team, "wechat", level, "", value, 0
            )

        yield row("handoff.opened", 0, 0, "customer")
        fate = self.chance.random()
        if fate < 0.1:
            yield row("handoff.withdrawn", 100, 0, "customer")
        elif fate < 0.9:
            wait, first = self.chance.randint(5, 600), self.chance.randint(2, 60)
            yield row("handoff.taken", wait, wait)
            yield row("handoff.answered", wait + first, wait + first)
            yield row("handoff.first", wait + first, first)
            yield row("handoff.closed", wait + 900, self.chance.randint(60, 1800))

    def _surveyed(self, at: datetime) -> Iterator[Happening]:
        person = self.chance.choice(list(PEOPLE))
        key = f"SV{self.number}"
        about = self.chance.choice(("handoff", "claim", "complaint"))
        common = (self._customer(), key, person, PEOPLE[person], "wechat", about)
        yield Happening("survey.sent", at, *common)
        if self.chance.random() < 0.6:
            score = self.chance.choice((1, 2, 3, 4, 4, 5, 5, 5))
            when = at + timedelta(hours=1)
            yield Happening("survey.answered", when, *common, value=score)
            if self.chance.random() < 0.3:
                yield Happening("survey.nps", when, *common, value=self.chance.randint(0, 10))

    def _claim(self, at: datetime) -> Iterator[Happening]:
        number, person = f"CL{self.number:014d}", self.chance.choice(list(PEOPLE))
        customer = self._customer()
        steps = ("reported", "contacted", "documents_due", "documents_complete", "paid", "closed")
        for n, step in enumerate(steps[: self.chance.randint(2, len(steps))]):
            after = timedelta(days=2 * n)
            yield Happening(
                f"claim.{step}", at + after, customer, number, person, PEOPLE[person], "wechat",
                "auto", "", int(after.total_seconds()), 0, {"track": "normal"},
            )  # fmt: skip
        for code in _CLOCKS[: self.chance.randint(1, 4)]:
            result = "met" if self.chance.random() < 0.9 else "missed"
            law = code in ("decision", "payment")
            yield Happening(
                "clock", at + timedelta(days=1), customer, number, person, PEOPLE[person], "",
                code, result, self.chance.randint(60, 90_000), self.chance.choice((0, 3600)),
                {"law": law, "line": "auto"}, f"clock:{number}:{code}",
            )  # fmt: skip

    def _complaint(self, at: datetime) -> Iterator[Happening]:
        number, customer = f"CP{self.number:014d}", self.chance.randint(1, 400)
        person, about = self.chance.choice(list(PEOPLE)), self.chance.choice(("理赔", "退保"))
        severity = self.chance.choice(("P1", "P2", "P3"))

        def row(kind: str, days: int, result: str = "") -> Happening:
            return Happening(
                f"complaint.{kind}", at + timedelta(days=days), customer, number, person,
                PEOPLE[person], "phone", about, result, days * 86_400, 0, {"severity": severity},
            )  # fmt: skip

        yield row("received", 0)
        if self.chance.random() < 0.1:
            yield row("withdrawn", 3)
        done = self.chance.randint(5, 20)
        result = "met" if done <= 15 else "missed"
        yield Happening(
            "clock", at + timedelta(days=min(done, 15)), customer, number, person, PEOPLE[person],
            "phone", "complaint_decision", result, done * 86_400, 0,
            {"law": False, "category": about}, f"clock:{number}",
        )  # fmt: skip
        yield row("closed", done, self.chance.choice(("accepted", "accepted", "rejected")))
