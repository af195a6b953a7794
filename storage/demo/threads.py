"""Conversations of the demo branch as they grew: messages, stretches, and rows of the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from storage.demo.talks import Exchange, Talk
from storage.ledger import BOT, Happening
from storage.models.base import Base
from storage.models.case import CaseEvent, Handoff
from storage.models.conversation import Message
from storage.models.episode import Episode

CHANNEL = "webchat"
Rows = list[dict[str, Any]]


@dataclass
class Diary:
    """What is written down about all conversations."""

    rng: Random
    rows: dict[type[Base], Rows] = field(default_factory=dict)
    happenings: list[Happening] = field(default_factory=list)

    def put(self, model: type[Base], **values: Any) -> None:
        """Add a row of a table."""
        self.rows.setdefault(model, []).append(values)


@dataclass
class Thread:
    """One conversation; ``seq`` and ``rev`` are those of its newest message and owner."""

    diary: Diary
    id: int
    seq: int
    rev: int
    last_at: datetime

    def session(self, at: datetime, exchanges: Sequence[Exchange]) -> datetime:
        """Let a customer come back and talk with the bot; return when the last answer was given."""
        self._tell("session", at)
        for exchange in exchanges:
            at = self._turn(at, exchange) + timedelta(seconds=self.diary.rng.randint(15, 90))
        return self.last_at

    def solved(self, label: str, *, solved: bool) -> None:
        """Let the customer tap whether that helped."""
        at = self.last_at + timedelta(seconds=self.diary.rng.randint(5, 60))
        self._tell("solved", at, label=label, result="solved" if solved else "unsolved")
        self.last_at = at

    def _turn(self, at: datetime, exchange: Exchange) -> datetime:
        answered = timedelta(milliseconds=self._took())
        asked = self.say("customer", exchange.said, at, key=f"demo-{self.id}-{self.seq}")
        note = {"entry": exchange.label} if exchange.result == "answered" else {}
        self.say("bot", exchange.replied, at + answered, reply_to=asked, **note)
        took = int(answered.total_seconds() * 1000)
        self._tell("turn", at + answered, label=exchange.label, result=exchange.result, value=took)
        return at

    def _took(self) -> int:
        """Return the milliseconds of an answer: nearly all at once, one in a hundred slow."""
        rng = self.diary.rng
        return rng.randint(3_100, 6_000) if rng.random() < 0.01 else rng.randint(12, 700)

    def given_up(self, at: datetime, talk: Talk, number: str) -> None:
        """Let a customer ask for a person and go before anybody could answer."""
        opened = self._queued(at, talk, number)
        gone = opened + timedelta(seconds=self.diary.rng.randint(60, 400))
        self._note(number, gone, "withdrawn", talk.level, (gone - opened).total_seconds())
        self._handoff(number, talk, opened, None, gone)
        self._stretch("bot", None, "客户不再等候", gone)

    def served(self, at: datetime, talk: Talk, number: str, agent: str) -> datetime:
        """Let an agent help; return when the talk ended."""
        rng = self.diary.rng
        opened = self._queued(at, talk, number)
        taken = opened + timedelta(seconds=rng.choice((6, 12, 20, 35, 48, 70, 95, 160, 330)))
        self._served_row(number, "handoff.taken", opened, taken, talk, agent)
        self._stretch("agent", agent, "接手", taken)
        first = taken + timedelta(seconds=rng.choice((5, 8, 11, 14, 18, 22, 25, 27, 29, 41)))
        for once, since in (("handoff.answered", opened), ("handoff.first", taken)):
            self._served_row(number, once, since, first, talk, agent)
        closed = self._lines(first, talk, agent)
        self._served_row(number, "handoff.closed", taken, closed, talk, agent)
        self._handoff(number, talk, opened, (agent, taken), closed)
        self._stretch("bot", None, "结束人工服务", closed)
        return closed

    def _lines(self, at: datetime, talk: Talk, agent: str) -> datetime:
        pause = talk.minutes * 60 / len(talk.lines)
        for who, text in talk.lines:
            if who == "c":
                self.say("customer", text, at, key=f"demo-{self.id}-{self.seq}")
                self._tell("turn", at, result="to_agent", value=3)
            else:
                self.say("agent", text, at, name=agent)
                self._delivered(at)
            at += timedelta(seconds=int(pause * self.diary.rng.uniform(0.6, 1.4)))
        return at

    def _queued(self, at: datetime, talk: Talk, number: str) -> datetime:
        opened = self.session(at, talk.asks)
        self._note(number, opened, "opened", talk.level, 0, reason=talk.reason)
        self._stretch("queue", None, talk.reason, opened)
        return opened

    def say(
        self, author: str, text: str, at: datetime, *, reply_to: int | None = None,
        key: str | None = None, **more: str,
    ) -> int:  # fmt: skip
        """Write a message; return its seq."""
        self.seq, self.last_at = self.seq + 1, max(at, self.last_at)
        way = None if author == "customer" else ("response" if author == "bot" else "outbox")
        self.diary.put(
            Message, conversation_id=self.id, seq=self.seq, author=author, key=key,
            reply_to=reply_to, sent_by=way, owner_rev=self.rev,
            body={"type": "text", "text": text} | more, at=at,
        )  # fmt: skip
        return self.seq

    def _stretch(self, owner: str, agent: str | None, reason: str, at: datetime) -> None:
        """Turn the page: the stretch before ends where this one begins."""
        before = self.diary.rows.get(Episode, [])
        if before and before[-1]["conversation_id"] == self.id:
            before[-1]["closed_at"] = at
        self.rev, self.last_at = self.rev + 1, max(at, self.last_at)
        self.diary.put(
            Episode, conversation_id=self.id, owner_rev=self.rev, owner=owner, agent=agent,
            reason=reason, opened_at=at, closed_at=None,
        )  # fmt: skip

    def _handoff(
        self, number: str, talk: Talk, opened: datetime, by: tuple[str, datetime] | None,
        closed: datetime,
    ) -> None:  # fmt: skip
        agent, taken = by or (None, None)
        self.diary.put(
            Handoff, number=number, conversation_id=self.id, level=talk.level, reason=talk.reason,
            status="closed", agent=agent, skill="general", taken_at=taken, package={},
            opened_at=opened, answer_by=opened + timedelta(minutes=3), closed_at=closed,
        )  # fmt: skip

    def _note(
        self, number: str, at: datetime, kind: str, level: str, age: float, **words: str
    ) -> None:
        """Write a step of a hand-off into its history, and into the ledger without the words."""
        self.diary.put(
            CaseEvent, case_number=number, at=at, actor="customer", kind=kind,
            data={"level": level, **words},
        )  # fmt: skip
        self.diary.happenings.append(
            Happening(
                f"handoff.{kind}", at, self.id, number, "customer", "", CHANNEL, level, "",
                int(age), 0, {"level": level},
            )
        )  # fmt: skip

    def _served_row(
        self, number: str, kind: str, since: datetime, at: datetime, talk: Talk, agent: str
    ) -> None:
        value = int((at - since).total_seconds())
        self.diary.happenings.append(
            Happening(kind, at, self.id, number, agent, label=talk.level, value=value)
        )

    def _delivered(self, at: datetime) -> None:
        took = self.diary.rng.randint(150, 1_200)
        self.diary.happenings.append(
            Happening("outbox", at + timedelta(milliseconds=took), self.id, None, "system", "",
                      CHANNEL, "reply", "sent", took)
        )  # fmt: skip

    def _tell(
        self, kind: str, at: datetime, label: str = "", result: str = "", value: int | None = None
    ) -> None:
        self.diary.happenings.append(
            Happening(kind, at, self.id, None, BOT, BOT, CHANNEL, label, result, value)
        )
