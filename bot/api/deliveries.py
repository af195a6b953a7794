"""/v1/deliveries: how each policy went to its customer (S12)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel
from sqlalchemy import select
from starlette.responses import Response

from bot.api import paging
from bot.api.desk import Desk, Seen, Shown, may
from bot.api.fields import Code, Moment
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


class DeliveryQuery(paging.PageQuery):
    """Filters of the list."""

    policy_number: Code | None = None
    way: Literal["link", "post", "pick_up"] | None = None
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
        # The key of a link is no use to anybody, and nobody's business.
        items = [
            DeliveryView(
                policy_number=step.policy_number, way=step.way, state=step.state,
                ref="" if step.way == "link" else step.ref, at=step.at,
            )
            for step in found
        ]  # fmt: skip
        page = paging.Page[DeliveryView](items=items, next_cursor=following)
        return Shown(page, tuple(Seen(f"delivery {step.policy_number}") for step in found))

    return desk.show(read, query.reason)
