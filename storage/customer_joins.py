"""Joining two customer records of one person, and taking them apart: staff decide, never we.

Everything moves in one transaction, and only if nothing has changed since both were shown. The
record that gives keeps its document and phone, so that both still prove who somebody is; whoever
was verified proves it anew, and what was opted out of anywhere holds for the whole person.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, func, or_, select, update

from bot.errors import Refused
from storage import joined, policy_source
from storage.models.base import table_of
from storage.models.case import Ticket
from storage.models.conversation import Conversation
from storage.models.customer import Customer
from storage.models.identity import AccessGrant, Consent, IdentityBinding
from storage.models.joining import CustomerJoin
from storage.models.outbox import OutboxItem
from storage.models.policy import Policy
from storage.models.service import ServiceRequest
from storage.personal import person as people
from storage.personal.unfinished import ERASING
from storage.same_people import MOST, REASONS
from storage.unit_of_work import UnitOfWork

# In the order in which turns and the outbox lock them: conversations before what they owe.
# Claims, complaints and tickets hang on conversations, policies and phones, and come along.
_MOVED: Sequence[Table] = tuple(
    map(table_of, (Conversation, Policy, IdentityBinding, Consent, ServiceRequest, OutboxItem))
)
_conversation, _grant = table_of(Conversation), table_of(AccessGrant)
SHORTEST = 4
LONGEST = 200


@dataclass(frozen=True)
class Wanted:
    """What somebody wants joined and why; ``seen`` is the state of both that they were shown."""

    kept: str
    away: str
    reason: str
    words: str
    seen: str


@dataclass(frozen=True)
class CustomerJoins:
    """The joins of one transaction, made in the name of ``actor``; never commits."""

    uow: UnitOfWork
    now: datetime
    actor: str

    def seen(self, kept: Customer, away: Customer) -> str:
        """Return what tells whether two records are as they were shown."""
        newest = select(func.max(CustomerJoin.id)).where(
            or_(*(c.in_([kept.id, away.id]) for c in (CustomerJoin.kept_id, CustomerJoin.away_id)))
        )
        parts: list[Any] = [self.uow.session.scalar(newest)]
        for one in (kept, away):
            parts += [one.id, one.name, one.phone_blind, one.id_blind, self.counts(one.id)]
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]

    def counts(self, customer: int) -> dict[str, int]:
        """Return how many rows of each table are a customer's."""
        found = {}
        for table in _MOVED:
            query = select(func.count()).select_from(table).where(table.c.customer_id == customer)
            found[table.name] = int(self.uow.connection.execute(query).scalar() or 0)
        return found

    def open_of(self, customer: int) -> Sequence[CustomerJoin]:
        """Return the joins that hold and have to do with a record."""
        query = select(CustomerJoin).where(
            or_(CustomerJoin.kept_id == customer, CustomerJoin.away_id == customer),
            CustomerJoin.undone_at.is_(None),
        )
        return self.uow.session.scalars(query.order_by(CustomerJoin.id)).all()

    def likely(self, one: Customer) -> Sequence[Customer]:
        """Return records with the same document or phone that could be joined, for people to judge.

        One that was joined away is proposed as the record that holds what is its.
        """
        alike = select(Customer.id).where(
            or_(Customer.id_blind == one.id_blind, Customer.phone_blind == one.phone_blind)
        )
        found = self.uow.session.scalars(alike.order_by(Customer.id).limit(MOST)).all()
        homes = set(joined.homes(self.uow.connection, found).values())
        others = homes - set(joined.group(self.uow.connection, one.id))
        query = select(Customer).where(Customer.id.in_(others), Customer.kind == one.kind)
        rows = self.uow.session.scalars(query.order_by(Customer.id)).all()
        return [other for other in rows if not self.erasing([other.id])]

    def erasing(self, customers: Collection[int]) -> bool:
        """Tell whether one of these persons has asked to be erased and is not done with."""
        cases: set[str] = set()
        for one in customers:
            cases |= people.of_customer(self.uow.session, one).cases
        query = select(Ticket.id).where(
            Ticket.number.in_(cases), Ticket.kind.in_(ERASING), Ticket.status != "done"
        )
        return self.uow.session.scalar(query.limit(1)) is not None

    def join(self, wanted: Wanted) -> CustomerJoin:
        """Join two records; raise Refused where that cannot be."""
        _told_why(wanted.reason, wanted.words)
        kept, away = self._locked(wanted.kept, wanted.away)
        if cannot := self.why_not(kept, away):
            raise Refused(cannot)
        if wanted.seen != self.seen(kept, away):
            raise Refused("您看的时候这两个客户有了变化，没有合并。请刷新，看过最新的再办。")
        self._hold(kept.id, away.id)
        found = CustomerJoin(
            kept_id=kept.id, away_id=away.id, reason=wanted.reason, words=wanted.words,
            moved=self._move(away.id, kept.id), by=self.actor, at=self.now,
        )  # fmt: skip
        self._end_what_was_shown(kept.id, away.id)
        self.uow.session.add(found)
        self.uow.session.flush()
        self._record("joined", found, (kept, away), REASONS[wanted.reason], wanted.words)
        return found

    def part(self, number: int, words: str) -> CustomerJoin:
        """Take two records apart again: what moved goes back, what came since stays."""
        _long_enough(words)
        query = select(CustomerJoin).where(CustomerJoin.id == number).with_for_update()
        found = self.uow.session.scalar(query)
        if found is None or found.undone_at is not None:
            raise Refused("这两个客户已经拆开了，请刷新再看。")
        rows = self._held(Customer.id.in_((found.kept_id, found.away_id)))
        kept, away = rows[found.kept_id], rows[found.away_id]
        if self.erasing([kept.id]):
            raise Refused("这位客户正在办理删除个人信息，不能拆开，等删完再说。")
        self._hold(kept.id)
        self._move(kept.id, away.id, found.moved)
        self._end_what_was_shown(kept.id, away.id)
        found.undone_by, found.undone_at, found.undone_words = self.actor, self.now, words
        self.uow.session.flush()
        self._record("taken apart", found, (kept, away), "拆开", words)
        return found

    def _locked(self, *refs: str) -> tuple[Customer, Customer]:
        """Lock both records, always in the same order; raise Refused for one that is not there."""
        rows = {one.ref: one for one in self._held(Customer.ref.in_(refs)).values()}
        for ref in refs:
            if ref not in rows:
                raise Refused(f"没有客户 {ref}，可能写错了，或者已经应本人要求删除。")
        return rows[refs[0]], rows[refs[1]]

    def _held(self, which: ColumnElement[bool]) -> dict[int, Customer]:
        """Lock records against others who change or erase them, not against rows that name them.

        A turn holds its conversation when it writes down what it showed of the customer: locked
        whole (``FOR UPDATE``), the record would wait for the turn and the turn for the record.
        """
        query = select(Customer).where(which).order_by(Customer.id)
        held = query.with_for_update(key_share=True)
        return {one.id: one for one in self.uow.session.scalars(held)}

    def why_not(self, kept: Customer, away: Customer) -> str:
        """Return why two records cannot be joined so, '' where they can."""
        return next(self._hindrances(kept, away), "")

    def _hindrances(self, kept: Customer, away: Customer) -> Iterator[str]:
        if kept.id == away.id:
            yield "这是同一个客户记录，请填另一个。"
        if kept.kind != away.kind:
            yield "一个是个人、一个是企业，不能并成一个客户。"
        for one in (kept, away):
            if any(j.away_id == one.id for j in self.open_of(one.id)):
                yield f"{one.ref} 已经并到别的客户里了，请刷新再看。"
        if self.open_of(away.id):
            yield f"{away.ref} 里已经并着别的记录：请反过来并，或者先拆开。"
        if len(self.open_of(kept.id)) + 1 >= MOST:
            yield f"一位客户最多并 {MOST} 个记录，请先拆开并错的。"
        if self.erasing([kept.id, away.id]):
            yield "有一位正在办理删除个人信息，不能合并。"

    def _hold(self, *customers: int) -> None:
        """Let turns of these persons end first, and proofs of their phones wait for us."""
        theirs = select(_conversation.c.id).where(_conversation.c.customer_id.in_(customers))
        self.uow.connection.execute(theirs.order_by(_conversation.c.id).with_for_update())
        blinds = {b for one in customers for b in joined.phones(self.uow.connection, one)}
        for blind in sorted(blinds):
            self.uow.customers.take_turns(blind)

    def _move(
        self, source: int, to: int, only: Mapping[str, Any] | None = None
    ) -> dict[str, list[int]]:
        """Give rows of one record to the other, if they are its still; return which."""
        self.uow.session.flush()
        moved = {}
        for table in _MOVED:
            done: list[int] = []
            for part in [None] if only is None else people.chunks(only.get(table.name, ())):
                change = update(table).where(table.c.customer_id == source)
                if part is not None:
                    change = change.where(table.c.id.in_(part))
                change = change.values(customer_id=to).returning(table.c.id)
                done += self.uow.connection.execute(change).scalars()
            moved[table.name] = sorted(done)
        # What the session has read of these rows is old now.
        self.uow.session.expire_all()
        return moved

    def _end_what_was_shown(self, kept: int, away: int) -> None:
        """More, or less, is behind a proof than it was given for: it is asked for anew.

        On the side that was kept too: its talks would show what has come without being asked.
        """
        theirs = update(_conversation).where(_conversation.c.customer_id.in_((kept, away)))
        ended = theirs.values(verified_until=None).returning(_conversation.c.id)
        conversations = sorted(self.uow.connection.execute(ended).scalars())
        self.uow.connection.execute(
            update(_grant)
            .where(
                _grant.c.customer_id.in_((kept, away)),
                _grant.c.plate.is_(None),
                _grant.c.revoked_at.is_(None),
            )
            .values(revoked_at=self.now)
        )
        for one in (kept, away):
            # What the core system told was about other records than are behind this one now.
            policy_source.forget(self.uow.session, one)
        for one in conversations:
            self.uow.ownership.tell("message", one, None, self.now)

    def _record(
        self, what: str, found: CustomerJoin, two: Sequence[Customer], why: str, words: str
    ) -> None:
        """Who did it and what moved stands in the chain, and in what each of them may read."""
        kept, away = two
        told = {name: len(rows) for name, rows in found.moved.items()}
        detail = {"join": found.id, "with": away.ref, "reason": found.reason, "moved": told}
        subject = f"customer {kept.ref} {what}"
        self.uow.audit.note(self.now, self.actor, "edit", subject, detail)
        for one, other in ((kept, away), (away, kept)):
            self.uow.customers.log_access(
                self.now, None, one.id, self.actor, f"customer {one.ref} {what} with {other.ref}",
                f"{why}：{words}",
            )  # fmt: skip


def _told_why(reason: str, words: str) -> None:
    if reason not in REASONS:
        raise Refused("请选凭什么认定是同一个人。")
    _long_enough(words)


def _long_enough(words: str) -> None:
    if not SHORTEST <= len(words.strip()) <= LONGEST:
        example = "证件号相同，已电话核对"
        raise Refused(f"请写清楚为什么，{SHORTEST} 到 {LONGEST} 个字，例如「{example}」。")
