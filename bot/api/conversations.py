"""/v1/conversations."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, cast

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel
from sqlalchemy import Select, select
from starlette.responses import Response

from bot.api import paging
from bot.api.desk import Desk, Seen, Shown, may
from bot.api.fields import Code, Moment, OneQuery, PathId
from bot.api.problems import missing
from bot.permissions import CONVERSATIONS_WITH
from storage import complaint_parties
from storage.models.case import Claim, Complaint
from storage.models.conversation import Conversation
from storage.models.customer import Customer
from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/v1/conversations", tags=["conversations 会话"])
_CASES: dict[str, type[Claim] | type[Complaint]] = {"claim": Claim, "complaint": Complaint}


class ConversationView(BaseModel):
    """A conversation; the customer's id on the channel stays with us."""

    id: int
    channel: str
    account: str
    owner: str
    agent: str | None
    customer: str | None
    verified: bool
    subscribed: bool
    messages: int
    opened_at: datetime
    last_at: datetime


class ConversationQuery(paging.PageQuery):
    """Filters of the list; ``since`` is about the last message."""

    channel: Code | None = None
    owner: Literal["bot", "queue", "agent"] | None = None
    customer: Code | None = None
    since: Moment | None = None


@router.get("", summary="会话列表", response_model=paging.Page[ConversationView])
def list_conversations(
    query: Annotated[ConversationQuery, Query()],
    desk: Annotated[Desk, Depends(may("conversations", "read"))],
) -> Response:
    """Return the conversations that this role may see, the newest first."""
    statement = visible(desk, select(Conversation))
    if query.channel:
        statement = statement.where(Conversation.channel == query.channel)
    if query.owner:
        statement = statement.where(Conversation.owner == query.owner)
    if query.customer:
        wanted = select(Customer.id).where(Customer.ref == query.customer)
        statement = statement.where(Conversation.customer_id.in_(wanted))
    if query.since:
        statement = statement.where(Conversation.last_at >= query.since)

    def read(uow: UnitOfWork) -> Shown:
        found, following = paging.rows(uow.session, desk, query, statement, Conversation.id)
        items = _views(uow, desk, found)
        page = paging.Page[ConversationView](items=items, next_cursor=following)
        return Shown(page, tuple(_seen(conversation) for conversation in found))

    return desk.show(read, query.reason)


@router.get("/{conversation}", summary="会话详情", response_model=ConversationView)
def get_conversation(
    conversation: PathId,
    query: Annotated[OneQuery, Query()],
    desk: Annotated[Desk, Depends(may("conversations", "read"))],
) -> Response:
    """Return one conversation; what was said is under ``/messages``."""

    def read(uow: UnitOfWork) -> Shown:
        found = find(uow, desk, conversation)
        return Shown(_views(uow, desk, [found])[0], (_seen(found),))

    return desk.show(read, query.reason)


def visible(desk: Desk, statement: Select[Conversation]) -> Select[Conversation]:
    """Narrow to what the caller may see: those who work on cases see those that led to one.

    Nobody sees the conversation in which they are complained about.
    """
    statement = statement.where(Conversation.id.not_in(complained_in(desk)))
    if (case := CONVERSATIONS_WITH.get(desk.caller.role)) is None:
        return statement
    led_to_case = select(_CASES[case].id).where(_CASES[case].conversation_id == Conversation.id)
    return statement.where(led_to_case.exists())


def complained_in(desk: Desk) -> Select[int]:
    """Return the query for the conversations that led to a complaint against the caller."""
    mine = complaint_parties.against(desk.parts.cipher, desk.caller.label)
    there = select(Complaint.conversation_id).where(
        Complaint.number.in_(mine), Complaint.conversation_id.is_not(None)
    )
    return cast("Select[int]", there)


def find(uow: UnitOfWork, desk: Desk, conversation: int) -> Conversation:
    """Return a conversation that the caller may see."""
    query = visible(desk, select(Conversation).where(Conversation.id == conversation))
    if (found := uow.session.scalar(query)) is None:
        raise missing(f"会话 {conversation}")
    return found


def _views(uow: UnitOfWork, desk: Desk, found: list[Conversation]) -> list[ConversationView]:
    ids = {one.customer_id for one in found if one.customer_id is not None}
    query = select(Customer.id, Customer.ref).where(Customer.id.in_(ids))
    refs = dict(uow.session.execute(query).all())
    return [_view(one, refs.get(one.customer_id or 0), desk.now) for one in found]


def _view(conversation: Conversation, customer: str | None, now: datetime) -> ConversationView:
    until = conversation.verified_until
    return ConversationView(
        id=conversation.id,
        channel=conversation.channel,
        account=conversation.account,
        owner=conversation.owner,
        agent=conversation.agent,
        customer=customer,
        verified=customer is not None and until is not None and until > now,
        subscribed=conversation.subscribed,
        messages=conversation.last_seq,
        opened_at=conversation.opened_at,
        last_at=conversation.last_at,
    )


def _seen(conversation: Conversation) -> Seen:
    what = f"conversation {conversation.id}"
    return Seen(what, conversation.id, conversation.customer_id)
