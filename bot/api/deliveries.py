"""/v1/deliveries: how each policy went to its customer (S12): by link, by post, by hand."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel
from sqlalchemy import select
from starlette.responses import Response

from bot.api import paging
from bot.api.desk import Desk, Seen, Shown, may, may_create
from bot.api.fields import Body, Code, Moment
from bot.api.problems import missing
from storage.models.policy import Policy
from storage.models.service import PolicyDelivery
from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/v1/deliveries", tags=["deliveries 保单送达"])


class DeliveryView(BaseModel):
    """One step: a link offered or opened, a paper copy posted, ready, received or come back."""

    policy_number: str
    way: str
    state: str
    ref: str
    at: datetime


class DeliveryIn(Body):
    """A step that staff take themselves; links write their own."""

    policy_number: Code
    way: Literal["post", "courier", "pick_up"]
    state: Literal["posted", "ready", "received", "returned"]
    ref: Code | None = None


class DeliveryQuery(paging.PageQuery):
    """Filters of the list."""

    policy_number: Code | None = None
    way: Literal["link", "post", "courier", "pick_up"] | None = None
    state: Code | None = None
    since: Moment | None = None


@router.get("", summary="送达登记", response_model=paging.Page[DeliveryView])
def list_deliveries(
    query: Annotated[DeliveryQuery, Query()],
    desk: Annotated[Desk, Depends(may("deliveries", "read"))],
) -> Response:
    """Return the steps, the newest first."""
    statement = select(PolicyDelivery)
    for column, wanted in (
        (PolicyDelivery.policy_number, query.policy_number),
        (PolicyDelivery.way, query.way),
        (PolicyDelivery.state, query.state),
    ):
        if wanted is not None:
            statement = statement.where(column == wanted)
    if query.since:
        statement = statement.where(PolicyDelivery.at >= query.since)

    def read(uow: UnitOfWork) -> Shown:
        found, following = paging.rows(uow.session, desk, query, statement, PolicyDelivery.id)
        items = [_view(step) for step in found]
        page = paging.Page[DeliveryView](items=items, next_cursor=following)
        return Shown(page, tuple(Seen(f"delivery {step.policy_number}") for step in found))

    return desk.show(read, query.reason)


@router.post("", summary="登记送达", response_model=DeliveryView, status_code=201)
def add_delivery(
    body: DeliveryIn, desk: Annotated[Desk, Depends(may_create("deliveries"))]
) -> Response:
    """Write down that a policy was sent, handed over, or came back."""

    def add(uow: UnitOfWork) -> DeliveryView:
        known = select(Policy.id).where(Policy.number == body.policy_number)
        if uow.session.scalar(known) is None:
            raise missing(f"保单 {body.policy_number}")
        step = PolicyDelivery(**body.model_dump(exclude={"ref"}), ref=body.ref or "", at=desk.now)
        uow.session.add(step)
        return _view(step)

    return desk.create(body, add)


def _view(step: PolicyDelivery) -> DeliveryView:
    """The key of a link is no use to anybody, and nobody's business."""
    return DeliveryView(
        policy_number=step.policy_number,
        way=step.way,
        state=step.state,
        ref="" if step.way == "link" else step.ref,
        at=step.at,
    )
