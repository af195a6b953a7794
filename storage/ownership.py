"""Who has the floor: bot, queue or an agent; every change is one compare-and-set.

A change raises ``owner_rev``. When an agent takes the floor that revision also becomes the
fence: whatever was computed for an earlier revision and has not left us is stale and stays here
(`console.md` part 5, 4). Words of the agent who gives the floor away are not stale: nobody else
speaks before they are out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, RowMapping, func, insert, select, update

from storage.conversations import OpenConversation
from storage.models.base import table_of
from storage.models.conversation import Conversation
from storage.models.episode import ConsoleEvent, Episode

# An account was closed: its open pages hear this and nothing more.
OUT = "out"
_conversation = table_of(Conversation)
_episode = table_of(Episode)
_event = table_of(ConsoleEvent)


class Ownership:
    """The floor of all conversations; never commits."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def open(self, conversation_id: int) -> OpenConversation | None:
        """Return a conversation, locked until the end of the transaction; None if unknown."""
        query = select(_conversation).where(_conversation.c.id == conversation_id).with_for_update()
        row = self.connection.execute(query).mappings().first()
        return OpenConversation.of({**row, "repeat_of": None}) if row else None

    def pass_on(
        self,
        conversation: OpenConversation,
        owner: str,
        agent: str | None,
        reason: str,
        now: datetime,
        by: str | None = None,
    ) -> bool:
        """Give the floor to ``owner``; False when it has changed since it was read.

        ``by`` is the agent who does it: their own pages need not be told of a loss.
        """
        rev = conversation.owner_rev + 1
        # Whoever gets the floor is to see it: what was put aside is there again.
        values = {"owner": owner, "agent": agent, "owner_rev": rev, "snoozed_until": None}
        if owner == "agent":
            values["fence_rev"] = rev
        done = self.connection.execute(
            update(_conversation)
            .where(
                _conversation.c.id == conversation.id,
                _conversation.c.owner_rev == conversation.owner_rev,
            )
            .values(values)
        )
        if done.rowcount != 1:
            return False
        conversation.owner, conversation.agent, conversation.owner_rev = owner, agent, rev
        self._turn_page(conversation, reason, now)
        told = {"owner": owner, "rev": rev} | ({"by": by} if by else {})
        self.tell("owner", conversation.id, agent, now, told)
        return True

    def just_left(self, conversation: OpenConversation, agent: str, reason: str) -> bool:
        """Tell whether ``agent`` was the last to pass the floor on, and for ``reason``."""
        newest, *earlier = [*self._newest(conversation), None]
        if newest is None or not earlier or earlier[0] is None:
            return False
        return bool(newest["reason"] == reason[:128] and earlier[0]["agent"] == agent)

    def newest_reason(self, conversation: OpenConversation) -> str:
        """Return why the floor changed hands last; '' when it never did."""
        return next((str(one["reason"]) for one in self._newest(conversation)), "")

    def _newest(self, conversation: OpenConversation) -> Sequence[RowMapping]:
        query = (
            select(_episode.c.agent, _episode.c.reason)
            .where(_episode.c.conversation_id == conversation.id)
            .order_by(_episode.c.owner_rev.desc())
            .limit(2)
        )
        return self.connection.execute(query).mappings().all()

    def _turn_page(self, conversation: OpenConversation, reason: str, now: datetime) -> None:
        """Close the episode that was open and open the next."""
        self.connection.execute(
            update(_episode)
            .where(_episode.c.conversation_id == conversation.id, _episode.c.closed_at.is_(None))
            .values(closed_at=now)
        )
        self.connection.execute(
            insert(_episode).values(
                conversation_id=conversation.id,
                owner_rev=conversation.owner_rev,
                owner=conversation.owner,
                agent=conversation.agent,
                reason=reason[:128],
                opened_at=now,
            )
        )

    def snooze(self, conversation: int, until: datetime | None, now: datetime) -> None:
        """Put a conversation aside until a time, or bring it back."""
        self.connection.execute(
            update(_conversation)
            .where(_conversation.c.id == conversation)
            .values(snoozed_until=until)
        )
        self.tell("snooze", conversation, None, now)

    def heard(self, conversation: int, now: datetime) -> None:
        """The customer says something to whoever is to answer: nothing stays put aside then."""
        self.connection.execute(
            update(_conversation)
            .where(_conversation.c.id == conversation, _conversation.c.snoozed_until.is_not(None))
            .values(snoozed_until=None)
        )
        self.tell("message", conversation, None, now)

    def wake(self, now: datetime) -> None:
        """Bring back what was put aside until now, and let the consoles show it."""
        query = select(_conversation.c.id, _conversation.c.agent).where(
            _conversation.c.owner.in_(("queue", "agent")), _conversation.c.snoozed_until <= now
        )
        for row in self.connection.execute(query).all():
            self.snooze(row.id, None, now)
            if row.agent:
                self.tell("awake", row.id, row.agent, now)

    def tell(
        self,
        kind: str,
        conversation_id: int | None,
        agent: str | None,
        now: datetime,
        data: Mapping[str, object] | None = None,
    ) -> None:
        """Write down what open consoles must hear; ``agent`` None is for all of them."""
        values = {"kind": kind, "conversation_id": conversation_id, "agent": agent}
        self.connection.execute(insert(_event).values(**values, data=dict(data or {}), at=now))

    def alarmed(self, conversation_id: int, why: str, since: datetime) -> bool:
        """Tell whether the desk was called for this conversation and reason after ``since``."""
        query = select(_event.c.data).where(
            _event.c.conversation_id == conversation_id,
            _event.c.kind == "alarm",
            _event.c.at > since,
        )
        return any(data.get("why") == why for data in self.connection.execute(query).scalars())

    def events_after(self, last: int, limit: int) -> list[RowMapping]:
        """Return what happened after event ``last``, in order."""
        query = select(_event).where(_event.c.id > last).order_by(_event.c.id).limit(limit)
        return list(self.connection.execute(query).mappings())

    def newest_event(self) -> int:
        """Return the number of the newest event; 0 when nothing has happened yet."""
        return int(self.connection.execute(select(func.max(_event.c.id))).scalar() or 0)
