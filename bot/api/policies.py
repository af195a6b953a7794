"""/v1/policies: masked, and in full one at a time for those who may and say why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel
from sqlalchemy import select
from starlette.responses import Response

from bot.api import paging
from bot.api.desk import Desk, Seen, Shown, may
from bot.api.fields import Code, Moment, OneQuery, PathCode, Plate, Word
from bot.api.masking import mask_name
from bot.api.problems import missing
from storage.models.customer import Customer
from storage.models.policy import Policy
from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/v1/policies", tags=["policies 保单"])


class PolicyView(BaseModel):
    """A policy; ``details`` (vehicle, address, insured …) comes only with the full view."""

    number: str
    line: str
    product: str
    plate: str | None
    starts_at: datetime
    ends_on: date
    status: str
    premium_fen: int
    payment: str
    customer: str
    holder: str
    masked: bool
    coverages: list[dict[str, Any]]
    details: dict[str, Any] | None = None


class PolicyQuery(paging.PageQuery):
    """Filters of the list; ``since`` is about the end of the policy."""

    number: Code | None = None
    line: Code | None = None
    plate: Plate | None = None
    status: Word | None = None
    customer: Code | None = None
    since: Moment | None = None


@router.get("", summary="保单列表（脱敏）", response_model=paging.Page[PolicyView])
def list_policies(
    query: Annotated[PolicyQuery, Query()],
    desk: Annotated[Desk, Depends(may("policies", "read"))],
) -> Response:
    """Return policies, the newest first, always masked."""
    statement = select(Policy)
    for column, wanted in (
        (Policy.number, query.number),
        (Policy.line, query.line),
        (Policy.plate, query.plate),
        (Policy.status, query.status),
    ):
        if wanted is not None:
            statement = statement.where(column == wanted)
    if query.customer:
        holder = select(Customer.id).where(Customer.ref == query.customer)
        statement = statement.where(Policy.customer_id.in_(holder))
    if query.since:
        statement = statement.where(Policy.ends_on >= query.since.date())

    def read(uow: UnitOfWork) -> Shown:
        found, following = paging.rows(uow.session, desk, query, statement, Policy.id)
        items = _views(uow, found, full=False)
        page = paging.Page[PolicyView](items=items, next_cursor=following)
        return Shown(page, tuple(_seen(policy, full=False) for policy in found))

    return desk.show(read, query.reason)


@router.get("/{number}", summary="保单详情", response_model=PolicyView)
def get_policy(
    number: PathCode,
    query: Annotated[OneQuery, Query()],
    desk: Annotated[Desk, Depends(may("policies", "read"))],
) -> Response:
    """Return one policy, in full when the role allows it and ``reason`` says why."""
    full = query.reason is not None and desk.caller.may("policies", "full")

    def read(uow: UnitOfWork) -> Shown:
        policy = uow.session.scalar(select(Policy).where(Policy.number == number))
        if policy is None:
            raise missing(f"保单 {number}")
        return Shown(_views(uow, [policy], full=full)[0], (_seen(policy, full=full),))

    return desk.show(read, query.reason)


def _views(uow: UnitOfWork, found: Sequence[Policy], *, full: bool) -> list[PolicyView]:
    ids = {policy.customer_id for policy in found}
    query = select(Customer).where(Customer.id.in_(ids))
    holders = {customer.id: customer for customer in uow.session.scalars(query)}
    return [_view(policy, holders[policy.customer_id], full=full) for policy in found]


def _view(policy: Policy, holder: Customer, *, full: bool) -> PolicyView:
    values: dict[str, Any] = {
        "number": policy.number,
        "line": policy.line,
        "product": policy.product,
        "plate": policy.plate,
        "starts_at": policy.starts_at,
        "ends_on": policy.ends_on,
        "status": policy.status,
        "premium_fen": policy.premium_fen,
        "payment": policy.payment,
        "customer": holder.ref,
        "holder": holder.name if full else mask_name(holder.name),
        "masked": not full,
        "coverages": policy.details.get("coverages", []),
    }
    return PolicyView.model_validate(values | ({"details": policy.details} if full else {}))


def _seen(policy: Policy, *, full: bool) -> Seen:
    what = f"policy {policy.number} {'full' if full else 'masked'}"
    return Seen(what, customer_id=policy.customer_id)
