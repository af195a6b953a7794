"""Bot ⇄ agent: take a conversation, speak in it, give it back; each one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from bot.clockwork.desk_hours import DeskHours
from storage.conversations import OpenConversation
from storage.ledger import Happening
from storage.models.base import table_of
from storage.models.case import Handoff
from storage.models.conversation import Conversation
from storage.models.ledger import Event
from storage.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Desk:
    """What an agent does with one conversation; False means that somebody else was faster."""

    uow: UnitOfWork
    now: datetime
    hours: DeskHours | None = None

    def take(self, conversation_id: int, agent: str) -> bool:
        """Become the owner unless another agent is."""
        conversation = self._open(conversation_id)
        if conversation.owner == "agent":
            return False
        self.uow.conversations.set_owner(conversation, "agent", agent)
        if handoff := self._handoff(conversation_id):
            handoff.status, handoff.agent = "taken", agent
            self._tell(handoff, "handoff.taken", handoff.opened_at)
        return True

    def say(self, conversation_id: int, text: str) -> bool:
        """Write to the customer as the agent who owns the conversation."""
        conversation = self._open(conversation_id)
        if conversation.owner != "agent":
            return False
        body = {"type": "text", "text": text}
        row = {"author": "agent", "sent_by": "outbox", "body": body}
        seq = self.uow.conversations.record(conversation, [row], self.now)[0]
        self._owe(conversation_id, seq, body)
        self._spoken(conversation_id)
        return True

    def hand_back(self, conversation_id: int) -> bool:
        """Give the conversation back to the bot; the draft goes on where it was."""
        conversation = self._open(conversation_id)
        if conversation.owner == "bot":
            return False
        self.uow.conversations.set_owner(conversation, "bot", None)
        if handoff := self._handoff(conversation_id):
            handoff.status, handoff.closed_at = "closed", self.now
            if handoff.agent:
                self._tell(handoff, "handoff.closed", self._taken_at(handoff))
        return True

    def _spoken(self, conversation_id: int) -> None:
        """Tell the ledger of the first sentence after a hand-off: the customer's wait ends."""
        if handoff := self._handoff(conversation_id):
            self._tell(handoff, "handoff.answered", handoff.opened_at, once=True)
            self._tell(handoff, "handoff.first", self._taken_at(handoff), once=True)

    def _taken_at(self, handoff: Handoff) -> datetime:
        table = table_of(Event)
        query = select(func.max(table.c.at)).where(
            table.c.case_number == handoff.number, table.c.kind == "handoff.taken"
        )
        return self.uow.connection.execute(query).scalar() or self.now

    def _tell(self, handoff: Handoff, kind: str, since: datetime, *, once: bool = False) -> None:
        """Append a stretch of the hand-off to the ledger, the desk's closed hours taken out."""
        spent = self.now - since
        closed = self.hours.closed_between(since, self.now) if self.hours else timedelta()
        self.uow.ledger.add(
            Happening(
                kind,
                self.now,
                handoff.conversation_id,
                handoff.number,
                handoff.agent or "",
                label=handoff.level,
                value=int((spent - closed).total_seconds()),
                excluded=int(closed.total_seconds()),
                key=f"{kind}:{handoff.number}:{handoff.agent}"[:128] if once else None,
            )
        )

    def _open(self, conversation_id: int) -> OpenConversation:
        table = table_of(Conversation)
        query = select(table).where(table.c.id == conversation_id).with_for_update()
        row = self.uow.connection.execute(query).mappings().one()
        return OpenConversation.of({**row, "repeat_of": None})

    def _handoff(self, conversation_id: int) -> Handoff | None:
        return self.uow.cases.open_handoff(conversation_id)

    def _owe(self, conversation_id: int, seq: int, body: dict[str, str]) -> None:
        table = table_of(Conversation)
        row = self.uow.connection.execute(
            select(table.c.channel, table.c.account, table.c.peer).where(
                table.c.id == conversation_id
            )
        ).one()
        self.uow.outbox.queue(
            dedupe_key=f"agent:{conversation_id}:{seq}",
            kind="reply",
            channel=row.channel,
            account=row.account,
            peer=row.peer,
            body=body,
            due_at=self.now,
            now=self.now,
            conversation_id=conversation_id,
        )
