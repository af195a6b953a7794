"""Lists, newest first, by keyset: what is added meanwhile never shifts a page."""

from __future__ import annotations

import base64
import hmac
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Select
from sqlalchemy.orm import InstrumentedAttribute, Session

from bot.api.desk import Desk
from bot.api.fields import Reason
from bot.api.problems import Problem
from storage.crypto import Cipher

M = TypeVar("M")
T = TypeVar("T")
_NOT_FILTERS = {"limit", "cursor", "reason"}


class PageQuery(BaseModel):
    """What every list takes; resources add their filters, and nothing else is let in."""

    model_config = ConfigDict(extra="forbid")

    limit: Annotated[int, Field(ge=1, le=200, description="每页条数")] = 50
    cursor: Annotated[str, Field(max_length=300, description="上一页的 next_cursor")] | None = None
    reason: Reason | None = None


class Page(BaseModel, Generic[T]):
    """A page; ``next_cursor`` is null on the last one."""

    items: list[T]
    next_cursor: str | None


def after(desk: Desk, query: PageQuery) -> str | None:
    """Return where the page begins; raise a problem for a cursor that is not of this list."""
    if query.cursor is None:
        return None
    try:
        raw = base64.urlsafe_b64decode(query.cursor.encode("ascii") + b"==").decode()
    except ValueError:
        raw = ""
    signature, _, position = raw.partition(":")
    expected = _signature(desk.parts.cipher, _list_of(desk, query), position)
    if not position or not hmac.compare_digest(signature.encode(), expected.encode()):
        raise Problem("cursor_invalid", "游标不属于这个列表或已损坏，请从第一页重新取。")
    return position


def cursor(desk: Desk, query: PageQuery, position: str) -> str:
    """Return the cursor that goes on behind ``position`` of this list with these filters."""
    signature = _signature(desk.parts.cipher, _list_of(desk, query), position)
    return base64.urlsafe_b64encode(f"{signature}:{position}".encode()).decode().rstrip("=")


def _list_of(desk: Desk, query: PageQuery) -> str:
    return f"{desk.path}?{query.model_dump_json(exclude=_NOT_FILTERS)}"


def _signature(cipher: Cipher, list_of: str, position: str) -> str:
    return cipher.blind(f"api cursor|{list_of}|{position}")[:32]


def rows(
    session: Session,
    desk: Desk,
    query: PageQuery,
    statement: Select[M],
    column: InstrumentedAttribute[int],
) -> tuple[list[M], str | None]:
    """Return the rows of one page and the cursor of the next; ``column`` is the primary key."""
    if (position := after(desk, query)) is not None:
        statement = statement.where(column < int(position))
    found = list(session.scalars(statement.order_by(column.desc()).limit(query.limit + 1)))
    if len(found) <= query.limit:
        return found, None
    shown = found[: query.limit]
    return shown, cursor(desk, query, str(getattr(shown[-1], column.key)))
