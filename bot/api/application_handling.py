"""/v1/applications/{number}/…: moving an application on, and the money that comes for it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends
from pydantic import Field, StringConstraints
from starlette.responses import Response

from bot.api.application_views import (
    ApplicationDetail,
    PaymentView,
    book_of,
    detail,
    payment_view,
)
from bot.api.desk import Desk, may_create
from bot.api.fields import Body, Code, Line, PathNumber, Story, Word
from bot.api.problems import missing
from storage.applications_money import Payment, receive
from storage.applications_register import Book
from storage.applications_steps import Steps
from storage.models.application import Application
from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/v1/applications", tags=["applications 投保"])
Fen = Annotated[int, Field(ge=1, le=10**12, description="金额，以分为单位")]
State = Literal[
    "received", "returned", "underwriting", "approved", "conditional", "postponed", "declined",
    "confirmed", "paying", "paid", "issued", "delivered", "closed", "withdrawn", "lapsed",
]  # fmt: skip


class ItemIn(Body):
    """What has to be mended: a field of the form, '' for anything else, and what is wrong."""

    field: Annotated[str, StringConstraints(pattern=r"^[a-z_]{0,32}$")] = ""
    problem: Line


class AlternativeIn(Body):
    """Another way: its kind from the table, and what exactly."""

    kind: Code
    text: Line | None = None


class PartIn(Body):
    """One payment of the plan."""

    due_on: date
    amount_fen: Fen
    method: Code
    part: Literal["all", "compulsory", "commercial"] = "all"


class ConfirmationIn(Body):
    """How a customer confirmed who did not do it in chat."""

    how: Literal["phone", "counter", "paper"]
    said: Line
    explained: bool = False


class DeliveryIn(Body):
    """How the policy went out; ``signed_on`` once it was received."""

    method: Code
    tracking: Code | None = None
    to: Line | None = None
    signed_on: date | None = None


class ApplicationStep(Body):
    """A step; what it takes depends on where it goes, and a refusal says what is lacking."""

    to: State
    owner: Word | None = None
    note: Story | None = None
    items: Annotated[list[ItemIn], Field(max_length=20)] | None = None
    checked: Annotated[list[Code], Field(max_length=40)] | None = None
    reason: Story | None = None
    conditions: Annotated[list[Line], Field(max_length=20)] | None = None
    alternatives: Annotated[list[AlternativeIn], Field(max_length=10)] | None = None
    confirmation: ConfirmationIn | None = None
    plan: Annotated[list[PartIn], Field(min_length=1, max_length=24)] | None = None
    policy_number: Code | None = None
    delivery: DeliveryIn | None = None


class PaymentIn(Body):
    """Money that came, with the payer's reference: the same one counts once."""

    reference: Code
    amount_fen: Fen
    method: Code
    paid_on: date


def _found(book: Book, number: str) -> Application:
    application = book.locked(number)
    if application is None:
        raise missing(f"投保 {number}")
    return application


@router.post(
    "/{number}/transitions", summary="推进投保", response_model=ApplicationDetail, status_code=201
)
def move_application(
    number: PathNumber,
    body: ApplicationStep,
    desk: Annotated[Desk, Depends(may_create("applications", "handle"))],
) -> Response:
    """Take an application to another state, once per Idempotency-Key."""

    def move(uow: UnitOfWork) -> ApplicationDetail:
        book = book_of(uow, desk)
        application = _found(book, number)
        Steps(book).move(application, body.to, _given(body))
        return detail(uow, desk, application)

    return desk.create(body, move)


def _given(body: ApplicationStep) -> dict[str, Any]:
    return body.model_dump(mode="json", exclude_none=True, exclude={"to"})


@router.post("/{number}/payments", summary="登记缴费", response_model=PaymentView, status_code=201)
def add_payment(
    number: PathNumber,
    body: PaymentIn,
    desk: Annotated[Desk, Depends(may_create("applications", "handle"))],
) -> Response:
    """Note a payment; the last one takes the application on by itself (S40)."""

    def add(uow: UnitOfWork) -> PaymentView:
        book = book_of(uow, desk)
        application = _found(book, number)
        payment = Payment(body.reference, body.amount_fen, body.method, body.paid_on)
        return payment_view(receive(book, application, payment))

    return desk.create(body, add)
