"""The gate before every page: headers, log-in, and that a form comes from our own page."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.settings import Settings
from storage.console_sessions import Limits
from storage.transactions import Transactions
from storage.unit_of_work import UnitOfWork

COOKIE = "anda_console"
STAFF = "anda.staff"
OPEN = ("/console/login", "/console/static/")
_SEEN_EVERY = timedelta(minutes=1)
_FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")
_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "media-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # What was shown to one person must not come back with the browser's back button.
    "Cache-Control": "no-store",
}


@dataclass(frozen=True)
class Staff:
    """The person behind a request."""

    id: int
    name: str
    role: str
    csrf: str
    token_hash: str

    @property
    def actor(self) -> str:
        """Return the name under which this person appears in histories and the access log."""
        return self.name


@dataclass(frozen=True)
class Gate:
    """ASGI middleware around the console."""

    app: ASGIApp
    transactions: Transactions
    settings: Settings
    clock: Callable[[], datetime]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request in, send it to the log-in, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        refused = await self._refused(scope)
        answer = refused or self.app
        await answer(scope, receive, _with_headers(send))

    async def _refused(self, scope: Scope) -> Response | None:
        request = Request(scope)
        posting = request.method not in ("GET", "HEAD")
        if posting and not self._own_page(request.headers):
            return PlainTextResponse("这个请求不是从本系统的页面发出的，已拒绝。", 403)
        staff = await run_in_threadpool(self._staff, request.cookies.get(COOKIE, ""))
        scope[STAFF] = staff
        if request.url.path.startswith(OPEN):
            return None
        if staff is None:
            return _to_login(request)
        return None

    def _own_page(self, headers: Headers) -> bool:
        """A browser says where a form comes from; what is no form at all is refused too."""
        if headers.get("sec-fetch-site", "same-origin") != "same-origin":
            return False
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind and kind not in _FORM_TYPES:
            return False
        origin = headers.get("origin")
        return origin is None or urlsplit(origin).netloc == headers.get("host", "")

    def _staff(self, cookie: str) -> Staff | None:
        if not cookie or len(cookie) > 100:
            return None
        now, rules = self.clock(), self.settings.console
        limits = Limits(timedelta(minutes=rules.idle_minutes), timedelta(hours=rules.longest_hours))

        def find(uow: UnitOfWork) -> tuple[Staff, datetime] | None:
            found = uow.console_sessions.find(cookie, now, limits)
            if found is None:
                return None
            session, user = found
            staff = Staff(user.id, user.name, user.role, session.csrf, session.token_hash)
            return staff, session.seen_at

        found = self.transactions.read(find)
        if found is None:
            return None
        staff, seen = found
        if now - seen > _SEEN_EVERY:
            self.transactions.run(lambda uow: uow.console_sessions.seen(staff.token_hash, now))
        return staff


def right_csrf(staff: Staff, given: str) -> bool:
    """Tell whether a form carries the token of this log-in."""
    return hmac.compare_digest(staff.csrf.encode(), given.encode("utf-8", "replace"))


def _to_login(request: Request) -> Response:
    """Send a page to the log-in and a fragment with it; a stream just ends."""
    if request.headers.get("hx-request"):
        return Response(status_code=401, headers={"HX-Redirect": "/console/login"})
    if "text/event-stream" in request.headers.get("accept", ""):
        return Response(status_code=401)
    return RedirectResponse("/console/login", 303)


def _with_headers(send: Send) -> Send:
    async def completed(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return completed
