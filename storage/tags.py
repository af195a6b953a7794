"""Tags of conversations: words of a fixed list, shared by all who serve; never commits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from storage.models.base import table_of
from storage.models.desk import ConversationTag

_tag = table_of(ConversationTag)


@dataclass(frozen=True)
class Tag:
    """A tag, and who put it there."""

    tag: str
    by: str


@dataclass(frozen=True)
class Tags:
    """The tags of all conversations."""

    connection: Connection

    def of(self, conversations: Sequence[int]) -> dict[int, list[Tag]]:
        """Return the tags of some conversations, oldest first."""
        query = select(_tag).where(_tag.c.conversation_id.in_(conversations)).order_by(_tag.c.id)
        found: dict[int, list[Tag]] = {}
        for row in self.connection.execute(query):
            found.setdefault(row.conversation_id, []).append(Tag(row.tag, row.by))
        return found

    def put(self, conversation: int, tag: str, by: str, now: datetime) -> None:
        """Put a tag on; the same one twice is one."""
        dialect = postgresql if self.connection.dialect.name == "postgresql" else sqlite
        made = dialect.insert(_tag).values(conversation_id=conversation, tag=tag, by=by, at=now)
        self.connection.execute(made.on_conflict_do_nothing())

    def take_off(self, conversation: int, tag: str) -> None:
        """Take a tag off again."""
        here = (_tag.c.conversation_id == conversation, _tag.c.tag == tag)
        self.connection.execute(delete(_tag).where(*here))
