"""What a resource has at hand for one request: the parts, the caller, the time, the way out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, TypeVar

import orjson
from fastapi import Header, Request
from pydantic import BaseModel
from starlette.responses import Response

from bot.api.auth import CALLER, Caller
from bot.api.idempotency import Asked, once
from bot.api.problems import Problem
from bot.knowledge.releases import Editors
from bot.permissions import Action
from bot.settings import Settings
from storage.crypto import Cipher
from storage.job_runs import Planned
from storage.transactions import Transactions
from storage.unit_of_work import UnitOfWork

T = TypeVar("T")
# The jobs as they stand in the timetable at a moment.
Timetable = Callable[[datetime], Sequence[Planned]]
_JSON = "application/json"

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[\x21-\x7e]{1,100}$",
        description="同一个键重复提交同样的内容，只生效一次，回同样的结果。",
    ),
]


def no_jobs(_: datetime) -> Sequence[Planned]:
    """Return the timetable of an installation without jobs."""
    return ()


@dataclass(frozen=True)
class Parts:
    """What the API is built from."""

    transactions: Transactions
    cipher: Cipher
    settings: Settings
    clock: Callable[[], datetime]
    knowledge: Mapping[str, Any] = field(default_factory=dict)
    editors: Editors | None = None
    timetable: Timetable = no_jobs


@dataclass(frozen=True)
class Seen:
    """One person's data that is about to be shown."""

    what: str
    conversation_id: int | None = None
    customer_id: int | None = None


@dataclass(frozen=True)
class Shown:
    """An answer and whose data is in it."""

    body: BaseModel
    seen: tuple[Seen, ...] = ()


@dataclass(frozen=True)
class Desk:
    """One request of one caller, now."""

    parts: Parts
    caller: Caller
    method: str
    path: str
    now: datetime
    key: str | None = None

    def show(self, work: Callable[[UnitOfWork], Shown], reason: str | None = None) -> Response:
        """Read, record who saw whose data, and only then let it out."""
        shown = self.parts.transactions.read(work)
        if shown.seen:
            self.parts.transactions.run(lambda uow: self.record(uow, shown.seen, reason))
        return Response(_dump(shown.body), media_type=_JSON)

    def change(self, work: Callable[[UnitOfWork], Shown]) -> Response:
        """Change and show what it is now, in one transaction with the record of access."""

        def changed(uow: UnitOfWork) -> bytes:
            shown = work(uow)
            self.record(uow, shown.seen, None)
            return _dump(shown.body)

        return Response(self.parts.transactions.run(changed), media_type=_JSON)

    def create(
        self,
        asked: BaseModel,
        work: Callable[[UnitOfWork], BaseModel],
        name: str = "",
        status: int = 201,
    ) -> Response:
        """Create once per Idempotency-Key; ``name`` is the field that completes the address."""
        request = Asked(self._own_key(), self.method, self.path, asked.model_dump_json())
        parts = self.parts

        def created(uow: UnitOfWork) -> tuple[bytes, str, bool]:
            body, again = once(uow, parts.cipher, request, self.now, lambda: _dump(work(uow)))
            return body, _value(body, name), again

        body, value, again = parts.transactions.run(created)
        headers = {"Location": f"{self.path}/{value}"} if value else {}
        if again:
            headers["Idempotent-Replayed"] = "true"
        return Response(body, status, headers, _JSON)

    def _own_key(self) -> str | None:
        """Return the key as this caller's own: others may use the same."""
        return f"{self.caller.token_id}:{self.key}" if self.key else None

    def record(self, uow: UnitOfWork, seen: tuple[Seen, ...], reason: str | None) -> None:
        """Write down who sees what of whom, and why."""
        why = (reason or f"接口 {self.method} {self.path}")[:255]
        actor = self.caller.actor
        for item in seen:
            uow.customers.log_access(
                self.now, item.conversation_id, item.customer_id, actor, item.what, why
            )


def _dump(body: BaseModel) -> bytes:
    """Return JSON; what was never said is left out rather than null."""
    return body.model_dump_json(exclude_unset=True).encode()


def _value(body: bytes, name: str) -> str:
    return str(orjson.loads(body)[name]) if name else ""


def may(resource: str, action: Action) -> Callable[[Request], Desk]:
    """Return the dependency that opens the desk for callers who may, and refuses the others."""

    def opened(request: Request) -> Desk:
        return _desk(request, resource, action, None)

    return opened


def may_create(resource: str, action: Action = "write") -> Callable[[Request, str | None], Desk]:
    """Return the same for a POST, which may carry an Idempotency-Key."""

    def opened(request: Request, key: IdempotencyKey = None) -> Desk:
        return _desk(request, resource, action, key)

    return opened


def _desk(request: Request, resource: str, action: Action, key: str | None) -> Desk:
    caller: Caller | None = request.scope.get(CALLER)
    if caller is None:  # the gate lets nobody through without one
        raise Problem("token_missing")
    if not caller.may(resource, action):
        raise Problem("forbidden", f"角色 {caller.role} 不能对 {resource} 做此操作。")
    parts: Parts = request.app.state.parts
    # Not request.url: it is made of the Host header, which may be anything.
    return Desk(parts, caller, request.method, str(request.scope["path"]), parts.clock(), key)
