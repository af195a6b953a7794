"""What people at the console do beside taking and saying: look first, join, assign, recall, retry.

Every move is one transaction under the lock of the conversation, like those of `bot.handoff`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import RowMapping

from bot.dialogue import phrases
from bot.handoff import Desk, Done
from storage.after_sending import RETRYABLE, AfterSending
from storage.conversations import OpenConversation
from storage.guests import Guests
from storage.same_people import SamePeople

# As long as people know it from their own messages.
RECALL = timedelta(minutes=2)
_SHOWN = 20
_READS_HERE = ("webchat", "terminal")


class FullDesk(Desk):
    """The desk of the console."""

    def unseen(
        self, conversation_id: int, agent: str, told: int, key: str | None
    ) -> Sequence[RowMapping]:
        """Return what others said after message ``told``; nothing when ``key`` was said before."""
        conversation, _ = self._open(conversation_id, None)
        if conversation is None or (key and self._said(conversation_id, f"agent:{key}")):
            return ()
        rows = self.uow.conversations.after(conversation_id, told, _SHOWN)
        return [row for row in rows if _by_others(row, agent)]

    def take(
        self, conversation_id: int, agent: str, seen: int | None = None, *, force: bool = False
    ) -> Done:
        """Become the owner, and of the same person's other conversations that wait."""
        done = super().take(conversation_id, agent, seen, force=force)
        if done.ok:
            for other in SamePeople(self.uow.connection).group("conversation", conversation_id)[1:]:
                waits = self.uow.ownership.open(other)
                if waits and waits.owner == "queue":
                    super().take(other, agent)
        return done

    def say(self, conversation_id: int, agent: str, text: str, key: str | None = None) -> Done:
        """Write as the owner, or as a supervisor who speaks along."""
        conversation, refused = self._open(conversation_id, None)
        if conversation is None:
            return refused
        if conversation.owner != "agent" or conversation.agent == agent:
            return super().say(conversation_id, agent, text, key)
        if agent not in self._guests.here(conversation_id, conversation.owner_rev):
            return super().say(conversation_id, agent, text, key)
        if key and (before := self._said(conversation_id, f"agent:{key}")):
            return Done(True, seq=before)
        body = {"type": "text", "text": text, "name": agent}
        seq = self._speak(conversation, "agent", body, key and f"agent:{key}")
        self.uow.ownership.tell("message", conversation_id, None, self.now)
        return Done(True, seq=seq)

    def note(self, conversation_id: int, agent: str, text: str) -> Done:
        """Leave a note; whoever serves the customer is told of another one's."""
        done = super().note(conversation_id, agent, text)
        conversation = self.uow.ownership.open(conversation_id) if done.ok else None
        if conversation and conversation.owner == "agent" and conversation.agent != agent:
            self._tell_owner(conversation, "note", agent)
        return done

    def join(self, conversation_id: int, agent: str, seen: int | None = None) -> Done:
        """Speak along with the agent; the customer is told who else is there."""
        conversation, refused = self._open(conversation_id, seen)
        if conversation is None:
            return refused
        if conversation.owner != "agent":
            return Done(False, "没有坐席在服务，直接接管就行")
        if conversation.agent == agent:
            return Done(False, "会话就在您手里")
        if self._guests.join(conversation_id, conversation.owner_rev, agent, self.now):
            text = phrases.LEAD_JOINS.format(agent=agent)
            self._speak(conversation, "system", {"type": "text", "text": text})
            self._tell_owner(conversation, "joined", agent)
            self.uow.ownership.tell("message", conversation_id, None, self.now)
        return Done(True)

    def leave(self, conversation_id: int, agent: str) -> Done:
        """Speak along no more."""
        if self.uow.inbox.conversation(conversation_id) is None:
            return Done(False, "没有这个会话")
        self._guests.leave(conversation_id, agent, self.now)
        self.uow.ownership.tell("message", conversation_id, None, self.now)
        return Done(True)

    def assign(self, conversation_id: int, lead: str, to: str, seen: int | None = None) -> Done:
        """Give a conversation to somebody, whoever had it."""
        conversation, refused = self._open(conversation_id, None)
        if conversation and self._assigned_before(conversation, f"{lead}指派", to, seen):
            return Done(True, again=True)
        conversation, refused = self._open(conversation_id, seen)
        if conversation is None:
            return refused
        before = conversation.agent if conversation.owner == "agent" else None
        if before == to:
            return Done(False, f"会话已经在{to}手里")
        served = before is not None
        notice = phrases.AGENT_PASSES if served else phrases.AGENT_TAKES
        self._pass_on(conversation, "agent", to, f"{lead}指派", notice, lead)
        if handoff := self._handoff(conversation_id):
            handoff.status, handoff.agent = "taken", to
            handoff.taken_at = handoff.taken_at or self.now
            handoff.offered_to = handoff.offered_at = None
            self._ledger.taken(handoff)
        self._tell_owner(conversation, "assigned", lead)
        return Done(True)

    def _assigned_before(
        self, conversation: OpenConversation, reason: str, to: str, seen: int | None
    ) -> bool:
        """Tell whether the same press has given it to the same person already."""
        there = (conversation.owner, conversation.agent) == ("agent", to)
        if not there or seen != conversation.owner_rev - 1:
            return False
        return self.uow.ownership.newest_reason(conversation) == reason

    def recall(self, conversation_id: int, agent: str, seq: int) -> Done:
        """Take back one's own words: unsent everywhere, sent where the channel can."""
        conversation, refused = self._open(conversation_id, None)
        if conversation is None:
            return refused
        after = AfterSending(self.uow.connection)
        message, item = after.message(conversation_id, seq), after.item(conversation_id, seq)
        if message is None or item is None or message["author"] != "agent":
            return Done(False, "只能撤回坐席写的话")
        body = dict(message["body"])
        if body.get("name") != agent:
            return Done(False, f"这一条是{body.get('name')}写的，只能撤回自己写的话")
        if body.get("recalled"):
            return Done(True)
        channel = item["channel"]
        if not after.withdraw(item["id"], self.now) and (
            why := self._beyond(channel, item["status"], message)
        ):
            return Done(False, why)
        after.mark(message["id"], {**body, "recalled": {"by": agent, "at": self.now.isoformat()}})
        self._unsay(conversation, channel, seq, item["status"], str(item["provider_id"]))
        self.uow.ownership.tell("message", conversation_id, None, self.now)
        return Done(True)

    def _beyond(self, channel: str, status: str, message: RowMapping) -> str:
        """Tell why a message that has left cannot be taken back; '' when it can."""
        if self.now - message["at"] > RECALL:
            return "发出超过 2 分钟，撤不回了，请补一句更正"
        if channel == "wechat":
            return "微信里发出的消息撤不回，请补一句更正"
        return "" if status == "sent" else "这一条正在发，过几秒再试"

    def _unsay(
        self, conversation: OpenConversation, channel: str, seq: int, status: str, provider: str
    ) -> None:
        """Let the words vanish where the customer reads them."""
        if channel in _READS_HERE:
            body = {"type": "text", "text": phrases.RECALLED, "recalls": seq}
            self._speak(conversation, "system", body)
        elif status == "sent":
            where = self._address(conversation.id)
            self.uow.outbox.queue(
                dedupe_key=f"recall:{conversation.id}:{seq}",
                kind="recall",
                body={"type": "recall", "message": provider},
                due_at=self.now,
                now=self.now,
                conversation_id=conversation.id,
                channel=where["channel"],
                account=where["account"],
                peer=where["peer"],
            )

    def retry(self, conversation_id: int, agent: str, seq: int) -> Done:
        """Send once more what did not arrive."""
        conversation, refused = self._own(conversation_id, agent, None)
        if conversation is None:
            return refused
        after = AfterSending(self.uow.connection)
        item = after.item(conversation_id, seq)
        if item is None or item["status"] not in RETRYABLE:
            return Done(False, "这一条已经发出或正在发，请刷新再看")
        after.again(item["id"], conversation.owner_rev, self.now)
        self.uow.outbox.added += 1
        self.uow.ownership.tell("message", conversation_id, None, self.now)
        return Done(True, seq=seq)

    def resend(self, conversation_id: int, agent: str, most: int) -> Done:
        """Send what waited for the customer to speak again, in its order, as much as is allowed."""
        conversation, refused = self._own(conversation_id, agent, None)
        if conversation is None:
            return refused
        after = AfterSending(self.uow.connection)
        kept = after.kept(conversation_id)[:most]
        if not kept:
            return Done(False, "没有等着再发的话，或者这一轮的条数还没恢复，请刷新再看")
        for item in kept:
            after.again(item, conversation.owner_rev, self.now)
        self.uow.outbox.added += len(kept)
        self.uow.ownership.tell("message", conversation_id, None, self.now)
        return Done(True)

    @property
    def _guests(self) -> Guests:
        return Guests(self.uow.connection)

    def _tell_owner(self, conversation: OpenConversation, kind: str, by: str) -> None:
        self.uow.ownership.tell(kind, conversation.id, conversation.agent, self.now, {"by": by})


def _by_others(row: RowMapping, agent: str) -> bool:
    """Tell whether somebody else said it: customer, bot or colleague; notices do not count."""
    if row["author"] in ("agent", "note"):
        return bool(row["body"].get("name") != agent)
    return row["author"] in ("customer", "bot")
