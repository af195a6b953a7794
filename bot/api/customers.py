"""/v1/customers: masked, and in full one at a time for those who may and say why."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel
from sqlalchemy import select
from starlette.responses import Response

from bot.api import paging
from bot.api.desk import Desk, Seen, Shown, may
from bot.api.fields import Code, OneQuery, PathCode
from bot.api.masking import mask_id, mask_name, mask_phone
from bot.api.problems import missing
from storage.models.customer import Customer
from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/v1/customers", tags=["customers 客户"])


class CustomerView(BaseModel):
    """A customer; ``masked`` says whether name, phone and identity number are whole."""

    ref: str
    kind: str
    name: str
    phone: str
    id_number: str
    masked: bool


class CustomerQuery(paging.PageQuery):
    """Filters of the list."""

    ref: Code | None = None
    kind: Literal["person", "firm"] | None = None


@router.get("", summary="客户列表（脱敏）", response_model=paging.Page[CustomerView])
def list_customers(
    query: Annotated[CustomerQuery, Query()],
    desk: Annotated[Desk, Depends(may("customers", "read"))],
) -> Response:
    """Return customers, the newest first, always masked."""
    statement = select(Customer)
    if query.ref:
        statement = statement.where(Customer.ref == query.ref)
    if query.kind:
        statement = statement.where(Customer.kind == query.kind)

    def read(uow: UnitOfWork) -> Shown:
        found, following = paging.rows(uow.session, desk, query, statement, Customer.id)
        items = [_view(customer, full=False) for customer in found]
        page = paging.Page[CustomerView](items=items, next_cursor=following)
        return Shown(page, tuple(_seen(customer, full=False) for customer in found))

    return desk.show(read, query.reason)


@router.get("/{ref}", summary="客户详情", response_model=CustomerView)
def get_customer(
    ref: PathCode,
    query: Annotated[OneQuery, Query()],
    desk: Annotated[Desk, Depends(may("customers", "read"))],
) -> Response:
    """Return one customer, in full when the role allows it and ``reason`` says why."""
    full = query.reason is not None and desk.caller.may("customers", "full")

    def read(uow: UnitOfWork) -> Shown:
        customer = uow.session.scalar(select(Customer).where(Customer.ref == ref))
        if customer is None:
            raise missing(f"客户 {ref}")
        return Shown(_view(customer, full=full), (_seen(customer, full=full),))

    return desk.show(read, query.reason)


def _view(customer: Customer, *, full: bool) -> CustomerView:
    return CustomerView(
        ref=customer.ref,
        kind=customer.kind,
        name=customer.name if full else mask_name(customer.name),
        phone=customer.phone if full else mask_phone(customer.phone),
        id_number=customer.id_number if full else mask_id(customer.id_number),
        masked=not full,
    )


def _seen(customer: Customer, *, full: bool) -> Seen:
    return Seen(f"customer {customer.ref} {'full' if full else 'masked'}", customer_id=customer.id)
