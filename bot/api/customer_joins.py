"""/v1/customers/{ref}/joins: two records of one person are joined by staff, and taken apart."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel
from sqlalchemy import select
from starlette.responses import Response

from bot.api.desk import Desk, Seen, Shown, may, may_create
from bot.api.fields import Body, Code, Line, PathCode, PathId, Word
from bot.api.problems import Problem, missing
from bot.errors import Refused
from storage.customer_joins import CustomerJoins, Wanted
from storage.models.customer import Customer
from storage.models.joining import CustomerJoin
from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/v1/customers", tags=["customers 客户"])
Why = Literal["phone", "plate", "policy", "paper", "said"]


class JoinView(BaseModel):
    """A join that holds, or held; ``moved`` counts the rows that went to ``kept``, by table."""

    id: int
    kept: str
    away: str
    reason: str
    words: str
    moved: dict[str, int]
    by: str
    at: datetime
    undone_by: str | None
    undone_at: datetime | None


class Comparison(BaseModel):
    """What is equal in two records, and the ``seen`` that joining them asks for."""

    kept: str
    away: str
    same_name: bool
    same_phone: bool
    same_id_number: bool
    seen: str


class JoinsView(BaseModel):
    """The joins that hold; ``comparison`` with the record that was asked about."""

    joins: list[JoinView]
    comparison: Comparison | None


class JoinIn(Body):
    """Join ``other`` to the record of the address; ``seen`` is what the comparison gave."""

    other: Code
    reason: Why
    words: Line
    seen: Word


class PartIn(Body):
    """Why they are taken apart."""

    words: Line


class JoinsQuery(Body):
    """The record to compare with."""

    other: Code | None = None


@router.get("/{ref}/joins", summary="客户记录的合并，与比对", response_model=JoinsView)
def get_joins(
    ref: PathCode,
    query: Annotated[JoinsQuery, Query()],
    desk: Annotated[Desk, Depends(may("customers", "handle"))],
) -> Response:
    """Return what is joined to a record, and how it compares with another."""

    def read(uow: UnitOfWork) -> Shown:
        one, records = _customer(uow, ref), _records(uow, desk)
        joins = [_view(uow, join) for join in records.open_of(one.id)]
        compared, seen = None, [_seen(one)]
        if query.other:
            other = _customer(uow, query.other)
            seen.append(_seen(other))
            compared = Comparison(
                kept=one.ref,
                away=other.ref,
                same_name=one.name == other.name,
                same_phone=one.phone_blind == other.phone_blind,
                same_id_number=one.id_blind == other.id_blind,
                seen=records.seen(one, other),
            )
        return Shown(JoinsView(joins=joins, comparison=compared), tuple(seen))

    return desk.show(read)


@router.post(
    "/{ref}/joins", summary="把另一个客户记录并进来", response_model=JoinView, status_code=201
)
def join(
    ref: PathCode,
    said: JoinIn,
    desk: Annotated[Desk, Depends(may_create("customers", "handle"))],
) -> Response:
    """Join two records of one person; everything moves, or nothing does."""

    def work(uow: UnitOfWork) -> JoinView:
        _customer(uow, ref)
        wanted = Wanted(ref, said.other, said.reason, said.words, said.seen)
        try:
            return _view(uow, _records(uow, desk).join(wanted))
        except Refused as refused:
            raise Problem("conflict", str(refused)) from None

    return desk.create(said, work)


@router.post(
    "/{ref}/joins/{number}/part", summary="拆开合并的客户记录", response_model=JoinView,
    status_code=201,
)  # fmt: skip
def part(
    ref: PathCode,
    number: PathId,
    said: PartIn,
    desk: Annotated[Desk, Depends(may_create("customers", "handle"))],
) -> Response:
    """Take two records apart again; what moved goes back."""

    def work(uow: UnitOfWork) -> JoinView:
        one, records = _customer(uow, ref), _records(uow, desk)
        if number not in {join.id for join in records.open_of(one.id)}:
            raise missing(f"客户 {ref} 的合并 {number}")
        try:
            return _view(uow, records.part(number, said.words))
        except Refused as refused:
            raise Problem("conflict", str(refused)) from None

    return desk.create(said, work)


def _records(uow: UnitOfWork, desk: Desk) -> CustomerJoins:
    return CustomerJoins(uow, desk.now, desk.caller.actor)


def _customer(uow: UnitOfWork, ref: str) -> Customer:
    found = uow.session.scalar(select(Customer).where(Customer.ref == ref))
    if found is None:
        raise missing(f"客户 {ref}")
    return found


def _seen(one: Customer) -> Seen:
    return Seen(f"customer {one.ref} masked", customer_id=one.id)


def _view(uow: UnitOfWork, join: CustomerJoin) -> JoinView:
    return JoinView(
        id=join.id,
        kept=uow.session.get_one(Customer, join.kept_id).ref,
        away=uow.session.get_one(Customer, join.away_id).ref,
        reason=join.reason,
        words=join.words,
        moved={name: len(rows) for name, rows in join.moved.items()},
        by=join.by,
        at=join.at,
        undone_by=join.undone_by,
        undone_at=join.undone_at,
    )
