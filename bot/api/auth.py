"""Bearer tokens: checked before anything of the request is read or even routed."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from sqlalchemy import select
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.api.problems import Problem
from bot.permissions import Action, allowed
from storage.models.staff import ApiToken
from storage.transactions import Transactions
from storage.unit_of_work import UnitOfWork

CALLER = "anda.caller"
_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="anda"'}
_LONGEST_TOKEN = 512


@dataclass(frozen=True)
class Caller:
    """The program behind a request."""

    token_id: int
    label: str
    role: str

    @property
    def actor(self) -> str:
        """Return the name under which this caller appears in histories and the access log."""
        return f"api:{self.label}"[:128]

    def may(self, resource: str, action: Action) -> bool:
        """Tell whether the caller's role allows ``action``."""
        return allowed(self.role, resource, action)


class Gate:
    """ASGI middleware: below ``/v1`` nothing happens without a valid token."""

    def __init__(self, app: ASGIApp, transactions: Transactions) -> None:
        self.app = app
        self.transactions = transactions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Put the caller into the scope, or refuse."""
        if scope["type"] == "http" and _below_v1(scope):
            try:
                token = _token(Headers(scope=scope))
                scope[CALLER] = await run_in_threadpool(find_caller, self.transactions, token)
            except Problem as problem:
                await problem.response()(scope, receive, send)
                return
        await self.app(scope, receive, send)


def _below_v1(scope: Scope) -> bool:
    path = str(scope["path"]).removeprefix(scope.get("root_path", ""))
    return path == "/v1" or path.startswith("/v1/")


def _token(headers: Headers) -> str:
    scheme, _, token = headers.get("authorization", "").partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token:
        detail = "请在 Authorization 头里带上 Bearer 令牌（anda token create 生成）。"
        raise Problem("token_missing", detail, headers=_CHALLENGE)
    if len(token) > _LONGEST_TOKEN:
        raise _invalid()
    return token


def _invalid() -> Problem:
    challenge = {"WWW-Authenticate": 'Bearer realm="anda", error="invalid_token"'}
    return Problem("token_invalid", "令牌无效或已停用，请向管理员申请。", headers=challenge)


def find_caller(transactions: Transactions, token: str) -> Caller:
    """Return whom the token belongs to; raise a 401 problem for an unknown or revoked one."""
    hashed = hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()

    def find(uow: UnitOfWork) -> ApiToken | None:
        return uow.session.scalar(select(ApiToken).where(ApiToken.token_hash == hashed))

    found = transactions.read(find)
    # The index only narrows the search; the decision is made in constant time.
    if found is None or not hmac.compare_digest(found.token_hash, hashed) or found.revoked:
        raise _invalid()
    return Caller(found.id, found.label, found.role)
