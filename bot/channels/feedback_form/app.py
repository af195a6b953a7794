"""The form as an ASGI application: shown, checked, kept once; slowed down when misused."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

import structlog
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.channels.feedback_form.page import HEADERS, ROOT, Pages, Said
from bot.channels.feedback_form.tokens import FormTokens
from bot.channels.webchat.rate import RateLimit
from bot.settings import Settings
from storage.crypto import Cipher
from storage.feedback_form import LONGEST, FeedbackForm, Piece
from storage.rules.feedback import topics
from storage.transactions import Transactions

log = structlog.get_logger()
# A page of Chinese, percent-encoded, with room to spare.
_MAX_BODY = 24 * 1024
_SECONDS_TO_SEND = 20
_FIELDS = ("token", "topic", "words", "contact", "website")
_CONTROLS = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 127])
_WRONG = {
    "early": "刚才提交得太快，请再点一次「提交」。",
    "stale": "这一页放得太久了，您写的还在，请再点一次「提交」。",
    "trap": "您的浏览器多填了一栏，请再点一次「提交」。",
    "false": "这一页已经失效，您写的还在，请再点一次「提交」。",
}


def feedback_app(
    transactions: Transactions,
    cipher: Cipher,
    settings: Settings,
    clock: Callable[[], datetime],
    rate: RateLimit | None = None,
) -> Starlette:
    """Return the application; its paths are absolute."""
    box, tokens, pages = FeedbackForm(cipher, settings), FormTokens(cipher), Pages(settings)
    form = Form(transactions, box, tokens, pages, clock, rate or RateLimit(6, 600.0))
    return Starlette(
        routes=[
            Route(ROOT, form.show, methods=["GET"]),
            Route(ROOT, form.take, methods=["POST"]),
            Route(ROOT + "/done/{nonce}", form.done, methods=["GET"]),
        ],
        exception_handlers={404: form.missing, 405: form.missing, Exception: form.broke},
    )


@dataclass(frozen=True)
class Form:
    """The endpoints; `storage.feedback_form` decides what becomes of a piece."""

    transactions: Transactions
    box: FeedbackForm
    tokens: FormTokens
    pages: Pages
    clock: Callable[[], datetime]
    rate: RateLimit

    async def show(self, _: Request) -> Response:
        """Show the empty form."""
        return self._form(Said())

    async def take(self, request: Request) -> Response:
        """Keep what was written and lead to the thanks; what is wrong stays to be mended."""
        if not _own(request):
            return self._told(403, "没有提交", "请从本页面填写，不要从别的网站提交。")
        sent = await _fields(request)
        if sent is None:
            return self._told(413, "没有提交", f"内容太长了，请写在 {LONGEST} 个字以内。")
        said = Said(_topic(sent["topic"]), sent["words"], sent["contact"].strip())
        now = self.clock()
        verdict, nonce = self.tokens.judge(sent["token"], now)
        if verdict != "good":
            # One that came too early is good in a moment; the others get a new one.
            again = sent["token"] if verdict == "early" else ""
            return self._form(said, _WRONG[verdict], again)
        # Only a program fills in what nobody sees, or a browser that fills in too much.
        if wrong := _mistake(said) or (_WRONG["trap"] if sent["website"] else ""):
            return self._form(said, wrong, sent["token"])
        if seconds := self.rate.wait(request.client.host if request.client else ""):
            return self._too_fast(seconds)
        piece = Piece(nonce, said.topic, said.words, said.contact)
        await run_in_threadpool(self.transactions.run, lambda uow: self.box.take(uow, piece, now))
        return RedirectResponse(f"{ROOT}/done/{nonce}", 303, headers=HEADERS)

    async def done(self, request: Request) -> Response:
        """Thank for a piece, by the nonce that only its author knows."""
        nonce = request.path_params["nonce"]
        taken = await run_in_threadpool(
            self.transactions.read, lambda uow: self.box.taken(uow, nonce)
        )
        if taken is None:
            return self._told(404, "没有找到", "这个地址不完整，或者那次没有提交成功，请再写一次。")
        return _html(self.pages.taken(taken))

    async def missing(self, _: Request, __: Exception) -> Response:
        """Answer every other address."""
        return self._told(404, "没有这个页面", "地址可能不完整，请回到填写页。")

    async def broke(self, request: Request, error: Exception) -> Response:
        """Say that it is not kept; what was written can be sent once more with «back»."""
        if isinstance(error, ClientDisconnect):
            return Response(status_code=400)
        log.error("feedback_form.broke", exc_info=error)
        return self._told(500, "没有存下来", "系统出了点问题。请退回上一页，再点一次「提交」。")

    def _form(self, said: Said, wrong: str = "", token: str = "") -> Response:
        fresh = token or self.tokens.make(self.clock())
        return _html(self.pages.form(fresh, said, wrong), 422 if wrong else 200)

    def _told(self, status: int, title: str, words: str) -> Response:
        return _html(self.pages.told(title, words), status)

    def _too_fast(self, seconds: int) -> Response:
        minutes = -(-seconds // 60)
        words = f"您提交得有点多，请 {minutes} 分钟后再试，或直接打客服热线。"
        answer = self._told(429, "请稍等", words)
        answer.headers["Retry-After"] = str(seconds)
        return answer


def _own(request: Request) -> bool:
    """Browsers say where a form comes from; those that do not are let through to the token."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host", "")


async def _fields(request: Request) -> dict[str, str] | None:
    """Return the fields of the form, None when it is no small form."""
    body = b""
    try:
        async with asyncio.timeout(_SECONDS_TO_SEND):
            async for chunk in request.stream():
                body += chunk
                if len(body) > _MAX_BODY:
                    return None
        found = parse_qs(body.decode("ascii", "replace"), errors="replace", max_num_fields=8)
    except (TimeoutError, ValueError):
        return None
    return {name: found.get(name, [""])[0].translate(_CONTROLS) for name in _FIELDS}


def _topic(said: str) -> str:
    return said if said in topics() else ""


def _mistake(said: Said) -> str:
    """Return what has to be mended, '' when all is well."""
    if not said.words.strip():
        return "还没有写内容，写一句就行。"
    if len(said.words) > LONGEST:
        return f"写了 {len(said.words)} 个字，最多 {LONGEST} 个，请分两次说。"
    if len(said.contact) > 100:
        return "联系方式太长，写一个手机号或邮箱就行。"
    return ""


def _html(page: bytes, status: int = 200) -> Response:
    return Response(page, status, headers=HEADERS, media_type="text/html")
