"""/v1/notifications: what we owe and have delivered, as the outbox knows it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel
from sqlalchemy import Select, exists, or_, select
from starlette.responses import Response

from bot.api import paging
from bot.api.conversations import complained_in
from bot.api.desk import Desk, Seen, Shown, may
from bot.api.fields import Code, Moment, OneQuery, PathId, RowId
from bot.api.masking import mask_peer
from bot.api.problems import missing
from storage import complaint_parties
from storage.models.outbox import OutboxItem
from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/v1/notifications", tags=["notifications 通知"])
# A one-time code is for the customer alone; a media item is an errand of ours, not a message.
_SECRET = ("code",)
_ERRANDS = ("media", "profile")


class NotificationView(BaseModel):
    """A delivery. ``body`` is null where it is a secret of the customer."""

    id: int
    kind: str
    channel: str
    peer: str
    conversation: int | None
    status: str
    reason: str
    attempts: int
    created_at: datetime
    due_at: datetime
    body: dict[str, Any] | None
    way: str | None
    campaign: str | None


class NotificationQuery(paging.PageQuery):
    """Filters of the list."""

    kind: Code | None = None
    channel: Code | None = None
    status: (
        Literal[
            "planned",
            "due",
            "sending",
            "sent",
            "delivered",
            "undeliverable",
            "unknown",
            "failed",
            "suppressed",
        ]
        | None
    ) = None
    conversation: RowId | None = None
    since: Moment | None = None


@router.get("", summary="通知列表", response_model=paging.Page[NotificationView])
def list_notifications(
    query: Annotated[NotificationQuery, Query()],
    desk: Annotated[Desk, Depends(may("notifications", "read"))],
) -> Response:
    """Return deliveries, the newest first."""
    statement = _visible(desk)
    for column, wanted in (
        (OutboxItem.kind, query.kind),
        (OutboxItem.channel, query.channel),
        (OutboxItem.status, query.status),
        (OutboxItem.conversation_id, query.conversation),
    ):
        if wanted is not None:
            statement = statement.where(column == wanted)
    if query.since:
        statement = statement.where(OutboxItem.created_at >= query.since)

    def read(uow: UnitOfWork) -> Shown:
        found, following = paging.rows(uow.session, desk, query, statement, OutboxItem.id)
        items = [_view(item) for item in found]
        page = paging.Page[NotificationView](items=items, next_cursor=following)
        return Shown(page, tuple(_seen(item) for item in found))

    return desk.show(read, query.reason)


@router.get("/{notification}", summary="通知详情", response_model=NotificationView)
def get_notification(
    notification: PathId,
    query: Annotated[OneQuery, Query()],
    desk: Annotated[Desk, Depends(may("notifications", "read"))],
) -> Response:
    """Return one delivery."""

    def read(uow: UnitOfWork) -> Shown:
        item = uow.session.scalar(_visible(desk).where(OutboxItem.id == notification))
        if item is None:
            raise missing(f"通知 {notification}")
        return Shown(_view(item), (_seen(item),))

    return desk.show(read, query.reason)


def _visible(desk: Desk) -> Select[OutboxItem]:
    """Return the deliveries that the caller may see: none of a complaint against them."""
    mine = complaint_parties.against(desk.parts.cipher, desk.caller.label).subquery()
    of_mine = exists().where(OutboxItem.dedupe_key.contains(mine.c.complaint_number))
    there = OutboxItem.conversation_id
    return select(OutboxItem).where(
        OutboxItem.kind.not_in(_ERRANDS),
        ~of_mine,
        or_(there.is_(None), there.not_in(complained_in(desk))),
    )


def _view(item: OutboxItem) -> NotificationView:
    return NotificationView(
        id=item.id,
        kind=item.kind,
        channel=item.channel,
        peer=mask_peer(item.channel, item.peer),
        conversation=item.conversation_id,
        status=item.status,
        reason=item.reason,
        attempts=item.attempts,
        created_at=item.created_at,
        due_at=item.due_at,
        body=None if item.kind in _SECRET else item.body,
        way=item.way,
        campaign=item.campaign,
    )


def _seen(item: OutboxItem) -> Seen:
    return Seen(f"notification {item.id}", conversation_id=item.conversation_id)
