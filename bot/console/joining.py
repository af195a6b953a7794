"""Two customer records beside each other, to be joined by whoever is sure; and taken apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy import select
from starlette.responses import Response

from bot.console.asks import Sent, text_of
from bot.console.belongings import LABELS, counts, owner
from bot.console.cases import done
from bot.console.customer_words import Ref, Shown, one_of, shown
from bot.console.pages import show
from bot.console.parts import Room, may
from bot.errors import Refused
from storage.customer_joins import CustomerJoins, Wanted
from storage.models.customer import Customer, OptOut
from storage.models.policy import Policy
from storage.same_people import REASONS
from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/console/customers")
Joiner = Annotated[Room, Depends(may("customers", "handle"))]
Other = Annotated[str, Query(max_length=64)]
_KINDS = {"marketing": "营销", "survey": "回访", "renewal": "续保提醒", "knowledge": "保险知识"}


@dataclass(frozen=True)
class Side:
    """A record with its policies; ``stopped`` is what it was opted out of."""

    who: Shown
    policies: Sequence[Policy]
    stopped: Sequence[str]


@dataclass(frozen=True)
class Count:
    """How many of something each record has, and how many the page will show of both."""

    label: str
    kept: int
    away: int
    both: int


@dataclass(frozen=True)
class Joined:
    """A join that holds, as the page of either record shows it."""

    id: int
    kept: str
    away: str
    reason: str
    words: str
    by: str
    at: datetime


def joins_of(uow: UnitOfWork, here: Room, customer: int) -> list[Joined]:
    """Return the joins that a record is part of."""
    found = CustomerJoins(uow, here.now, here.staff.actor).open_of(customer)
    refs = {
        one.id: one.ref
        for join in found
        for key in (join.kept_id, join.away_id)
        if (one := uow.session.get(Customer, key))
    }
    return [
        Joined(
            join.id, refs[join.kept_id], refs[join.away_id], REASONS.get(join.reason, join.reason),
            join.words, join.by.removeprefix("staff:"), join.at,
        )
        for join in found
    ]  # fmt: skip


def likely(uow: UnitOfWork, here: Room, one: Customer) -> list[Shown]:
    """Return records that may be the same person's, for those who may say so."""
    if not here.may("customers", "handle"):
        return []
    found = CustomerJoins(uow, here.now, here.staff.actor).likely(one)
    return [shown(other, full=False) for other in found]


def being_erased(uow: UnitOfWork, here: Room, customer: int) -> bool:
    """Tell whether a person has asked to be erased, so that nothing of theirs is moved."""
    return CustomerJoins(uow, here.now, here.staff.actor).erasing([customer])


@router.get("/{ref}/join")
def compare(request: Request, here: Joiner, ref: Ref, other: Other = "") -> Response:
    """Show both records, masked, what is equal in them, and what the page will show then."""

    def read(uow: UnitOfWork) -> tuple[Customer, Customer, dict[str, Any]]:
        kept, away = one_of(uow, ref), one_of(uow, other.strip())
        if kept.id == away.id:
            raise Refused("这是同一个客户记录，请填另一个编号。")
        records = CustomerJoins(uow, here.now, here.staff.actor)
        return kept, away, {
            "kept": _side(uow, kept), "away": _side(uow, away),
            "seen": records.seen(kept, away), "cannot": records.why_not(kept, away),
            "counts": _counts(uow, here, kept, away),
        }  # fmt: skip

    kept, away, view = here.read(read)
    for each in (kept, away):
        here.saw(f"customer {each.ref} masked", "控制台比对两个客户记录", customer_id=each.id)
    return show(
        request, "join.html", **view, reasons=REASONS,
        equal={
            "name": kept.name == away.name, "phone": kept.phone_blind == away.phone_blind,
            "id_number": kept.id_blind == away.id_blind,
        },
    )  # fmt: skip


def _counts(uow: UnitOfWork, here: Room, kept: Customer, away: Customer) -> list[Count]:
    """Return what each has, and both together: a claim that is of both is one claim then."""
    three = [
        counts(uow, here, owner(uow, *records))
        for records in ((kept.id,), (away.id,), (kept.id, away.id))
    ]
    return [
        Count(label, *(found[name] for found in three))
        for name, label in LABELS.items()
        if name in three[0]
    ]


def _side(uow: UnitOfWork, one: Customer) -> Side:
    talks = uow.customers.conversations_of(one.id)
    stopped = select(OptOut.category).where(OptOut.conversation_id.in_(talks)).distinct()
    return Side(
        shown(one, full=False),
        uow.customers.policies_of(one.id),
        [_KINDS.get(code, code) for code in sorted(uow.session.scalars(stopped))],
    )


@router.post("/{ref}/join")
def join(request: Request, here: Joiner, ref: Ref, form: Sent) -> Response:
    """Join another record to this one."""
    wanted = Wanted(
        ref,
        text_of(form, "other", "name"),
        text_of(form, "reason", "name"),
        text_of(form, "words", "story"),
        text_of(form, "seen", "name"),
    )
    here.change(lambda uow: CustomerJoins(uow, here.now, here.staff.actor).join(wanted))
    here.parts.news.ring()
    return done(request, f"/console/customers/{ref}")


@router.post("/{ref}/part")
def part(request: Request, here: Joiner, ref: Ref, form: Sent) -> Response:
    """Take a record out again."""
    number, words = text_of(form, "join", "name"), text_of(form, "words", "story")
    if not number.isdigit() or len(number) > 18:
        raise Refused("请刷新以后再拆。")
    here.change(lambda uow: CustomerJoins(uow, here.now, here.staff.actor).part(int(number), words))
    here.parts.news.ring()
    return done(request, f"/console/customers/{ref}")
