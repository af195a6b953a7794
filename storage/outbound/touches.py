"""The life of a touch: taken, judged, on its way, settled. Only what is on its way may be unknown.

A touch is leased while it is still ``planned`` and becomes ``sending`` in a transaction of its own
right before the call. A worker that dies earlier has sent nothing, so another one may take it; one
that dies later leaves a touch whose outcome nobody knows, and that is not sent again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping, and_, exists, or_, select, update

from storage import notice_grants
from storage.conversations import OpenConversation
from storage.ledger import Happening
from storage.models.base import table_of
from storage.models.conversation import Conversation
from storage.models.outbox import OutboxItem
from storage.outbound import facts as known_facts
from storage.outbound import words
from storage.outbound.facts import Known
from storage.outbound.judge import Place, Touch, Verdict, World, judge
from storage.outbound.letters import Configured, Letter
from storage.outbound.meter import cost_of, spend
from storage.rules.outbound import Rules
from storage.unit_of_work import UnitOfWork

_item, _conversation = table_of(OutboxItem), table_of(Conversation)
LOST = "发出时进程中断，结果不明；按规矩不再发，请人工核实"
LEASE_SECONDS = 60
STILL_OPEN = ("planned", "sending")


class Touches:
    """The touches of one transaction; never commits."""

    def __init__(self, uow: UnitOfWork, rules: Rules, world: Configured, now: datetime) -> None:
        self.uow = uow
        self.rules = rules
        self.configured = world
        self.now = now

    def take(self, worker: str, seconds: int, limit: int) -> list[int]:
        """Lease due touches, the urgent first, one at a time for each customer."""
        free = or_(_item.c.lease_until.is_(None), _item.c.lease_until < self.now)
        other = _item.alias("other")
        busy = or_(
            other.c.status == "sending",
            and_(other.c.lease_until.is_not(None), other.c.lease_until >= self.now),
            other.c.due_at <= self.now,
            other.c.attempts > 0,
        )
        before = or_(
            other.c.status == "sending",
            and_(other.c.lease_until.is_not(None), other.c.lease_until >= self.now),
            other.c.priority < _item.c.priority,
            and_(other.c.priority == _item.c.priority, other.c.id < _item.c.id),
        )
        blocked = exists().where(
            other.c.peer == _item.c.peer,
            other.c.status.in_(STILL_OPEN),
            other.c.id != _item.c.id,
            other.c.kind.in_(sorted(self.rules.kinds)),
            busy,
            before,
        )
        query = (
            select(_item.c.id)
            .where(
                _item.c.status == "planned",
                _item.c.due_at <= self.now,
                _item.c.kind.in_(sorted(self.rules.kinds)),
                free,
                ~blocked,
            )
            .order_by(_item.c.priority, _item.c.due_at, _item.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True, of=_item)
        )
        ids = list(self.uow.connection.execute(query).scalars())
        if ids:
            until = self.now + timedelta(seconds=seconds)
            self._set(_item.c.id.in_(ids), lease_by=worker, lease_until=until)
        return ids

    def lend(self, ids: Sequence[int], worker: str) -> None:
        """Lease these touches, due or not, for a rehearsal."""
        until = self.now + timedelta(seconds=LEASE_SECONDS)
        self._set(_item.c.id.in_(ids), lease_by=worker, lease_until=until)

    def pretend(self, row: RowMapping, known: Known, verdict: Verdict) -> None:
        """Leave the traces of a sending that the next judgement looks at, without sending."""
        letter = self._letter(row, known, verdict)
        self._spend(letter)
        self._mark(row, letter)
        self._set(_item.c.id == row["id"], status="sent")

    def judged(self, ids: Sequence[int], worker: str) -> list[tuple[RowMapping, Known, Verdict]]:
        """Judge leased touches; what does not leave now is written down at once."""
        query = select(_item).where(
            _item.c.id.in_(ids), _item.c.lease_by == worker, _item.c.status == "planned"
        )
        rows = self.uow.connection.execute(query.order_by(_item.c.id)).mappings().all()
        if not rows:
            return []
        known = known_facts.gather(self.uow.connection, rows, self.rules, self.now)
        world = self.world()
        found = []
        for row in rows:
            verdict = judge(_touch(row), known[row["id"]].facts, world, self.now)
            if verdict.outcome == "not_sent":
                self._end(row, "suppressed", verdict.reason)
            elif verdict.outcome == "wait":
                self._wait(row, verdict)
            found.append((row, known[row["id"]], verdict))
        return found

    def world(self) -> World:
        """Return what is true of all touches now."""
        quota = known_facts.quota_left(self.uow.connection, self.rules, self.now)
        return World(self.rules, self.configured.templates, quota, self.configured.sms)

    def begin(self, item: int, worker: str) -> Letter | None:
        """Judge one leased touch for the last time and put it on its way; None when it stays.

        Whoever writes to the same customer meanwhile waits for this transaction: the allowance
        is counted and taken in one step.
        """
        judged = self.judged([item], worker) if self._lock(item, worker) else []
        if not judged or judged[0][2].outcome != "send":
            return None
        row, known, verdict = judged[0]
        letter = self._letter(row, known, verdict)
        self._spend(letter)
        if letter.place and not row["attempts"]:
            self._record(letter.place, letter.body["text"])
        self._mark(row, letter)
        return letter

    def _mark(self, row: RowMapping, letter: Letter) -> None:
        self._set(
            _item.c.id == row["id"],
            status="sending",
            way=letter.way,
            cost=cost_of(letter.body["text"]) if letter.way == "custom" else 0,
            sent_at=self.now,
            lease_until=self.now + timedelta(seconds=LEASE_SECONDS),
            attempts=row["attempts"] + 1,
            conversation_id=letter.place.conversation_id
            if letter.place
            else row["conversation_id"],
            customer_id=letter.customer_id,
            body={**row["body"], "text": letter.body["text"]},
            reason="",
        )

    def _record(self, place: Place, text: str) -> None:
        """Let the history tell what we said; it is no contact of the customer's."""
        query = select(_conversation).where(_conversation.c.id == place.conversation_id)
        row = self.uow.connection.execute(query).mappings().one()
        opened = OpenConversation.of({**row, "repeat_of": None})
        said = {"author": "bot", "sent_by": "outbox", "body": {"type": "text", "text": text}}
        self.uow.conversations.record(opened, [said], opened.last_at)

    def _lock(self, item: int, worker: str) -> bool:
        """Lock the customer's conversations and the touch; False when the lease was lost.

        Locked before it is judged: two workers who both believe in their lease must not both
        find the touch planned. Conversations first, as a turn does.
        """
        here = select(_item.c.conversation_id, _item.c.customer_id).where(_item.c.id == item)
        row = self.uow.connection.execute(here).one()
        theirs = [_conversation.c.id == row.conversation_id]
        if row.customer_id is not None:
            theirs.append(_conversation.c.customer_id == row.customer_id)
        places = select(_conversation.c.id).where(or_(*theirs)).order_by(_conversation.c.id)
        self.uow.connection.execute(places.with_for_update())
        mine = select(_item.c.id).where(
            _item.c.id == item, _item.c.lease_by == worker, _item.c.status == "planned"
        )
        return self.uow.connection.execute(mine.with_for_update()).first() is not None

    def _letter(self, row: RowMapping, known: Known, verdict: Verdict) -> Letter:
        kind = self.rules.kinds[row["kind"]]
        made = words.words(known, row, self.now, self.configured.hotline)
        made["text"] = words.text(row, known, self.rules, made, neutral=verdict.neutral)
        place, way = verdict.place, str(verdict.way)
        body: dict[str, Any] = {"type": "text", "text": made["text"], "way": way}
        if way in ("template", "notice"):
            body["template"] = kind.template
            body["data"] = words.template(kind.template, made)
        if way == "sms":
            body |= {"to": known.facts.phone, "signature": self.configured.signature}
        customer = row["customer_id"]
        channel = place.channel if place else way
        return Letter(
            row["id"], row["kind"], way, channel, place.account if place else way,
            place.peer if place else row["peer"], body, row["dedupe_key"], place, customer,
            row["subject"] or _case(row),
        )  # fmt: skip

    def _spend(self, letter: Letter) -> None:
        """Take a call off the day's quota, and a consent off those given."""
        counted = letter.way in self.rules.quota
        if counted and not (letter.way == "custom" and letter.channel != "wechat"):
            spend(self.uow, letter.way, self.now)
        if letter.way == "notice" and letter.place:
            template = str(letter.body["template"])
            notice_grants.spend(self.uow, letter.place.conversation_id, template)

    def settle(self, item: int, status: str, reason: str = "", provider_id: str = "") -> bool:
        """Write down how a touch ended, once."""
        query = select(_item).where(_item.c.id == item, _item.c.status.in_(("sending", "unknown")))
        row = self.uow.connection.execute(query.with_for_update()).mappings().first()
        if row is None:
            return False
        self._end(row, status, reason, provider_id)
        return True

    def close_way(self, item: int, way: str, reason: str) -> None:
        """This way is shut for good: the next rung of the ladder is tried at once."""
        row = self._sending(item)
        if row is None:
            return
        tried = ",".join(sorted({*filter(None, row["tried"].split(",")), way}))
        self._back(row, self.now, f"{way}：{reason}", tried=tried, cost=0)

    def retry(self, item: int, after: timedelta, reason: str) -> None:
        """It certainly did not leave: try again by the table, three times, then a person."""
        row = self._sending(item)
        if row is None:
            return
        if row["way"] == "notice":
            template = self.rules.kinds[row["kind"]].template
            notice_grants.spend(self.uow, row["conversation_id"], template, -1)
        minutes = self.rules.retry_minutes
        if row["attempts"] > len(minutes):
            self.close_way(item, str(row["way"]), f"试了 {row['attempts']} 次：{reason}")
            return
        pause = timedelta(minutes=minutes[row["attempts"] - 1])
        self._back(row, self.now + max(after, pause), reason, cost=0)

    def _sending(self, item: int) -> RowMapping | None:
        query = select(_item).where(_item.c.id == item, _item.c.status == "sending")
        return self.uow.connection.execute(query.with_for_update()).mappings().first()

    def sweep(self) -> int:
        """Find what was on its way when a worker died: unknown, or again where that is better."""
        query = select(_item).where(
            _item.c.status == "sending", _item.c.lease_until < self.now,
            _item.c.kind.in_(sorted(self.rules.kinds)),
        )  # fmt: skip
        locked = query.limit(200).with_for_update(skip_locked=True)
        rows = self.uow.connection.execute(locked).mappings().all()
        for row in rows:
            # A ticket has a key of its own: opening it again opens nothing.
            if self.rules.kinds[row["kind"]].repeat or row["way"] == "task":
                self._back(row, self.now, "结果不明，这一类允许重发")
            else:
                self._end(row, "unknown", LOST)
        return len(rows)

    def finished(self, peer: str, provider_id: str, outcome: str) -> bool:
        """The platform tells how a template message ended (its send-finish event)."""
        query = select(_item).where(
            _item.c.provider_id == provider_id, _item.c.status.in_(("sent", "unknown"))
        )
        row = (
            self.uow.connection.execute(query.limit(1)).mappings().first() if provider_id else None
        )
        row = row or self._lost_one(peer)
        if row is None:
            return False
        if outcome == "success":
            self._end(row, "delivered", "", provider_id)
        else:
            self._end(row, "undeliverable", f"平台回报：{outcome}", provider_id)
        return True

    def _lost_one(self, peer: str) -> RowMapping | None:
        """A template whose answer never came has no id of the platform: the oldest one it is."""
        query = (
            select(_item)
            .join(_conversation, _conversation.c.id == _item.c.conversation_id)
            .where(
                _conversation.c.peer == peer,
                _item.c.status == "unknown",
                _item.c.way.in_(("template", "notice")),
                _item.c.sent_at > self.now - timedelta(days=1),
            )
            .order_by(_item.c.sent_at)
            .limit(1)
        )
        return self.uow.connection.execute(query).mappings().first()

    def _wait(self, row: RowMapping, verdict: Verdict) -> None:
        until = max(verdict.until or self.now, self.now + timedelta(seconds=1))
        self._set(
            _item.c.id == row["id"], lease_by=None, lease_until=None,
            due_at=until, reason=verdict.reason[:255],
        )  # fmt: skip

    def _back(self, row: RowMapping, due_at: datetime, reason: str, **more: Any) -> None:
        self._set(
            _item.c.id == row["id"], status="planned", lease_by=None, lease_until=None,
            due_at=due_at, reason=reason[:255], **more,
        )  # fmt: skip

    def _end(self, row: RowMapping, status: str, reason: str, provider_id: str = "") -> None:
        self._set(
            _item.c.id == row["id"], status=status, lease_by=None, lease_until=None,
            reason=reason[:255], provider_id=provider_id[:128] or row["provider_id"],
        )  # fmt: skip
        waited = max(0, int((self.now - row["created_at"]).total_seconds() * 1000))
        self.uow.ledger.add(
            Happening(
                "outbox", self.now, row["conversation_id"], None, "system", "",
                row["way"] or row["channel"], row["kind"], status, waited,
            )
        )  # fmt: skip

    def _set(self, where: Any, **values: Any) -> None:
        self.uow.connection.execute(update(_item).where(where).values(**values))


def _touch(row: RowMapping) -> Touch:
    term = row["body"].get("term")
    return Touch(
        row["kind"],
        row["priority"],
        row["due_at"],
        row["expires_at"],
        datetime.fromisoformat(term).date() if term else None,
        row["dedupe_key"],
        frozenset(filter(None, row["tried"].split(","))),
        cost_of(str(row["body"].get("text") or "")),
    )


def _case(row: RowMapping) -> str:
    """Return the number of the case that a row is about."""
    return str(row["body"].get("claim") or row["body"].get("application") or "")
