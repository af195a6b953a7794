"""The topics of the staff group and what was worked off there; never commits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    and_,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from storage.complaint_parties import AGAINST
from storage.models.base import table_of
from storage.models.case import Complaint, Handoff
from storage.models.complaint import ComplaintParty
from storage.models.conversation import Conversation, Message
from storage.models.customer import Customer
from storage.models.group_desk import DeskTopic, DeskUpdate, DeskWord, StaffTelegram
from storage.models.outbox import Media, OutboxItem
from storage.models.staff import StaffUser

_topic, _word, _update = table_of(DeskTopic), table_of(DeskWord), table_of(DeskUpdate)
_conversation, _message, _item = table_of(Conversation), table_of(Message), table_of(OutboxItem)
_handoff, _customer, _user = table_of(Handoff), table_of(Customer), table_of(StaffUser)
_staff, _complaint, _party = table_of(StaffTelegram), table_of(Complaint), table_of(ComplaintParty)
_media = table_of(Media)
_KEPT = timedelta(days=7)
_MANY = 200
_COMPLAINTS = "complaints"


def _private() -> ColumnElement[bool]:
    """Complaints stay out of the group: whom one is about must not read it (CMP20)."""
    against = exists().where(
        _complaint.c.conversation_id == _conversation.c.id,
        _party.c.complaint_number == _complaint.c.number,
        _party.c.role == AGAINST,
    )
    return or_(against, func.coalesce(_handoff.c.skill, "") == _COMPLAINTS)


@dataclass(frozen=True)
class Colleague:
    """Somebody of the group who has an account of the console."""

    name: str
    role: str


class GroupDesk:
    """All topics, words and updates of the group."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._dialect = postgresql if connection.dialect.name == "postgresql" else sqlite

    def first_sight(self, account: str, number: int, now: datetime) -> bool:
        """Note an update; False when it was here before. What is old enough is forgotten."""
        self.connection.execute(delete(_update).where(_update.c.at < now - _KEPT))
        made = self._dialect.insert(_update).values(
            account=account, number=number, answer="", at=now
        )
        done = self.connection.execute(made.on_conflict_do_nothing().returning(_update.c.number))
        return done.first() is not None

    def answered(self, account: str, number: int, answer: str) -> None:
        """Keep what the presser of a button was told."""
        which = (_update.c.account == account, _update.c.number == number)
        self.connection.execute(update(_update).where(*which).values(answer=answer[:200]))

    def answer_of(self, account: str, number: int) -> str:
        """Return what the presser of a button was told."""
        which = (_update.c.account == account, _update.c.number == number)
        return str(self.connection.execute(select(_update.c.answer).where(*which)).scalar() or "")

    def colleague(self, telegram_id: int) -> Colleague | None:
        """Return who somebody of the group is here; None for strangers and who has left."""
        query = (
            select(_user.c.name, _user.c.role)
            .join(_staff, _staff.c.user_id == _user.c.id)
            .where(_staff.c.telegram_id == telegram_id, _user.c.disabled_at.is_(None))
        )
        row = self.connection.execute(query).first()
        return Colleague(row.name, row.role) if row else None

    def employed(self, name: str) -> Colleague | None:
        """Return a colleague by name, whether in the group or not."""
        query = select(_user.c.name, _user.c.role).where(
            _user.c.name == name, _user.c.disabled_at.is_(None)
        )
        row = self.connection.execute(query).first()
        return Colleague(row.name, row.role) if row else None

    def at(self, chat: str, thread: int) -> int | None:
        """Return whose conversation a topic is about."""
        query = select(_topic.c.conversation_id).where(
            _topic.c.chat == chat, _topic.c.thread == thread
        )
        return self.connection.execute(query).scalar()

    def topic(self, conversation: int) -> RowMapping | None:
        """Return the topic of a conversation."""
        query = select(_topic).where(_topic.c.conversation_id == conversation)
        return self.connection.execute(query).mappings().first()

    def open(self, conversation: int, chat: str, seq: int, now: datetime) -> None:
        """Begin a topic for a conversation; what was said until ``seq`` is in its summary."""
        row = {
            **dict.fromkeys(("thread", "post_key", "handoff", "holder", "active_at", "again_at")),
            **dict.fromkeys(("planned_seq", "posted_seq"), max(0, seq)),
            **dict.fromkeys(("planned_rev", "posted_rev", "posts"), 0),
        }
        made = self._dialect.insert(_topic).values(
            conversation_id=conversation, chat=chat, live=True, opened_at=now, **row
        )
        self.connection.execute(made.on_conflict_do_nothing())

    def change(self, conversation: int, **values: Any) -> None:
        """Set columns of a topic."""
        self.connection.execute(
            update(_topic).where(_topic.c.conversation_id == conversation).values(values)
        )

    def name_thread(self, conversation: int, before: int | None, thread: int | None) -> bool:
        """Note the platform's number of a topic unless somebody else has just done so."""
        was = _topic.c.thread.is_(None) if before is None else _topic.c.thread == before
        done = self.connection.execute(
            update(_topic)
            .where(_topic.c.conversation_id == conversation, was)
            .values(thread=thread)
        )
        return done.rowcount == 1

    def under_way(self) -> Sequence[RowMapping]:
        """Return the topics with a post that was planned, and how its delivery stands."""
        query = (
            select(_topic, _item.c.status, _item.c.reason)
            .join(_item, _item.c.dedupe_key == _topic.c.post_key)
            .where(_topic.c.post_key.is_not(None))
        )
        return self.connection.execute(query).mappings().all()

    def behind(self, chat: str, now: datetime, limit: int) -> Sequence[RowMapping]:
        """Return the conversations that have something new for the group, urgent ones first.

        Private ones stay out of the group.
        """
        unknown, known = _topic.c.conversation_id.is_(None), _topic.c.conversation_id.is_not(None)
        news = or_(
            _topic.c.planned_seq < _conversation.c.last_seq,
            _topic.c.planned_rev < _conversation.c.owner_rev,
        )
        wanted = or_(
            and_(unknown, _conversation.c.owner == "queue"),
            and_(known, _topic.c.live, news),
            and_(known, ~_topic.c.live, _conversation.c.owner == "queue"),
        )
        free = and_(
            _topic.c.post_key.is_(None),
            or_(_topic.c.again_at.is_(None), _topic.c.again_at <= now),
            or_(unknown, _topic.c.chat == chat),
        )
        query = (
            select(
                _conversation.c.id, _conversation.c.owner, _conversation.c.agent,
                _conversation.c.owner_rev, _conversation.c.last_seq, _conversation.c.channel,
                _conversation.c.customer_id, _conversation.c.peer, _customer.c.name, _topic.c.chat,
                _topic.c.planned_seq, _topic.c.planned_rev, _topic.c.posts, _topic.c.live,
                _topic.c.handoff.label("told_handoff"), _handoff.c.number.label("handoff"),
            )
            .outerjoin(_topic, _topic.c.conversation_id == _conversation.c.id)
            .outerjoin(_customer, _customer.c.id == _conversation.c.customer_id)
            .outerjoin(
                _handoff,
                and_(
                    _handoff.c.conversation_id == _conversation.c.id,
                    _handoff.c.status.in_(("open", "taken")),
                ),
            )
            .where(or_(_conversation.c.owner != "bot", _topic.c.live), wanted, free, ~_private())
            .order_by(_handoff.c.level, _handoff.c.opened_at, _conversation.c.id)
            .limit(limit)
        )  # fmt: skip
        return self.connection.execute(query).mappings().all()

    def private_waiting(self, since: datetime) -> Sequence[RowMapping]:
        """Return the requests since a time whose content must not be read in the group."""
        query = (
            select(_handoff.c.number, _handoff.c.level, _handoff.c.conversation_id)
            .join(_conversation, _conversation.c.id == _handoff.c.conversation_id)
            .where(_handoff.c.status == "open", _handoff.c.opened_at > since, _private())
        )
        return self.connection.execute(query).mappings().all()

    def is_private(self, conversation: int) -> bool:
        """Tell whether a conversation must not be read in the group."""
        query = (
            select(_conversation.c.id)
            .outerjoin(
                _handoff,
                and_(
                    _handoff.c.conversation_id == _conversation.c.id,
                    _handoff.c.status.in_(("open", "taken")),
                ),
            )
            .where(_conversation.c.id == conversation, _private())
        )
        return self.connection.execute(query).first() is not None

    def seq_at(self, conversation: int, at: datetime) -> int:
        """Return the number of the last message until a time."""
        query = select(func.max(_message.c.seq)).where(
            _message.c.conversation_id == conversation, _message.c.at <= at
        )
        return int(self.connection.execute(query).scalar() or 0)

    def said(self, conversation: int, seq: int, message: int, fate: str, now: datetime) -> None:
        """Note what staff wrote in the topic; the same words are noted once."""
        made = self._dialect.insert(_word).values(
            conversation_id=conversation, seq=seq, message=message, fate=fate, at=now
        )
        self.connection.execute(made.on_conflict_do_nothing())

    def written_here(self, conversation: int, after: int) -> set[int]:
        """Return the numbers of the messages that were written in the group."""
        query = select(_word.c.seq).where(
            _word.c.conversation_id == conversation, _word.c.seq > after
        )
        return set(self.connection.execute(query).scalars())

    def without_fate(self) -> Mapping[str, RowMapping]:
        """Return what staff said and whose delivery has not ended yet, by its key in the outbox."""
        query = (
            select(_word, _topic.c.chat)
            .join(_topic, _topic.c.conversation_id == _word.c.conversation_id)
            .where(_word.c.fate == "waiting")
            .order_by(_word.c.at)
            .limit(_MANY)
        )
        rows = self.connection.execute(query).mappings()
        return {f"said:{row['conversation_id']}:{row['seq']}": row for row in rows}

    def fates(self, keys: Sequence[str]) -> Sequence[RowMapping]:
        """Return how deliveries stand."""
        query = select(_item.c.dedupe_key, _item.c.status, _item.c.reason).where(
            _item.c.dedupe_key.in_(keys)
        )
        return self.connection.execute(query).mappings().all()

    def settle_word(self, conversation: int, seq: int, fate: str) -> None:
        """Note how the delivery of staff's words ended."""
        which = (_word.c.conversation_id == conversation, _word.c.seq == seq)
        self.connection.execute(update(_word).where(*which).values(fate=fate))

    def files(self, conversation: int, ref: str) -> RowMapping | None:
        """Return a photo or voice note of a conversation by the channel's own id."""
        query = (
            select(_media.c.path, _media.c.status, _media.c.at, _item.c.status.label("fetching"))
            .outerjoin(_item, _item.c.dedupe_key == "media:" + _media.c.id.cast(_item.c.peer.type))
            .where(_media.c.conversation_id == conversation, _media.c.ref == ref[:512])
            .order_by(_media.c.id.desc())
        )
        return self.connection.execute(query).mappings().first()

    def holders(self) -> Sequence[RowMapping]:
        """Return who serves somebody from the group, when last, and who spoke last."""
        query = (
            select(
                _topic.c.holder, _topic.c.active_at, _message.c.author, _conversation.c.last_at
            )
            .join(_conversation, _conversation.c.id == _topic.c.conversation_id)
            .outerjoin(
                _message,
                and_(
                    _message.c.conversation_id == _conversation.c.id,
                    _message.c.seq == _conversation.c.last_seq,
                ),
            )
            .where(
                _topic.c.live, _conversation.c.owner == "agent",
                _conversation.c.agent == _topic.c.holder,
            )
        )  # fmt: skip
        return self.connection.execute(query).mappings().all()
