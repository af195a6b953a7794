"""Bot ⇄ queue ⇄ agent: every move is one transaction, one compare-and-set, one notice.

A move names the revision that its author saw (``seen``); when the floor has passed on since, the
move does nothing and says who was faster.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from bot.clockwork.desk_hours import DeskHours
from bot.dialogue import phrases
from bot.dialogue.message import Reply
from bot.handoff_ledger import HandoffLedger
from storage.conversations import OpenConversation
from storage.models.base import table_of
from storage.models.case import Handoff
from storage.models.conversation import Conversation, Message
from storage.unit_of_work import UnitOfWork

_ENDED = "结束人工服务"
GoOn = Callable[[UnitOfWork, OpenConversation, str, datetime], Sequence[Reply]]


@dataclass(frozen=True)
class Done:
    """How a move ended; ``why`` tells staff what stood against it, ``seq`` is what was said.

    ``again`` tells that the same press had made the move already.
    """

    ok: bool
    why: str = ""
    seq: int = 0
    again: bool = False


def _nothing(_: UnitOfWork, __: OpenConversation, ___: str, ____: datetime) -> Sequence[Reply]:
    return ()


@dataclass(frozen=True)
class Desk:
    """What an agent does with one conversation. ``go_on`` is how the bot takes up its draft."""

    uow: UnitOfWork
    now: datetime
    go_on: GoOn = field(default=_nothing)
    hours: DeskHours | None = None

    @property
    def _ledger(self) -> HandoffLedger:
        return HandoffLedger(self.uow, self.now, self.hours)

    def take(
        self, conversation_id: int, agent: str, seen: int | None = None, *, force: bool = False
    ) -> Done:
        """Become the owner unless another agent is; ``force`` is for supervisors."""
        conversation, refused = self._open(conversation_id, None)
        if conversation and (conversation.owner, conversation.agent) == ("agent", agent):
            return Done(True, again=True)
        conversation, refused = self._open(conversation_id, seen)
        if conversation is None:
            return refused
        if conversation.owner == "agent" and not force:
            return Done(False, f"{conversation.agent}已经接手了这个会话")
        self._pass_on(conversation, "agent", agent, "接手", phrases.AGENT_TAKES)
        if handoff := self._handoff(conversation_id):
            handoff.status, handoff.agent = "taken", agent
            handoff.taken_at = handoff.taken_at or self.now
            handoff.offered_to = handoff.offered_at = None
            self._ledger.taken(handoff)
        return Done(True)

    def say(self, conversation_id: int, agent: str, text: str, key: str | None = None) -> Done:
        """Write to the customer as the owner; the same ``key`` is said once."""
        conversation, refused = self._own(conversation_id, agent, None)
        if conversation is None:
            return refused
        if key and (before := self._said(conversation_id, f"agent:{key}")):
            return Done(True, seq=before)
        body = {"type": "text", "text": text, "name": agent}
        seq = self._speak(conversation, "agent", body, key and f"agent:{key}")
        if handoff := self._handoff(conversation_id):
            self._ledger.spoken(handoff)
        self.uow.ownership.tell("message", conversation_id, None, self.now)
        return Done(True, seq=seq)

    def note(self, conversation_id: int, agent: str, text: str) -> Done:
        """Write something for colleagues only; it never leaves us."""
        conversation, refused = self._open(conversation_id, None)
        if conversation is None:
            return refused
        row = {"author": "note", "body": {"type": "text", "text": text, "name": agent}}
        seq = self.uow.conversations.record(conversation, [row], self.now)[0]
        self.uow.ownership.tell("message", conversation_id, None, self.now)
        return Done(True, seq=seq)

    def announce(self, conversation_id: int, text: str, *buttons: str) -> None:
        """Tell the customer something about the service itself; nobody's floor changes."""
        conversation, _ = self._open(conversation_id, None)
        if conversation is not None:
            self._speak(conversation, "system", Reply(text, buttons).to_json())

    def release(
        self,
        conversation_id: int,
        agent: str,
        reason: str,
        seen: int | None = None,
        *,
        gone: bool = False,
    ) -> Done:
        """Put the conversation back into the queue, where it keeps its place.

        ``gone`` is for agents who did not press: they are to hear of it when they come back.
        """
        if self._done_before(conversation_id, agent, seen, reason):
            return Done(True, again=True)
        conversation, refused = self._own(conversation_id, agent, seen)
        if conversation is None:
            return refused
        self._requeue(conversation, reason)
        self._pass_on(
            conversation, "queue", None, reason, phrases.AGENT_LEAVES, None if gone else agent
        )
        return Done(True)

    def transfer(self, conversation_id: int, agent: str, to: str, seen: int | None = None) -> Done:
        """Pass the conversation to another agent."""
        if self._done_before(conversation_id, agent, seen, f"{agent}转来"):
            return Done(True, again=True)
        conversation, refused = self._own(conversation_id, agent, seen)
        if conversation is None:
            return refused
        self._pass_on(conversation, "agent", to, f"{agent}转来", phrases.AGENT_PASSES, agent)
        if handoff := self._handoff(conversation_id):
            handoff.agent = to
            self._ledger.taken(handoff)
        return Done(True)

    def refer(
        self, conversation_id: int, agent: str, skill: str, title: str, seen: int | None = None
    ) -> Done:
        """Put the conversation into the queue of people with another skill."""
        if self._done_before(conversation_id, agent, seen, f"转{title}"):
            return Done(True, again=True)
        conversation, refused = self._own(conversation_id, agent, seen)
        if conversation is None:
            return refused
        self._requeue(conversation, f"转{title}").skill = skill
        text = phrases.AGENT_ELSEWHERE.format(skill=title)
        self._pass_on(conversation, "queue", None, f"转{title}", text, agent)
        return Done(True)

    def hand_back(
        self,
        conversation_id: int,
        agent: str | None = None,
        seen: int | None = None,
        wrap_up: Mapping[str, Any] | None = None,
    ) -> Done:
        """Give the conversation back to the bot; the draft goes on where it was.

        ``agent`` None is for those who may end anybody's service.
        """
        if agent and self._done_before(conversation_id, agent, seen, _ENDED):
            return Done(True, again=True)
        conversation, refused = self._open(conversation_id, seen)
        if conversation is None:
            return refused
        if conversation.owner == "bot":
            return Done(False, "会话已经在机器人手里")
        if agent is not None and (conversation.owner, conversation.agent) != ("agent", agent):
            return Done(False, _whose(conversation))
        self._pass_on(conversation, "bot", None, _ENDED, phrases.AGENT_ENDS, agent)
        if handoff := self._handoff(conversation_id):
            handoff.status, handoff.closed_at = "closed", self.now
            self._ledger.closed(handoff)
            if wrap_up:
                handoff.package = {**handoff.package, "wrap_up": dict(wrap_up)}
        self._resume(conversation)
        return Done(True)

    def _resume(self, conversation: OpenConversation) -> None:
        """Let the bot ask on, where something was half done."""
        channel = self._address(conversation.id)["channel"]
        for reply in self.go_on(self.uow, conversation, channel, self.now):
            self._speak(conversation, "bot", reply.to_json())

    def _open(self, conversation_id: int, seen: int | None) -> tuple[OpenConversation | None, Done]:
        conversation = self.uow.ownership.open(conversation_id)
        if conversation is None:
            return None, Done(False, "没有这个会话")
        if seen is not None and seen != conversation.owner_rev:
            return None, Done(False, _whose(conversation))
        return conversation, Done(True)

    def _own(
        self, conversation_id: int, agent: str, seen: int | None
    ) -> tuple[OpenConversation | None, Done]:
        conversation, refused = self._open(conversation_id, seen)
        if conversation and (conversation.owner, conversation.agent) != ("agent", agent):
            return None, Done(False, _whose(conversation))
        return conversation, refused

    def _done_before(self, conversation_id: int, agent: str, seen: int | None, reason: str) -> bool:
        """Tell whether the second press of a button finds what its first one has done."""
        conversation = self.uow.ownership.open(conversation_id) if seen is not None else None
        if conversation is None or seen != conversation.owner_rev - 1:
            return False
        return self.uow.ownership.just_left(conversation, agent, reason)

    def _pass_on(
        self,
        conversation: OpenConversation,
        owner: str,
        agent: str | None,
        reason: str,
        notice: str,
        by: str | None = None,
    ) -> None:
        """Change the owner and tell the customer, once; ``by`` is whose press it was."""
        if not self.uow.ownership.pass_on(conversation, owner, agent, reason, self.now, by):
            raise RuntimeError(f"conversation {conversation.id} changed under its lock")
        text = notice.format(agent=agent)
        self._speak(conversation, "system", {"type": "text", "text": text})

    def _requeue(self, conversation: OpenConversation, reason: str) -> Handoff:
        """Open the request for a person again, or make one that never was."""
        handoff = self._handoff(conversation.id)
        if handoff is None:
            handoff = Handoff(
                number=self.uow.cases.number("HO", self.now),
                conversation_id=conversation.id,
                level="human",
                reason=reason[:128],
                status="open",
                package={},
                opened_at=self.now,
                answer_by=self.now,
            )
            self.uow.cases.add(handoff)
        handoff.status, handoff.agent = "open", None
        handoff.offered_to = handoff.offered_at = None
        return handoff

    def _handoff(self, conversation_id: int) -> Handoff | None:
        return self.uow.cases.open_handoff(conversation_id)

    def _said(self, conversation_id: int, key: str) -> int:
        table = table_of(Message)
        query = select(table.c.seq).where(
            table.c.conversation_id == conversation_id, table.c.key == key
        )
        return int(self.uow.connection.execute(query).scalar() or 0)

    def _speak(
        self,
        conversation: OpenConversation,
        author: str,
        body: Mapping[str, Any],
        key: str | None = None,
    ) -> int:
        """Write a message to the customer and owe its delivery; return its seq."""
        row = {"author": author, "key": key, "sent_by": "outbox", "body": dict(body)}
        seq = self.uow.conversations.record(conversation, [row], self.now)[0]
        self.uow.outbox.queue(
            dedupe_key=f"said:{conversation.id}:{seq}",
            kind="reply",
            body=body,
            due_at=self.now,
            now=self.now,
            conversation_id=conversation.id,
            owner_rev=conversation.owner_rev,
            **self._address(conversation.id),
        )
        return seq

    def _address(self, conversation_id: int) -> dict[str, str]:
        table = table_of(Conversation)
        query = select(table.c.channel, table.c.account, table.c.peer)
        row = self.uow.connection.execute(query.where(table.c.id == conversation_id)).one()
        return dict(row._mapping)


def _whose(conversation: OpenConversation) -> str:
    """Tell who has the conversation now, for staff."""
    holder = {"bot": "回到机器人手里", "queue": "在排队"}.get(conversation.owner)
    return f"会话现在{holder or f'在{conversation.agent}手里'}，请刷新再看"
