"""A 企业微信 group robot's server in a thread: counts by a clock of the test's, fails as told."""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "693a91f6-7xxx-4bc4-97a0-secret"


@dataclass
class FakeRobot:
    """What a group was told, when, and what the next calls answer."""

    clock: Callable[[], float]
    url: str = ""
    told: list[tuple[float, str]] = field(default_factory=list)
    answers: deque[tuple[int, Any]] = field(default_factory=deque)
    calls: int = 0
    refused: int = 0
    per_minute: int = 20

    def take(self, body: dict[str, Any]) -> tuple[int, Any]:
        """Answer a call as the platform does."""
        self.calls += 1
        if self.answers:
            return self.answers.popleft()
        now = self.clock()
        if sum(at > now - 60 for at, _ in self.told) >= self.per_minute:
            self.refused += 1
            return 200, {"errcode": 45009, "errmsg": "api freq out of limit"}
        content = str(body["markdown"]["content"])
        if len(content.encode()) > 4096:
            return 200, {"errcode": 40058, "errmsg": "content exceed max length"}
        self.told.append((now, content))
        return 200, {"errcode": 0, "errmsg": "ok"}

    @property
    def texts(self) -> list[str]:
        """Return what the group reads."""
        return [text for _, text in self.told]


@contextmanager
def running(clock: Callable[[], float]) -> Iterator[FakeRobot]:
    """Serve a fresh robot on a free port."""
    robot = FakeRobot(clock)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            known = self.path == f"/cgi-bin/webhook/send?key={KEY}"
            gone = 200, {"errcode": 93000, "errmsg": "invalid webhook url"}
            status, answer = robot.take(json.loads(raw)) if known else gone
            content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            if answer is None:
                self.close_connection = True
                return
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    robot.url = f"http://127.0.0.1:{server.server_address[1]}/cgi-bin/webhook/send?key={KEY}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield robot
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
