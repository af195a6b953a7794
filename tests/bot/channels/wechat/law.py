"""The platform's own book of laws: windows, allowances, quotas, tokens, and moods of its own."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.bot.channels.wechat.fake_api import FakeApi, Fault
from tests.storage.outbound_kit import NOW

CUSTOM, TEMPLATE = "/cgi-bin/message/custom/send", "/cgi-bin/message/template/send"
# What goes wrong before a message is taken, and after it arrived; each so many times in 10,000.
_BEFORE = ((40, Fault(code=-1)),)
_AFTER = (
    (30, Fault(reset=True)),
    (20, Fault(raw=b"<html>busy</html>")),
    (10, Fault(raw=b'{"errcode": 0', short=True)),
    (20, Fault(status=502)),
    (3, Fault(slow=1.5)),
)


@dataclass
class StrictApi(FakeApi):
    """Keeps the laws by its own clock; misbehaves by chance when ``moody``."""

    clock: Callable[[], datetime] = field(default=lambda: NOW)
    day_quota: dict[str, int] = field(default_factory=dict)
    minute_quota: int = 3_000
    moody: bool = False
    chance: random.Random = field(default_factory=lambda: random.Random(8))
    # By customer: until when each of the two allowances lasts, and what is left of it.
    allowances: dict[str, dict[bool, tuple[datetime, int]]] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    by_day: Counter[tuple[str, str]] = field(default_factory=Counter)
    by_minute: Counter[tuple[str, str]] = field(default_factory=Counter)
    refused: Counter[int] = field(default_factory=Counter)
    arrived: Counter[tuple[str, str]] = field(default_factory=Counter)
    finished: list[tuple[str, str]] = field(default_factory=list)
    unanswered: int = 0
    token_until: datetime | None = None

    def acted(self, peer: str, at: datetime, *, tap: bool = False) -> None:
        """A customer writes, or taps: the allowance is full again."""
        until = at + timedelta(seconds=60 if tap else 172_800)
        self.allowances.setdefault(peer, {})[tap] = (until, 3 if tap else 5)

    def law(self, path: str, message: dict[str, Any]) -> int:
        """Return the code by which this message is refused, 0 when it is lawful."""
        with self.lock:
            code = self._judge(path, str(message["touser"]))
            if code:
                self.refused[code] += 1
            return code

    def _judge(self, path: str, peer: str) -> int:
        now = self.clock()
        self.by_day[path, f"{now:%F}"] += 1
        self.by_minute[path, f"{now:%F %R}"] += 1
        if self.by_day[path, f"{now:%F}"] > self.day_quota.get(path, 10**9):
            return 45009
        if self.by_minute[path, f"{now:%F %R}"] > self.minute_quota:
            return 45011
        if peer in self.gone:
            return 43004
        if mood := self._mood(_BEFORE):
            return mood.code
        return self._window(peer, now) if path == CUSTOM else 0

    def _window(self, peer: str, now: datetime) -> int:
        mine = self.allowances.get(peer, {})
        running = {tap: left for tap, (until, left) in mine.items() if now <= until}
        if not running:
            return 45015
        if max(running.values()) <= 0:
            return 45047
        for tap, left in running.items():
            mine[tap] = (mine[tap][0], left - 1)
        return 0

    def account(self, path: str, body: dict[str, Any]) -> dict[str, Any] | None:
        """Note what arrived; a template has an id, under which its end is told later."""
        if path not in (CUSTOM, TEMPLATE):
            return super().account(path, body)
        with self.lock:
            peer = str(body["touser"])
            self.arrived[path, peer] += 1
            number = self.arrived.total()
            if path == TEMPLATE:
                self.finished.append((peer, str(number)))
            return {"errcode": 0, "errmsg": "ok", "msgid": number}

    def fault_after(self, path: str) -> Fault | None:
        """Let an answer get lost by chance; whether the message arrived, the sender cannot know."""
        fault = self._mood(_AFTER) if path in (CUSTOM, TEMPLATE) else None
        with self.lock:
            self.unanswered += fault is not None
        return fault

    def _mood(self, moods: tuple[tuple[int, Fault], ...]) -> Fault | None:
        dice = self.chance.randrange(10_000) if self.moody else 10_000
        for often, fault in moods:
            if dice < often:
                return fault
            dice -= often
        return None

    def token_fault(self, token: str) -> int:
        """Return 42001 when the token is past its time."""
        if self.token_until is not None and self.clock() > self.token_until:
            return 42001
        return super().token_fault(token)

    def stable_token(self, body: dict[str, Any]) -> dict[str, Any]:
        """Issue another token when the old one is past its time."""
        now = self.clock()
        if self.token_until is not None and now > self.token_until - timedelta(minutes=5):
            self.revoke()
        issued = self.issued
        answer = super().stable_token(body)
        if self.issued > issued:
            self.token_until = now + timedelta(seconds=self.expires_in)
        return answer
