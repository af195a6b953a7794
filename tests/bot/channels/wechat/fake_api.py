"""A small WeChat API in a thread: checks tokens and misbehaves on request."""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class Fault:
    """What to do instead of a right answer; ``code`` alone is an errcode."""

    code: int = 0
    reset: bool = False
    slow: float = 0.0
    drip: float = 0.0
    status: int = 200
    raw: bytes | None = None
    short: bool = False
    content_type: str = "application/json; charset=utf-8"


@dataclass
class FakeApi:
    """State shared with the tests; ``faults`` are used up one per call, by path."""

    url: str = ""
    token: str = ""
    issued: int = 0
    expires_in: int = 7200
    app_secret: str = "the-secret"
    token_delay: float = 0.0
    calls: Counter[str] = field(default_factory=Counter)
    bodies: list[bytes] = field(default_factory=list)
    sent: list[dict[str, Any]] = field(default_factory=list)
    menu: dict[str, Any] = field(default_factory=dict)
    codes: list[dict[str, Any]] = field(default_factory=list)
    media: dict[str, tuple[bytes, str]] = field(default_factory=dict)
    logins: dict[str, str] = field(default_factory=dict)
    followers: set[str] = field(default_factory=set)
    faults: dict[str, deque[Fault]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def fail(self, path: str, *faults: Fault) -> None:
        """Let the next calls of ``path`` go wrong."""
        self.faults.setdefault(path, deque()).extend(faults)

    def revoke(self) -> None:
        """Make the token invalid; the next one asked for is another."""
        self.token = ""

    def next_fault(self, path: str) -> Fault | None:
        """Return the fault for this call."""
        with self.lock:
            waiting = self.faults.get(path)
            return waiting.popleft() if waiting else None

    def account(self, path: str, body: dict[str, Any]) -> dict[str, Any] | None:
        """Keep the menu and make QR codes as the platform does."""
        if path == "/cgi-bin/menu/create":
            self.menu = body
        if path == "/cgi-bin/menu/get":
            return {"menu": self.menu} if self.menu else {"errcode": 46003, "errmsg": "no menu"}
        if path == "/cgi-bin/qrcode/create":
            self.codes.append(body)
            return {"ticket": "TICKET/+=", "url": "http://weixin.qq.com/q/x"}
        return None

    def user(self, openid: str) -> dict[str, Any]:
        """Tell whether somebody follows."""
        return {"openid": openid, "subscribe": int(openid in self.followers)}

    def login(self, query: dict[str, list[str]]) -> dict[str, Any]:
        """Tell who gave a code, once, as the platform's web authorisation does."""
        if query.get("secret") != [self.app_secret]:
            return {"errcode": 40125, "errmsg": "invalid appsecret"}
        if query.get("grant_type") != ["authorization_code"]:
            return {"errcode": 40002, "errmsg": "invalid grant_type"}
        with self.lock:
            openid = self.logins.pop(query["code"][0], "")
        if not openid:
            return {"errcode": 40163, "errmsg": "code been used rid: 3"}
        return {"access_token": "web", "expires_in": 7200, "openid": openid, "scope": "snsapi_base"}

    def law(self, path: str, message: dict[str, Any]) -> int:
        """Return the errcode by which the platform refuses a message; this one takes all."""
        return 0

    def fault_after(self, path: str) -> Fault | None:
        """Return what becomes of the answer although the call was done; this one answers."""
        return None

    def token_fault(self, token: str) -> int:
        """Return the errcode by which a token is refused."""
        return 0 if token and token == self.token else 40001

    def stable_token(self, body: dict[str, Any]) -> dict[str, Any]:
        """Return the same token while it is valid, as the stable endpoint does."""
        time.sleep(self.token_delay)
        if body.get("grant_type") != "client_credential" or body.get("force_refresh"):
            return {"errcode": 40002, "errmsg": "invalid grant_type"}
        if body.get("secret") != self.app_secret:
            return {"errcode": 40125, "errmsg": "invalid appsecret rid: 6-7-8"}
        with self.lock:
            if not self.token:
                self.issued += 1
                self.token = f"TOKEN-{self.issued}-" + "x" * 500
            return {"access_token": self.token, "expires_in": self.expires_in}


_SENDING = ("/cgi-bin/message/custom/send", "/cgi-bin/message/template/send")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    api: FakeApi

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def log_message(self, *_: Any) -> None:
        """Keep quiet."""

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        with self.api.lock:
            self.api.calls[parts.path] += 1
        fault = self.api.next_fault(parts.path)
        if fault is None:
            self._answer(parts.path, parse_qs(parts.query), body)
        else:
            self._misbehave(fault)

    def _misbehave(self, fault: Fault) -> None:
        if fault.reset:
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.connection.close()
            self.close_connection = True
            return
        time.sleep(fault.slow)
        wrong = {"errcode": fault.code, "errmsg": "told to fail rid: 1a2b-3c"}
        raw = json.dumps(wrong).encode() if fault.raw is None else fault.raw
        self._reply(raw, fault.content_type, fault.status, cut=fault.short, drip=fault.drip)

    def _answer(self, path: str, query: dict[str, list[str]], body: bytes) -> None:
        if path in ("/cgi-bin/stable_token", "/sns/oauth2/access_token"):
            new = path == "/cgi-bin/stable_token"
            return self._json(
                self.api.stable_token(json.loads(body)) if new else self.api.login(query)
            )
        token = query.get("access_token", [""])[0]
        if code := self.api.token_fault(token):
            return self._json({"errcode": code, "errmsg": "invalid credential rid: 9"})
        if path == "/cgi-bin/media/get":
            return self._media(query["media_id"][0])
        if path in _SENDING and (code := self.api.law(path, json.loads(body))):
            return self._json({"errcode": code, "errmsg": "against the law rid: 1"})
        if path == "/cgi-bin/message/custom/send":
            with self.api.lock:
                self.api.bodies.append(body)
                self.api.sent.append(json.loads(body))
        user = path == "/cgi-bin/user/info"
        read = json.loads(body or b"{}")
        answer = self.api.user(query["openid"][0]) if user else self.api.account(path, read)
        if fault := self.api.fault_after(path):
            return self._misbehave(fault)
        return self._json(answer or {"errcode": 0, "errmsg": "ok"})

    def _media(self, media_id: str) -> None:
        if media_id not in self.api.media:
            return self._json({"errcode": 40007, "errmsg": "invalid media_id"})
        content, content_type = self.api.media[media_id]
        return self._reply(content, content_type)

    def _json(self, answer: dict[str, Any]) -> None:
        self._reply(json.dumps(answer).encode(), "application/json; charset=utf-8")

    def _reply(
        self,
        content: bytes,
        content_type: str,
        status: int = 200,
        *,
        cut: bool = False,
        drip: float = 0.0,
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(content) + 100 * cut))
        self.send_header("Content-Disposition", 'attachment; filename="../../evil.sh"')
        self.end_headers()
        try:
            for piece in [content[i : i + 1] for i in range(len(content))] if drip else [content]:
                self.wfile.write(piece)
                time.sleep(drip)
        except OSError:
            pass
        self.close_connection = self.close_connection or cut


@contextmanager
def running(fresh: FakeApi | None = None) -> Iterator[FakeApi]:
    """Serve a fresh API on a free port of this machine."""
    api = fresh or FakeApi()
    handler = type("Handler", (_Handler,), {"api": api})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    api.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield api
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
