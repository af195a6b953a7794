"""/v1/messages and /v1/conversations/{id}/messages: what was said."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field
from sqlalchemy import Select, select
from starlette.responses import Response

from bot.api import paging
from bot.api.conversations import find, visible
from bot.api.desk import Desk, Seen, Shown, may
from bot.api.fields import Moment, PathId, RowId
from bot.log import masked
from storage.models.conversation import Conversation, Message
from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/v1", tags=["messages 消息"])

_BODY = (
    "type 与 text、buttons 等是说出来的内容。机器人从知识库作答的消息还有 entry（条目）、"
    "score（把握）和 trace（匹配痕迹：为什么是这一条）；给候选的有 offered，逐条作答的有 parts。"
    "这几项只给员工看，不发给客户；痕迹里的号码和车牌已打码。"
)
_TRACES = ("trace", "parts")


class MessageView(BaseModel):
    """One message; ``reply_to`` is the seq of the message that a bot reply answers."""

    conversation: int
    seq: int
    author: str
    at: datetime
    reply_to: int | None
    body: Annotated[dict[str, Any], Field(description=_BODY)]


class MessageQuery(paging.PageQuery):
    """Filters of the list."""

    author: Literal["customer", "bot", "agent"] | None = None
    since: Moment | None = None


class AnyMessageQuery(MessageQuery):
    """Filters of the list over all conversations."""

    conversation: RowId | None = None


@router.get("/messages", summary="消息列表", response_model=paging.Page[MessageView])
def list_messages(
    query: Annotated[AnyMessageQuery, Query()],
    desk: Annotated[Desk, Depends(may("conversations", "read"))],
) -> Response:
    """Return messages of the conversations that this role may see, the newest first."""
    mine = visible(desk, select(Conversation)).with_only_columns(Conversation.id)
    statement = select(Message).where(Message.conversation_id.in_(mine))
    if query.conversation is not None:
        statement = statement.where(Message.conversation_id == query.conversation)
    return desk.show(lambda uow: _page(uow, desk, query, statement), query.reason)


@router.get(
    "/conversations/{conversation}/messages",
    summary="会话的消息",
    response_model=paging.Page[MessageView],
)
def list_messages_of(
    conversation: PathId,
    query: Annotated[MessageQuery, Query()],
    desk: Annotated[Desk, Depends(may("conversations", "read"))],
) -> Response:
    """Return what was said in one conversation, the newest first."""
    statement = select(Message).where(Message.conversation_id == conversation)

    def read(uow: UnitOfWork) -> Shown:
        find(uow, desk, conversation)
        return _page(uow, desk, query, statement)

    return desk.show(read, query.reason)


def _page(uow: UnitOfWork, desk: Desk, query: MessageQuery, statement: Select[Message]) -> Shown:
    if query.author:
        statement = statement.where(Message.author == query.author)
    if query.since:
        statement = statement.where(Message.at >= query.since)
    found, following = paging.rows(uow.session, desk, query, statement, Message.id)
    page = paging.Page[MessageView](items=[_view(m) for m in found], next_cursor=following)
    # One line a conversation says enough: who read in it, and how much.
    counts: dict[int, int] = {}
    for message in found:
        counts[message.conversation_id] = counts.get(message.conversation_id, 0) + 1
    return Shown(page, tuple(Seen(f"messages ×{count}", own) for own, count in counts.items()))


def _view(message: Message) -> MessageView:
    return MessageView(
        conversation=message.conversation_id,
        seq=message.seq,
        author=message.author,
        at=message.at,
        reply_to=message.reply_to,
        body=_body(message.body),
    )


def _body(body: dict[str, Any]) -> dict[str, Any]:
    """Return the body with the numbers masked that its match trace quotes."""
    quoting = {key: masked(body[key]) for key in _TRACES if key in body}
    return body | quoting if quoting else body
