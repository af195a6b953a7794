"""Conversations, and customers, that staff know to be one person's; kept as pairs, undone as pairs.

Nothing is moved: every conversation keeps its channel and every customer their number, so that
what was joined by mistake comes apart without a trace in the data, and with one in the record.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, insert, or_, select, update

from bot.errors import Refused
from storage.models.base import table_of
from storage.models.case import Claim
from storage.models.conversation import Conversation
from storage.models.desk import SamePerson

Kind = Literal["conversation", "customer"]
_same, _conversation, _claim = table_of(SamePerson), table_of(Conversation), table_of(Claim)
# Nobody has more; whoever joins everything to everything is stopped.
MOST = 20
# How staff know it; a list, so that nothing about the person is written down once more.
REASONS = {
    "phone": "同一个手机号",
    "plate": "同一辆车",
    "policy": "同一张保单",
    "paper": "核对过证件",
    "said": "客户自己说的",
}
_WORDS = {"conversation": "会话", "customer": "客户"}


class SamePeople:
    """Who is one person; never commits."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def group(self, kind: Kind, number: int) -> list[int]:
        """Return all that belong to the same person as ``number``, itself first."""
        found, fresh = [number], {number}
        while fresh and len(found) < MOST:
            fresh = self._neighbours(kind, fresh) - set(found)
            found += sorted(fresh)
        return found

    def _neighbours(self, kind: Kind, numbers: Iterable[int]) -> set[int]:
        known = list(numbers)
        query = select(_same.c.one, _same.c.other).where(
            _same.c.kind == kind,
            _same.c.undone_at.is_(None),
            or_(_same.c.one.in_(known), _same.c.other.in_(known)),
        )
        return {side for pair in self.connection.execute(query) for side in pair}

    def joined(self, kind: Kind, numbers: Iterable[int]) -> set[int]:
        """Return which of these belong together with others."""
        return self._neighbours(kind, numbers) & set(numbers)

    def join(self, kind: Kind, a: int, b: int, reason: str, by: str, now: datetime) -> None:
        """Write down that two are one person; raise Refused where that cannot be."""
        if reason not in REASONS:
            raise Refused("请选凭什么认定是同一个人。")
        if a == b:
            raise Refused(f"这就是同一个{_WORDS[kind]}，请填另一个。")
        group = self.group(kind, a)
        if b in group:
            raise Refused(f"这两个{_WORDS[kind]}已经并在一起了，请刷新再看。")
        if len(group) + len(self.group(kind, b)) > MOST:
            raise Refused(f"一位客户最多并 {MOST} 个{_WORDS[kind]}，请先拆开并错的。")
        one, other = sorted((a, b))
        values = {"kind": kind, "one": one, "other": other, "reason": reason, "by": by}
        self.connection.execute(insert(_same).values(**values, at=now))

    def part(self, kind: Kind, number: int, by: str, now: datetime) -> int:
        """Take one out of its group again; return how many pairs that undid."""
        done = self.connection.execute(
            update(_same)
            .where(
                _same.c.kind == kind,
                _same.c.undone_at.is_(None),
                or_(_same.c.one == number, _same.c.other == number),
            )
            .values(undone_by=by, undone_at=now)
        )
        return done.rowcount

    def why(self, kind: Kind, numbers: Iterable[int]) -> dict[int, str]:
        """Return who joined each of these, when and why."""
        known = list(numbers)
        query = select(_same).where(
            _same.c.kind == kind,
            _same.c.undone_at.is_(None),
            or_(_same.c.one.in_(known), _same.c.other.in_(known)),
        )
        found: dict[int, str] = {}
        for row in self.connection.execute(query.order_by(_same.c.id)):
            text = f"{row.by} {row.at:%m-%d %H:%M}：{REASONS.get(row.reason, row.reason)}"
            found |= {row.one: text, row.other: text}
        return found

    def likely(self, conversation: int, limit: int = 3) -> list[int]:
        """Return other conversations of the same customer, or about claims of the same phone."""
        known = self.group("conversation", conversation)
        customers = select(_conversation.c.customer_id).where(
            _conversation.c.id == conversation, _conversation.c.customer_id.is_not(None)
        )
        phones = select(_claim.c.phone_blind).where(
            _claim.c.conversation_id == conversation, _claim.c.phone_blind.is_not(None)
        )
        claims = select(_claim.c.conversation_id).where(_claim.c.phone_blind.in_(phones))
        query = select(_conversation.c.id).where(
            _conversation.c.id.not_in(known),
            or_(_conversation.c.customer_id.in_(customers), _conversation.c.id.in_(claims)),
        )
        newest = query.order_by(_conversation.c.last_at.desc()).limit(limit)
        return list(self.connection.execute(newest).scalars())
