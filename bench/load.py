"""A closed loop over keep-alive connections: as many messages at once as there are connections."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bench.pushes import Platform, Push

_CUT = b"\r\n\r\n"
_LENGTH = b"content-length:"
_SILENCE_S = 10.0


@dataclass
class Round:
    """What came back within one round; bodies are opened after the clock has stopped."""

    seconds: float = 0.0
    waits: list[float] = field(default_factory=list)
    answers: list[tuple[Push, int, bytes]] = field(default_factory=list)
    broken: int = 0

    @property
    def rate(self) -> float:
        """Return messages answered per second."""
        return len(self.answers) / self.seconds if self.seconds else 0.0

    def wait_ms(self, share: float) -> float:
        """Return the wait that ``share`` of the messages did not exceed."""
        ordered = sorted(self.waits)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000 if ordered else 0.0


@dataclass(frozen=True)
class Verdict:
    """The answers of a round, checked."""

    errors: int
    wrong_user: int
    right: int


class _Connection(asyncio.Protocol):
    """Sends the next request when the answer to the last one is complete."""

    def __init__(self, pushes: Iterator[Push], end: float, result: Round) -> None:
        self._pushes, self._end, self._result = pushes, end, result
        self._buffer = b""
        self._push: Push | None = None
        self._sent_at = 0.0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send the first request."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._next()

    def data_received(self, data: bytes) -> None:
        """Collect one response."""
        self._buffer += data
        head = self._buffer.find(_CUT)
        if head < 0 or len(self._buffer) < head + 4 + _content_length(self._buffer[:head]):
            return
        now = time.perf_counter()
        assert self._push is not None
        status = int(self._buffer[9:12])
        self._result.waits.append(now - self._sent_at)
        self._result.answers.append((self._push, status, self._buffer[head + 4 :]))
        self._buffer = b""
        self._push = None
        self._next()

    def connection_lost(self, _: Exception | None) -> None:
        """Count a request without an answer."""
        self._result.broken += self._push is not None
        if not self.done.done():
            self.done.set_result(None)

    def _next(self) -> None:
        push = next(self._pushes, None) if time.perf_counter() < self._end else None
        if push is None:
            self._transport.close()
            return
        self._push, self._sent_at = push, time.perf_counter()
        self._transport.write(push.request)


def _content_length(head: bytes) -> int:
    lower = head.lower()
    start = lower.index(_LENGTH) + len(_LENGTH)
    return int(lower[start:].split(b"\r\n", 1)[0])


async def run(port: int, pushes: Sequence[Push], connections: int, seconds: float) -> Round:
    """Send ``pushes`` for at most ``seconds`` and return what came back."""
    loop = asyncio.get_running_loop()
    result, waiting = Round(), iter(pushes)
    started = time.perf_counter()
    opened = [
        await loop.create_connection(
            lambda: _Connection(waiting, started + seconds, result), "127.0.0.1", port
        )
        for _ in range(connections)
    ]
    await asyncio.wait([connection.done for _, connection in opened], timeout=seconds + _SILENCE_S)
    result.seconds = time.perf_counter() - started
    result.broken += sum(not connection.done.done() for _, connection in opened)
    return result


def judge(platform: Platform, result: Round) -> Verdict:
    """Open every answer; a missing, unreadable or empty one is an error."""
    errors = wrong_user = right = 0
    for push, status, body in result.answers:
        try:
            to, content = platform.open(push, body) if status == 200 else ("", "")
        except Exception:  # whatever a contender sends back is counted, not raised
            to, content = "", ""
        errors += not content
        wrong_user += bool(content) and to != push.openid
        right += f"【{push.query.entry}】" in content
    return Verdict(errors + result.broken, wrong_user, right)
