"""The life of a touch: taken, judged, on its way. Only what is on its way may be unknown.

A touch is leased while it is still ``planned`` and becomes ``sending`` in a transaction of its own
right before the call. A worker that dies earlier has sent nothing, so another one may take it; one
that dies later leaves a touch whose outcome nobody knows, and that is not sent again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, RowMapping, bindparam, or_, select, update

from storage import notice_grants
from storage.conversations import OpenConversation
from storage.models.base import table_of
from storage.models.conversation import Conversation
from storage.models.outbox import OutboxItem
from storage.outbound import core_policies, taking, words
from storage.outbound import facts as known_facts
from storage.outbound.ends import Ends
from storage.outbound.facts import Known, Left
from storage.outbound.judge import Touch, Verdict, World, judge
from storage.outbound.letters import LEASE_SECONDS, Begun, Letter
from storage.outbound.meter import CROWD, cost_of, hold, spend

_item, _conversation = table_of(OutboxItem), table_of(Conversation)
Judged = tuple[RowMapping, Known, Verdict]
Leaving = tuple[RowMapping, Letter]
_MARK = ("way", "cost", "attempts", "conversation_id", "customer_id", "body")
_ids: BindParameter[int] = bindparam("ids", expanding=True)
_WHO = select(_item.c.conversation_id, _item.c.customer_id).where(_item.c.id.in_(_ids))
_ITEMS = select(_item).where(_item.c.id.in_(_ids))
_CONVERSATIONS = select(_conversation).where(_conversation.c.id.in_(_ids))
_THEIRS = (
    select(_conversation.c.id)
    .where(
        or_(
            _conversation.c.id.in_(_ids),
            _conversation.c.customer_id.in_(bindparam("customers", expanding=True)),
        )
    )
    .order_by(_conversation.c.id)
    .with_for_update()
)
_BOUND = select(_conversation.c.id, _conversation.c.customer_id).where(
    _conversation.c.id.in_(_ids), _conversation.c.customer_id.is_not(None)
)
_LEAVES = (
    update(_item)
    .where(_item.c.id == bindparam("item"))
    .values(
        status=bindparam("new_status"), sent_at=bindparam("new_sent_at"), reason="",
        lease_until=bindparam("new_lease_until"),
        **{name: bindparam(f"new_{name}") for name in _MARK},
    )
)  # fmt: skip


class Touches(Ends):
    """The touches of one transaction; never commits."""

    # What was left of the quotas when it was last asked, until something is spent.
    _left: Left | None = None

    def take(self, worker: str, seconds: int, limit: int) -> list[int]:
        """Lease due touches, the urgent first, one at a time for each customer."""
        return taking.take(self.uow.connection, self.rules, worker, self.now, seconds, limit)

    def to_ask(self, ids: Sequence[int]) -> list[core_policies.Whom]:
        """Return those whom the core system is to be asked about first."""
        if self.configured.core is None:
            return []
        rows = self.uow.connection.execute(select(_item).where(_item.c.id.in_(ids))).mappings()
        return core_policies.to_ask(
            self.uow.connection, rows.all(), self.rules, self.now, self.configured.core
        )

    def lend(self, ids: Sequence[int], worker: str) -> None:
        """Lease these touches, due or not, for a rehearsal."""
        until = self.now + timedelta(seconds=LEASE_SECONDS)
        self._set(_item.c.id.in_(ids), lease_by=worker, lease_until=until)

    def pretend(self, judged: Sequence[Judged]) -> None:
        """Leave the traces of sendings that the next judgement looks at, without sending."""
        letters = [(row, self.letter(row, known, verdict)) for row, known, verdict in judged]
        self._spend([letter for _, letter in letters])
        self._mark(letters, "sent")

    def judged(self, ids: Sequence[int], worker: str) -> list[Judged]:
        """Judge leased touches; what does not leave now is written down at once."""
        found = self.uow.connection.execute(_ITEMS.order_by(_item.c.id), {"ids": ids}).mappings()
        rows = [row for row in found if _is_of(row, worker)]
        return self._judge(rows) if rows else []

    def _judge(self, rows: Sequence[RowMapping]) -> list[Judged]:
        known = known_facts.gather(
            self.uow.connection, rows, self.rules, self.now, self.configured.core
        )
        world = self.world()
        found = [
            (row, known[row["id"]], judge(_touch(row), known[row["id"]].facts, world, self.now))
            for row in rows
        ]
        self._end([(r, "suppressed", v.reason, "") for r, _, v in found if v.outcome == "not_sent"])
        self._wait([(r, v) for r, _, v in found if v.outcome == "wait"])
        return found

    def world(self) -> World:
        """Return what is true of all touches now."""
        left = self._left = self._left or known_facts.left(
            self.uow.connection, self.rules, self.now
        )
        ways = self.configured
        return World(self.rules, ways.templates, left.today, ways.sms, left.minute)

    def short_of_quota(self, count: int) -> bool:
        """Tell whether so many touches might use a quota up: they are judged one by one then."""
        quota, kept, world = self.rules.quota, self.rules.reserve.share, self.world()
        near = [world.minute[way] for way in world.minute]
        for way, left in world.quota.items():
            near += [left, left - int(quota[way] * kept)]
        return any(0 < left <= max(count, CROWD) for left in near)

    def begin(self, ids: Sequence[int], worker: str) -> Begun:
        """Judge leased touches for the last time and put those that leave on their way.

        Whoever writes to the same customers meanwhile waits for this transaction: allowances
        are counted and taken in one step.
        """
        letters: list[Letter] = []
        stayed: list[str] = []
        for rows in self._apart(self._lock(ids, worker)):
            judged = self._judge(rows)
            leaving = [(r, self.letter(r, k, v)) for r, k, v in judged if v.outcome == "send"]
            self.put_on_way(leaving)
            letters += [letter for _, letter in leaving]
            stayed += [row["kind"] for row, _, verdict in judged if verdict.outcome == "not_sent"]
        return Begun(letters, stayed)

    def put_on_way(self, leaving: Sequence[Leaving]) -> None:
        """Write down that these letters are on their way."""
        self._record([letter for row, letter in leaving if not row["attempts"]])
        self._mark(leaving, "sending")
        # Last: all workers count on the same rows.
        self._spend([letter for _, letter in leaving])

    def _mark(self, leaving: Sequence[Leaving], status: str) -> None:
        if not leaving:
            return
        until = self.now + timedelta(seconds=LEASE_SECONDS)
        same = {"new_status": status, "new_sent_at": self.now, "new_lease_until": until}
        marks = [_marks(row, letter) | same for row, letter in leaving]
        self.uow.connection.execute(_LEAVES, marks)

    def _record(self, letters: Sequence[Letter]) -> None:
        """Let the history tell what we said; it is no contact of the customer's."""
        said = {one.place.conversation_id: one.body for one in letters if one.place}
        if not said:
            return
        rows = self.uow.connection.execute(_CONVERSATIONS, {"ids": list(said)}).mappings()
        for row in rows.all():
            opened = OpenConversation.of({**row, "repeat_of": None})
            names = ("type", "text", "buttons")
            body = {name: said[row["id"]][name] for name in names if name in said[row["id"]]}
            line = {"author": "bot", "sent_by": "outbox", "body": body}
            self.uow.conversations.record(opened, [line], opened.last_at)

    def _lock(self, ids: Sequence[int], worker: str) -> list[RowMapping]:
        """Lock the customers' conversations and the touches; return those still ours.

        Locked before they are judged: two workers who both believe in their lease must not both
        find a touch planned. Conversations first and in order, as turns do.
        """
        execute = self.uow.connection.execute
        rows = execute(_WHO, {"ids": ids}).all()
        here = {row.conversation_id for row in rows} - {None}
        customers = {row.customer_id for row in rows} - {None}
        execute(_THEIRS, {"ids": list(here), "customers": list(customers)})
        found = execute(_ITEMS.with_for_update(), {"ids": ids}).mappings()
        return sorted((row for row in found if _is_of(row, worker)), key=_urgency)

    def _apart(self, rows: Sequence[RowMapping]) -> Iterator[list[RowMapping]]:
        """Yield touches that may be judged together: what one takes is not the other's."""
        if self.short_of_quota(len(rows)):
            hold(self.uow, self.rules.quota, self.now)
            self._left = None
            yield from ([row] for row in rows)
            return
        owners = self._owners(rows)
        part: dict[object, RowMapping] = {}
        for row in rows:
            if owners[row["id"]] in part:
                yield list(part.values())
                part = {}
            part[owners[row["id"]]] = row
        if part:
            yield list(part.values())

    def _owners(self, rows: Sequence[RowMapping]) -> dict[int, object]:
        """Return for each touch the customer, or the conversation of somebody unknown."""
        here = {row["conversation_id"] for row in rows} - {None}
        found = self.uow.connection.execute(_BOUND, {"ids": list(here)})
        bound = {row.id: row.customer_id for row in found}
        return {
            row["id"]: row["customer_id"]
            or bound.get(row["conversation_id"])
            or f"conversation {row['conversation_id']}"
            for row in rows
        }

    def letter(self, row: RowMapping, known: Known, verdict: Verdict) -> Letter:
        """Return the words of a touch and the way they take."""
        kind = self.rules.kinds[row["kind"]]
        made = words.words(known, row, self.now, self.configured.hotline)
        made["text"] = words.text(row, known, self.rules, made, self.now, neutral=verdict.neutral)
        place, way = verdict.place, str(verdict.way)
        body: dict[str, Any] = {"type": "text", "text": made["text"], "way": way}
        if way in ("template", "notice"):
            body["template"] = kind.template
            body["data"] = words.template(kind.template, made)
        if way == "custom" and row["body"].get("buttons"):
            body["buttons"] = list(row["body"]["buttons"])
        if way == "sms":
            body |= {"to": known.facts.phone, "signature": self.configured.signature}
        customer = row["customer_id"]
        channel = place.channel if place else way
        return Letter(
            row["id"], row["kind"], way, channel, place.account if place else way,
            place.peer if place else row["peer"], body, row["dedupe_key"], place, customer,
            row["subject"] or _case(row),
        )  # fmt: skip

    def _spend(self, letters: Sequence[Letter]) -> None:
        """Take the calls off the day's quotas, and the consents off those given."""
        calls = Counter(
            letter.way
            for letter in letters
            if letter.way in self.rules.quota
            and not (letter.way == "custom" and letter.channel != "wechat")
        )
        self._left = None
        for way in sorted(calls):
            spend(self.uow, way, self.now, calls[way])
        for letter in letters:
            if letter.way == "notice" and letter.place:
                template = str(letter.body["template"])
                notice_grants.spend(self.uow, letter.place.conversation_id, template)


def _marks(row: RowMapping, letter: Letter) -> dict[str, Any]:
    place, said = letter.place, letter.body["text"]
    return {
        "item": row["id"],
        "new_way": letter.way,
        "new_cost": cost_of(said) if letter.way == "custom" else 0,
        "new_attempts": row["attempts"] + 1,
        "new_conversation_id": place.conversation_id if place else row["conversation_id"],
        "new_customer_id": letter.customer_id,
        "new_body": {**row["body"], "text": said},
    }


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


def _is_of(row: RowMapping, worker: str) -> bool:
    """Tell whether a touch is still its worker's to send.

    Asked of the rows, not in the query: SQLite would look through all that is planned.
    """
    return bool(row["lease_by"] == worker and row["status"] == "planned")


def _urgency(row: RowMapping) -> tuple[int, datetime, int]:
    return row["priority"], row["due_at"], row["id"]
