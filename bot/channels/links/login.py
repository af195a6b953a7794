"""Who opens a link in WeChat must be whom it was sent to (web authorisation, snsapi_base).

Where the account is not set up for it, or the link was not sent over WeChat, the signed link
alone is enough.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.channels.papers.page import HEADERS, Pages
from bot.errors import DeliveryError
from bot.settings import Settings, WeChat
from storage import web_logins
from storage.crypto import Cipher
from storage.models.conversation import Conversation
from storage.transactions import Transactions
from storage.unit_of_work import UnitOfWork

log = structlog.get_logger()
PATH = "/links/wechat"
_LOGIN, _BROWSER = "anda_login", "anda_browser"
_DAY = 86_400
_MAX = 256
Openid = Callable[[str], str]


@dataclass(frozen=True)
class Login:
    """The door before the pages; ``openid`` asks the platform who gave a code."""

    transactions: Transactions
    cipher: Cipher
    settings: Settings
    clock: Callable[[], datetime]
    openid: Openid | None = None

    async def stops(self, request: Request, link: str, conversation: int) -> Response | None:
        """Return what to do first, None where the visitor may go on to the link."""
        peer = await run_in_threadpool(
            self.transactions.read, lambda u: self._peer(u, conversation)
        )
        if peer is None:
            return None
        shown = request.cookies.get(_LOGIN, "")
        if hmac.compare_digest(self._pass(link, peer).encode(), shown.encode()):
            return None
        if request.method != "GET":
            return self._refused("请从微信里重新打开这个链接。")
        return await self._ask(request, link, conversation)

    def _peer(self, uow: UnitOfWork, conversation: int) -> str | None:
        """Return the openid that the link belongs to, None where nobody is asked."""
        account = self._account
        found = uow.session.get(Conversation, conversation)
        if account is None or found is None:
            return None
        ours = (found.channel, found.account) == ("wechat", account.app_id)
        return found.peer if ours else None

    @property
    def _account(self) -> WeChat | None:
        account = self.settings.wechat
        return account if account and account.web_login and self.openid else None

    async def _ask(self, request: Request, link: str, conversation: int) -> Response:
        account, now = self._account, self.clock()
        assert account is not None
        browser = request.cookies.get(_BROWSER, "")[:_MAX] or secrets.token_urlsafe(24)
        state = await run_in_threadpool(
            self.transactions.run,
            lambda uow: web_logins.begin(uow, link, conversation, browser, now),
        )
        asked = urlencode(
            {
                "appid": account.app_id,
                "redirect_uri": self.settings.public_url.rstrip("/") + PATH,
                "response_type": "code",
                "scope": "snsapi_base",
                "state": state,
            }
        )
        base = account.open_base_url.rstrip("/")
        address = f"{base}/connect/oauth2/authorize?{asked}#wechat_redirect"
        response = RedirectResponse(address, 302, headers=HEADERS)
        self._cookie(response, _BROWSER, browser, "/links")
        return response

    async def finish(self, request: Request) -> Response:
        """Take the platform's answer: the state once, the code once, and the right person."""
        said = request.query_params
        state, code = said.get("state", "")[:_MAX], said.get("code", "")[:_MAX]
        browser, now = request.cookies.get(_BROWSER, "")[:_MAX], self.clock()
        pending = await run_in_threadpool(
            self.transactions.run, lambda uow: web_logins.take(uow, state, browser, now)
        )
        if pending is None or not code or self.openid is None:
            return self._refused("这次登录已经用过或者过期了，请回到对话里重新点开链接。")
        try:
            who = await run_in_threadpool(self.openid, code)
        except DeliveryError:
            log.warning("links.login_unavailable")
            return self._page("现在打不开", "微信那边暂时没有回应，请过几分钟重新点开链接。", 503)
        return await self._known(pending, who)

    async def _known(self, pending: web_logins.Pending, who: str) -> Response:
        peer = await run_in_threadpool(
            self.transactions.run, lambda uow: self._owner(uow, pending, who)
        )
        if peer is None:
            return self._refused(
                "这个链接是发给另一个微信号的，不能在这里打开。请用收到链接的微信打开，"
                "或者在我们的公众号里说一声，我们重新给您一个。"
            )
        response = RedirectResponse(pending.link, 303, headers=HEADERS)
        self._cookie(response, _LOGIN, self._pass(pending.link, peer), pending.link)
        return response

    def _owner(self, uow: UnitOfWork, pending: web_logins.Pending, who: str) -> str | None:
        """Return the owner when it is the visitor; a stranger is written down."""
        peer = self._peer(uow, pending.conversation_id)
        if peer is not None and who and hmac.compare_digest(peer.encode(), who.encode()):
            return peer
        uow.customers.log_access(
            self.clock(), pending.conversation_id, None, "link", "web login: another WeChat",
            "打开链接的不是收到链接的微信号",
        )  # fmt: skip
        return None

    def _pass(self, link: str, peer: str) -> str:
        return self.cipher.blind(f"web login|{link}|{peer}")[:40]

    def _cookie(self, response: Response, name: str, value: str, path: str) -> None:
        secure = self.settings.public_url.startswith("https://")
        response.set_cookie(
            name, value, max_age=_DAY, path=path, httponly=True, samesite="lax", secure=secure
        )

    def _refused(self, words: str) -> Response:
        return self._page("打不开这个链接", words, 403)

    def _page(self, title: str, words: str, status: int) -> Response:
        page = Pages(self.settings.hotline).said(title, words)
        return Response(page, status, headers=HEADERS, media_type="text/html")
