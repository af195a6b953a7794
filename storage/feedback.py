"""One box for what customers tell us: chat, telephone note, e-mail note, form (S85, S87)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from bot.dialogue.message import Reply
from bot.errors import Refused
from storage.improvements import Finding, Improvements
from storage.kpi.definition import Period
from storage.ledger import Happening
from storage.models.case import Survey, Ticket
from storage.models.conversation import Conversation
from storage.models.quality import Feedback, FeedbackCluster, Improvement
from storage.rules import feedback as rules
from storage.saying import say
from storage.survey_plan import polite
from storage.unit_of_work import UnitOfWork

CHANNELS: Final = ("chat", "phone", "email", "form")
# Tickets in which customers say what they think.
_TICKETS: Final = ("suggest", "feedback")
_TOLD = "您之前向我们反映的「{topic}」，我们已经改进：{result}。谢谢您让我们做得更好。"
_TOPIC = 20
_A_MONTH = timedelta(days=29)


@dataclass(frozen=True)
class Told:
    """What came in; ``key`` makes the same piece arrive once."""

    key: str
    channel: str
    words: str
    contact: str = ""
    conversation_id: int | None = None
    ticket_number: str | None = None
    topic: str = ""

    @property
    def category(self) -> str:
        """Return what it is about: what the customer tapped says it better than single words."""
        tapped = rules.category(self.topic)
        return tapped if tapped != rules.category("") else rules.category(self.words)


@dataclass
class FeedbackBox:
    """The box in one transaction; never commits."""

    uow: UnitOfWork
    now: datetime
    actor: str

    def receive(self, told: Told) -> Feedback | None:
        """Put a piece into the box, classified; None when it is there already."""
        if told.channel not in CHANNELS:
            raise Refused(f"渠道须是 {'、'.join(CHANNELS)} 之一")
        if not told.words.strip():
            raise Refused("反馈没有内容")
        query = select(Feedback.id).where(Feedback.key == told.key)
        if self.uow.session.scalar(query) is not None:
            return None
        piece = Feedback(
            key=told.key,
            channel=told.channel,
            conversation_id=told.conversation_id,
            ticket_number=told.ticket_number,
            recorded_by=self.actor,
            words=told.words[:2000],
            contact=told.contact[:200],
            nature=rules.nature(told.words),
            category=told.category,
            status="new",
            at=self.now,
        )
        self.uow.session.add(piece)
        self.uow.session.flush()
        self._happened(piece, "feedback.received")
        return piece

    def collect(self, since: datetime) -> int:
        """Take in what was said in tickets and surveys since a time; return how many pieces."""
        # What the form has put into the box itself is not taken in once more.
        here = select(Feedback.ticket_number).where(Feedback.ticket_number.is_not(None))
        tickets = select(Ticket).where(
            Ticket.kind.in_(_TICKETS), Ticket.opened_at >= since, Ticket.number.not_in(here)
        )
        found = [
            Told(f"ticket:{t.number}", "chat", words, "", t.conversation_id, t.number)
            for t in self.uow.session.scalars(tickets.order_by(Ticket.id))
            if (words := _words(t.facts))
        ]
        surveys = select(Survey).where(Survey.answered_at >= since)
        found += [
            Told(f"survey:{s.id}", "form" if s.about == "regular" else "chat", s.comment, "",
                 s.conversation_id)
            for s in self.uow.session.scalars(surveys.order_by(Survey.id))
            if s.comment.strip()
        ]  # fmt: skip
        return sum(self.receive(told) is not None for told in found)

    def unsorted(self, limit: int = 1_000) -> Sequence[Feedback]:
        """Return what no cluster holds yet, oldest first."""
        query = select(Feedback).where(Feedback.cluster_id.is_(None)).order_by(Feedback.id)
        return self.uow.session.scalars(query.limit(limit)).all()

    def leaders(self) -> Mapping[int, str]:
        """Return the words that lead each cluster."""
        found = self.uow.session.scalars(select(FeedbackCluster))
        return {cluster.id: cluster.leader for cluster in found}

    def found_cluster(self, piece: Feedback) -> int:
        """Begin a cluster with a piece."""
        cluster = FeedbackCluster(leader=piece.words, category=piece.category, opened_at=self.now)
        self.uow.session.add(cluster)
        self.uow.session.flush()
        return cluster.id

    def improve(self, cluster_id: int, title: str, kpi: str = "") -> Improvement:
        """Open an improvement for a cluster; its pieces are linked to it."""
        cluster = self.uow.session.get(FeedbackCluster, cluster_id)
        if cluster is None:
            raise Refused(f"没有第 {cluster_id} 组反馈")
        ledger = Improvements(self.uow, self.now, self.actor)
        key = f"feedback:{cluster_id}"
        # The figure that should move is taken as it is now, to stand beside the one after.
        today = self.now.date()
        month = Period(today - _A_MONTH, today)
        item = ledger.propose(Finding(title, "feedback", cluster.category, key, kpi, month))
        cluster.improvement_id = item.id
        for piece in self.of(cluster_id):
            piece.status = "linked"
        return item

    def of(self, cluster_id: int) -> Sequence[Feedback]:
        """Return the pieces of a cluster."""
        query = select(Feedback).where(Feedback.cluster_id == cluster_id).order_by(Feedback.id)
        return self.uow.session.scalars(query).all()

    def tell(self, improvement_id: int) -> tuple[int, int]:
        """Tell the customers of a finished improvement; return (told here, to be called)."""
        item = self.uow.session.get(Improvement, improvement_id)
        if item is None or item.status != "done":
            raise Refused("改进完成以后才告诉客户")
        query = (
            select(Feedback)
            .join(FeedbackCluster, FeedbackCluster.id == Feedback.cluster_id)
            .where(FeedbackCluster.improvement_id == improvement_id, Feedback.told_at.is_(None))
            .order_by(Feedback.id)
        )
        here = called = 0
        for piece in self.uow.session.scalars(query).all():
            if self._say(piece, item):
                here += 1
            else:
                called += 1
        return here, called

    def mark_told(self, number: int) -> None:
        """Note that somebody has told the customer by telephone or mail."""
        piece = self.uow.session.get(Feedback, number)
        if piece is None or piece.status != "linked":
            raise Refused(f"反馈 {number} 不在待告知之列")
        self._told(piece)

    def _say(self, piece: Feedback, item: Improvement) -> bool:
        """Write to whoever wrote to us; the others stand on a list to be called."""
        if piece.conversation_id is None:
            return False
        conversation = self.uow.session.get(Conversation, piece.conversation_id)
        if conversation is None or not conversation.subscribed or conversation.owner != "bot":
            return False
        text = _TOLD.format(topic=piece.words[:_TOPIC], result=item.result)
        cause = ("feedback", f"feedback:{piece.id}")
        say(self.uow, piece.conversation_id, Reply(text), cause, (self.now, polite(self.now)))
        self._told(piece)
        return True

    def _told(self, piece: Feedback) -> None:
        piece.status, piece.told_at = "told", self.now
        self._happened(piece, "feedback.told")

    def _happened(self, piece: Feedback, kind: str) -> None:
        self.uow.ledger.add(
            Happening(
                kind, self.now, piece.conversation_id, f"FB{piece.id}", self.actor, "",
                piece.channel, piece.category, piece.nature,
            )
        )  # fmt: skip


def _words(facts: Mapping[str, object]) -> str:
    parts = (facts.get(key) for key in ("words", "details", "note"))
    return "；".join(dict.fromkeys(str(part) for part in parts if part))
