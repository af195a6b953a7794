"""/v1/privacy: what persons asked about their data, and doing it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any, Literal, TypeVar

import orjson
from fastapi import APIRouter, Depends
from pydantic import BaseModel
from starlette.responses import Response

from bot.api.desk import Desk, may, may_create
from bot.api.fields import Body, PathNumber, Word
from bot.api.problems import Problem
from bot.errors import Refused
from bot.privacy.check import Check, OnRecord
from bot.privacy.rights import Rights
from storage.personal import unfinished
from storage.personal.verdicts import described
from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/v1/privacy", tags=["privacy 个人信息请求"])
T = TypeVar("T")


class SeenView(BaseModel):
    """A check by colleagues that holds now (level V3)."""

    how: str
    checked_by: str
    at: datetime
    until: datetime


class RequestView(BaseModel):
    """A request that is open; ``finish_on`` where something must be kept until a day."""

    number: str
    kind: str
    status: str
    opened_at: datetime
    due_at: datetime
    conversation: int | None
    check: SeenView | None
    finish_on: date | None


class RequestIn(Body):
    """A request made at the counter or by telephone."""

    kind: Literal["privacy_export", "privacy_erase", "privacy_correct", "privacy_withdraw"]
    customer: Word


class CheckIn(Body):
    """How it was made sure that the request is the person's own (level V3).

    Without ``how`` and ``checked_by`` a check that stands on record and holds still is taken.
    """

    how: Literal["video", "counter", "two_staff"] | None = None
    checked_by: Word | None = None
    guardian: Word | None = None

    def check(self) -> Check:
        """Return it as the work wants it."""
        return Check(self.checked_by or "", self.how or "", self.guardian or "")


class Opened(BaseModel):
    """Under which number a request is recorded."""

    number: str


class Correction(CheckIn):
    """What is to be corrected."""

    field: Literal["name", "phone", "id_number"]
    value: Word


class Erasure(BaseModel):
    """What became of everything; ``partly`` when business is going on.

    ``open`` tells that the request waits for ``finish_on``, ``tell`` what to say to the person.
    """

    partly: bool
    open: bool
    finish_on: date | None
    tell: str
    restricted: int
    rows: dict[str, int]
    records: list[dict[str, Any]]


@router.get("", summary="没办完的请求", response_model=list[RequestView])
def list_requests(desk: Annotated[Desk, Depends(may("privacy", "read"))]) -> list[RequestView]:
    """Return the open requests, the one that is due first at the top."""
    return [
        RequestView(
            number=asked.ticket.number,
            kind=asked.ticket.kind,
            status=asked.ticket.status,
            opened_at=asked.ticket.opened_at,
            due_at=asked.ticket.due_at,
            conversation=asked.ticket.conversation_id,
            check=_seen(asked.checked),
            finish_on=asked.ticket.facts.get("finish_on"),
        )
        for asked in _rights(desk).asked()
    ]


def _seen(found: OnRecord | None) -> SeenView | None:
    if found is None:
        return None
    return SeenView(how=found.way, checked_by=found.by, at=found.at, until=found.until)


@router.post("", summary="登记请求", status_code=201, response_model=Opened)
def open_request(
    body: RequestIn, desk: Annotated[Desk, Depends(may_create("privacy"))]
) -> Response:
    """Record a request; the answer is its number."""
    rights = _rights(desk)

    def opened(uow: UnitOfWork) -> Opened:
        return Opened(number=rights.open_in(uow, body.kind, body.customer))

    return _done(lambda: desk.create(body, opened, "number"))


@router.post("/{number}/export", summary="导出全部信息", response_model=dict[str, Any])
def export(
    number: PathNumber, body: CheckIn, desk: Annotated[Desk, Depends(may("privacy", "write"))]
) -> Response:
    """Return everything about the person, and close the request.

    An answer that got lost may be had again while the check holds.
    """
    rights = _rights(desk)
    made = _done(lambda: rights.hand_out(number, body.check(), orjson.dumps))
    return Response(made, media_type="application/json", headers={"Cache-Control": "no-store"})


@router.post("/{number}/erasure", summary="删除或限制", response_model=Erasure)
def erase(
    number: PathNumber, body: CheckIn, desk: Annotated[Desk, Depends(may("privacy", "write"))]
) -> Erasure:
    """Erase; what the law makes us keep is sealed away, and told with its reason."""
    rights = _rights(desk)
    done = _done(lambda: rights.erase(number, body.check()))
    waits = bool(done.partly or done.restricted)
    return Erasure(
        partly=done.partly,
        open=waits,
        finish_on=unfinished.finish_on(done) if waits else None,
        tell=unfinished.told(number, unfinished.facts_of(done, desk.now)) if waits else "",
        restricted=done.restricted,
        rows=done.rows,
        records=described(done.found),
    )


@router.post("/{number}/correction", summary="更正", status_code=204)
def correct(
    number: PathNumber, body: Correction, desk: Annotated[Desk, Depends(may("privacy", "write"))]
) -> None:
    """Correct a customer's name, phone or identity number."""
    rights = _rights(desk)
    _done(lambda: rights.correct(number, body.field, body.value, body.check()))


def _rights(desk: Desk) -> Rights:
    parts = desk.parts
    actor = desk.caller.actor
    return Rights(parts.transactions, parts.cipher, parts.settings, lambda: desk.now, actor)


def _done(work: Callable[[], T]) -> T:
    try:
        return work()
    except Refused as refused:
        raise Problem("refused", str(refused)) from None
