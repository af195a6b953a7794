"""A customer record as staff see it, on every page that shows one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Path
from sqlalchemy import select

from bot.errors import Refused
from storage.masking import mask_id, mask_name, mask_phone
from storage.models.customer import Customer
from storage.unit_of_work import UnitOfWork

Ref = Annotated[str, Path(pattern=r"^[A-Za-z0-9_\-]{1,64}$")]


@dataclass(frozen=True)
class Shown:
    """A customer as the reader may see them."""

    ref: str
    kind: str
    name: str
    phone: str
    id_number: str


def shown(customer: Customer, *, full: bool) -> Shown:
    """Return a customer, masked unless somebody said why not."""
    return Shown(
        customer.ref,
        {"person": "个人", "firm": "企业"}.get(customer.kind, customer.kind),
        customer.name if full else mask_name(customer.name),
        customer.phone if full else mask_phone(customer.phone),
        customer.id_number if full else mask_id(customer.id_number),
    )


def one_of(uow: UnitOfWork, ref: str) -> Customer:
    """Return a customer by number; raise Refused for one that is not there."""
    one = uow.session.scalar(select(Customer).where(Customer.ref == ref))
    if one is None:
        raise Refused(f"没有客户 {ref}，请核对编号。")
    return one
