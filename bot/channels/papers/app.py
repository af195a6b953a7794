"""The documents behind links: who opens one must know the end of the holder's document.

Bad, expired, used up or somebody else's: the answer is the same page with the same headers.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Callable
from datetime import datetime
from typing import Literal
from urllib.parse import parse_qs

import structlog
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.channels.links.login import Login
from bot.channels.papers.cover import PICTURE_HEADERS, cover
from bot.channels.papers.draw import drawn
from bot.channels.papers.page import HEADERS, Pages
from bot.channels.papers.policy_pdf import Issuer, PolicyPaper
from bot.channels.webchat.rate import RateLimit
from bot.settings import Settings
from storage.crypto import Cipher
from storage.policy_links import COVER, Opened, PolicyLinks, check_code
from storage.policy_source import source
from storage.transactions import Transactions
from storage.unit_of_work import UnitOfWork

log = structlog.get_logger()
_COOKIE = "anda_paper"
_MAX_FORM = 1_024
_AT_ONCE, _WAITING = 1, 20
Proof = Literal["right", "wrong", "gone"]


def papers_app(
    transactions: Transactions,
    cipher: Cipher,
    settings: Settings,
    clock: Callable[[], datetime],
    rate: RateLimit | None = None,
    login: Login | None = None,
) -> Starlette:
    """Return the application; mount it at ``/papers``."""
    papers = Papers(transactions, cipher, settings, clock, rate or RateLimit(20, 60.0))
    papers.login = login or papers.login
    return Starlette(
        routes=[
            Route(f"/{COVER}", papers.cover, methods=["GET"]),
            Route("/{token}", papers.ask, methods=["GET"]),
            Route("/{token}", papers.prove, methods=["POST"]),
            Route("/{token}/policy.pdf", papers.fetch, methods=["GET"]),
            Route("/{rest:path}", papers.nothing),
        ]
    )


class Papers:
    """The endpoints; `storage.policy_links` decides."""

    def __init__(
        self,
        transactions: Transactions,
        cipher: Cipher,
        settings: Settings,
        clock: Callable[[], datetime],
        rate: RateLimit,
    ) -> None:
        self._transactions = transactions
        self._cipher = cipher
        self._settings = settings
        self._clock = clock
        self._rate = rate
        self._pages = Pages(settings.hotline)
        self.login = Login(transactions, cipher, settings, clock)
        # Drawing a document takes a core of the machine: one at a time, and no long queue.
        self._drawing = asyncio.Semaphore(_AT_ONCE)
        self._queued = 0
        self._cover: bytes | None = None

    async def ask(self, request: Request) -> Response:
        """Show the page that asks for the document's tail."""
        if refused := self._too_fast(request):
            return refused
        token = request.path_params["token"]
        if stopped := await self._stopped(request, token):
            return stopped
        return _html(self._pages.ask)

    async def cover(self, request: Request) -> Response:
        """Show the picture of the cards; it is the same for everybody, and drawn once."""
        if self._cover is None:
            issuer = self._issuer()
            self._cover = await run_in_threadpool(cover, issuer.company, issuer.branch)
        return Response(self._cover, headers=PICTURE_HEADERS, media_type="image/png")

    async def prove(self, request: Request) -> Response:
        """Compare the tail; whoever knows it is sent on to the document."""
        if refused := self._too_fast(request):
            return refused
        token, tail = request.path_params["token"], await _tail(request)
        if stopped := await self._stopped(request, token):
            return stopped
        proof = await run_in_threadpool(
            self._transactions.run, lambda uow: self._prove(uow, token, tail)
        )
        if proof == "gone":
            return self._gone()
        if proof == "wrong":
            return _html(self._pages.ask_again, 422)
        path = f"{request.scope.get('root_path', '')}/{token}"
        response = RedirectResponse(f"{path}/policy.pdf", 303, headers=HEADERS)
        response.set_cookie(
            _COOKIE, self._pass(token), max_age=self._settings.papers.link_minutes * 60,
            path=path, httponly=True, samesite="lax",
            secure=self._settings.public_url.startswith("https://"),
        )  # fmt: skip
        return response

    async def fetch(self, request: Request) -> Response:
        """Hand the document to the browser that gave the tail, once it is written down."""
        if refused := self._too_fast(request):
            return refused
        token, shown = request.path_params["token"], request.cookies.get(_COOKIE, "")
        if not hmac.compare_digest(self._pass(token).encode(), shown.encode()):
            return self._gone()
        if self._queued >= _WAITING:
            return Response(status_code=503, headers={**HEADERS, "Retry-After": "5"})
        paper = await run_in_threadpool(self._transactions.run, lambda uow: self._fetch(uow, token))
        return await self._drawn(paper) if paper else self._gone()

    async def _stopped(self, request: Request, token: str) -> Response | None:
        """There is no such link, or the visitor has to say first who they are."""
        opened = await run_in_threadpool(
            self._transactions.read, lambda uow: self._links(uow).open(token)
        )
        if opened is None:
            return self._gone()
        path = f"{request.scope.get('root_path', '')}/{token}"
        return await self.login.stops(request, path, opened.link.conversation_id)

    async def nothing(self, request: Request) -> Response:
        """Answer every other address like a link that is gone."""
        return self._too_fast(request) or self._gone()

    async def _drawn(self, paper: PolicyPaper) -> Response:
        self._queued += 1
        try:
            async with self._drawing:
                pdf = await run_in_threadpool(drawn, paper, self._issuer(), self._clock())
        finally:
            self._queued -= 1
        if pdf is None:
            log.error("paper.not_drawn")
            return Response(status_code=503, headers={**HEADERS, "Retry-After": "60"})
        name = f'inline; filename="policy-{paper.number[-6:]}.pdf"'
        headers = {**HEADERS, "Content-Disposition": name}
        return Response(pdf, headers=headers, media_type="application/pdf")

    def _prove(self, uow: UnitOfWork, token: str, tail: str) -> Proof:
        links = self._links(uow)
        opened = links.open(token, lock=True)
        if opened is None:
            return "gone"
        if links.prove(opened, tail):
            return "right"
        return "gone" if opened.link.closed else "wrong"

    def _fetch(self, uow: UnitOfWork, token: str) -> PolicyPaper | None:
        links = self._links(uow)
        opened = links.open(token, lock=True)
        if opened is None:
            return None
        links.fetch(opened)
        return _paper(opened, self._cipher, self._clock())

    def _links(self, uow: UnitOfWork) -> PolicyLinks:
        papers, now = self._settings.papers, self._clock()
        told = source(uow.session, self._settings.policy_source, now)
        return PolicyLinks(uow, self._cipher, papers, now, told)

    def _pass(self, token: str) -> str:
        return self._cipher.blind(f"policy link pass|{token}")[:40]

    def _issuer(self) -> Issuer:
        facts = self._settings.facts
        return Issuer(
            company=facts.get("company_name", ""),
            branch=facts.get("branch_name", ""),
            hotline=self._settings.hotline,
            verify=facts.get("policy_verify", ""),
            demo=self._settings.demo,
        )

    def _gone(self) -> Response:
        return _html(self._pages.gone, 404)

    def _too_fast(self, request: Request) -> Response | None:
        """Slow down whoever tries many links; what they try makes no difference."""
        client = request.client.host if request.client else ""
        seconds = self._rate.wait(client)
        if not seconds:
            return None
        return Response(status_code=429, headers={**HEADERS, "Retry-After": str(seconds)})


def _html(page: bytes, status: int = 200) -> Response:
    return Response(page, status, headers=HEADERS, media_type="text/html")


async def _tail(request: Request) -> str:
    """Return what was typed; a form that is no small form says nothing."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MAX_FORM:
            return ""
    try:
        fields = parse_qs(body.decode("utf-8", "replace"), max_num_fields=4)
    except ValueError:
        return ""
    return fields.get("tail", [""])[0]


def _paper(opened: Opened, cipher: Cipher, at: datetime) -> PolicyPaper:
    policy, customer = opened.policy, opened.customer
    number = customer.id_number
    return PolicyPaper(
        number=policy.number,
        product=policy.product,
        holder=customer.name,
        document=f"{number[:3]}{'*' * max(0, len(number) - 7)}{number[-4:]}",
        insured=str(policy.details.get("insured") or customer.name),
        plate=policy.plate or "",
        starts_at=policy.starts_at,
        ends_on=policy.ends_on,
        status="已到期" if policy.ends_on < at.date() else policy.status,
        premium_fen=policy.premium_fen,
        payment=policy.payment,
        details=policy.details,
        check_code=check_code(cipher, policy),
    )
