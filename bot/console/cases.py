"""What the pages of claims, complaints, tickets and policies have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import Path, Query, Request
from sqlalchemy import Select, select
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from bot.console.asks import Step, read, text_of
from bot.console.parts import Room
from bot.console.presses import claimed
from bot.console.timeline import check_seen
from bot.errors import Refused
from storage.models.outbox import Media
from storage.models.staff import IdempotentRequest, StaffUser
from storage.unit_of_work import UnitOfWork

PathNumber = Annotated[str, Path(pattern=r"^[A-Z]{2}[0-9]{12,24}$")]
Word = Annotated[str, Query(max_length=64)]
Stages = tuple[tuple[str, tuple[str, ...]], ...]
LEAD = ("supervisor", "admin")
A_COLUMN = 40


@dataclass(frozen=True)
class Card:
    """A case on a board."""

    number: str
    title: str
    about: str
    status: str
    owner: str
    due_at: datetime | None
    urgent: str = ""


@dataclass(frozen=True)
class Column:
    """A stage of a board; ``count`` may be more than the cards that are shown."""

    title: str
    count: int
    cards: Sequence[Card]


@dataclass(frozen=True)
class Photo:
    """A photo that came from a customer; ``there`` tells that we have its bytes."""

    id: int
    at: datetime
    there: bool


def columns(
    stages: Iterable[tuple[str, Sequence[str]]], found: Sequence[tuple[str, Card]]
) -> list[Column]:
    """Return the columns of a board from (state, card), in the order of ``found``."""
    made = []
    for title, states in stages:
        cards = [card for state, card in found if state in states]
        made.append(Column(title, len(cards), cards[:A_COLUMN]))
    return made


def done(request: Request, path: str) -> Response:
    """Go back to the page after a step; the page says that it is done."""
    target = f"{path}{'&' if '?' in path else '?'}done=1"
    if request.headers.get("hx-request"):
        return Response(status_code=204, headers={"HX-Redirect": target})
    return RedirectResponse(target, 303)


def photos_of(uow: UnitOfWork, number: str) -> list[Photo]:
    """Return the photos that hang on a case."""
    query = select(Media).where(Media.case_number == number, Media.kind == "image")
    return [
        Photo(one.id, one.at, bool(one.path))
        for one in uow.session.scalars(query.order_by(Media.id))
    ]


def colleagues(uow: UnitOfWork, *roles: str) -> list[tuple[str, str]]:
    """Return who works here in one of these roles, as options."""
    query = select(StaffUser.name).where(StaffUser.disabled_at.is_(None))
    if roles:
        query = query.where(StaffUser.role.in_(roles))
    return [(name, name) for name in sorted(uow.session.scalars(query))]


def step_of(steps: Sequence[Step], form: FormData) -> tuple[Step, dict[str, Any]]:
    """Return the step that somebody chose and what they filled in; raise Refused."""
    wanted = text_of(form, "to", "name")
    found = next((step for step in steps if step.to == wanted), None)
    if found is None:
        raise Refused("现在不能办这一步，请刷新，看看最新的状态。")
    return found, read(found.fields, form)


def worked(
    here: Room,
    query: Select[Any],
    number: str,
    form: FormData,
    work: Callable[[UnitOfWork, Any], object],
) -> None:
    """Work on a case that nobody else changes meanwhile, if its newest state was seen."""

    def change(uow: UnitOfWork) -> None:
        found = uow.session.scalar(query.with_for_update())
        if found is None:
            raise Refused(f"没有 {number}，可能写错了，或者您不能看。")
        check_seen(uow, number, text_of(form, "seen", "name"), here.staff.actor)
        work(uow, found)

    here.change(change)


def once(uow: UnitOfWork, key: str, now: datetime, work: Callable[[], str]) -> str:
    """Return the number that ``work`` gave; the same key again returns the same number.

    The key is claimed in the transaction of the work: a second press waits, then finds it.
    """
    first = claimed(uow, key, now)
    row = uow.session.get(IdempotentRequest, key)
    assert row is not None
    if not first:
        return row.response
    row.response = work()
    return row.response
