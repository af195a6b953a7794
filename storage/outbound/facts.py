"""Gathers what touches are judged by, for a batch at a time: a handful of statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, RowMapping, Select, func, select

from storage.models.base import table_of
from storage.models.conversation import Message
from storage.models.outbox import OutboxItem
from storage.outbound import fact_queries, leading_policies
from storage.outbound.core_policies import PolicyRow, needs
from storage.outbound.judge import Facts, Place, PolicyFacts
from storage.outbound.letters import CoreLead
from storage.rules import claim_states, complaint_states
from storage.rules.outbound import Rules

_item, _message = table_of(OutboxItem), table_of(Message)
_TAPS = ("subscribe", "scan")
_RECENT = 12
SKEW = timedelta(seconds=10)


@dataclass(frozen=True)
class Known:
    """What is known of one touch beside the facts: what its words need."""

    facts: Facts
    name: str = ""
    policy: PolicyRow | None = None


def gather(
    connection: Connection,
    rows: Sequence[RowMapping],
    rules: Rules,
    now: datetime,
    core: CoreLead | None = None,
) -> dict[int, Known]:
    """Return what is known of each row of the outbox, by its id."""
    told = leading_policies.told(connection, rows, rules, now, core)
    places = _places(connection, rows)
    customers = {r["customer_id"] for r in rows if r["customer_id"] is not None}
    customers |= {p["customer_id"] for found in places.values() for p in found} - {None}
    persons = _persons(connection, customers)
    elsewhere = _conversations_of(connection, customers)
    here = {p["id"] for found in places.values() for p in found}.union(*elsewhere.values())
    about = _About(connection, here, persons, now)
    lately = _lately(connection, customers, rules, now)
    stops = _stops(connection)
    open_claims = _open_claims(connection, {_case_of(r) for r in rows} - {""})
    found = {}
    for row in rows:
        mine = places[row["id"]]
        who = _who(row, mine)
        person = persons.get(who) if who is not None else None
        # A wish said on the web page holds for the account on WeChat too: it is one person.
        said = {p["id"] for p in mine} | elsewhere.get(who or 0, set())
        facts = about.facts(sorted(said), person)
        policy = told.policies.get(row["subject"] or "")
        found[row["id"]] = Known(
            replace(
                facts,
                policy=_policy_facts(policy),
                unchecked=row["customer_id"] in told.unchecked and needs(row, rules),
                places=tuple(about.place(p, rules) for p in mine),
                phone=str(row["body"].get("to") or (person["phone"] if person else "")),
                claim_open=open_claims.get(_case_of(row)),
                lately=lately.get(who, {}) if who is not None else {},
                stopped=stops.get(row["kind"], ""),
            ),
            name=str(person["name"]) if person else "",
            policy=policy,
        )
    return found


def _case_of(row: RowMapping) -> str:
    return str(row["body"].get("claim") or "")


def _who(row: RowMapping, places: Sequence[RowMapping]) -> int | None:
    if row["customer_id"] is not None:
        return int(row["customer_id"])
    return next((p["customer_id"] for p in places if p["customer_id"] is not None), None)


def _policy_facts(row: PolicyRow | None) -> PolicyFacts | None:
    if row is None:
        return None
    return PolicyFacts(
        row["status"], row["ends_on"], row["payment"], bool(row["renewed"]), row["line"]
    )


def _places(connection: Connection, rows: Sequence[RowMapping]) -> dict[int, list[RowMapping]]:
    """Return the conversations of each row: its own, else those bound to the customer."""
    own = {r["conversation_id"] for r in rows if r["conversation_id"] is not None}
    customers = {r["customer_id"] for r in rows if r["customer_id"] is not None}
    both = {"ids": list(own), "numbers": list(customers)}
    by_id: dict[int, RowMapping] = {}
    by_customer: dict[int, list[RowMapping]] = defaultdict(list)
    for found in connection.execute(fact_queries.PLACES, both).mappings():
        by_id[found["id"]] = found
        # Whoever left a web page does not read it: only lasting channels are written to.
        if found["customer_id"] is not None and found["channel"] in ("wechat", "telegram"):
            by_customer[found["customer_id"]].append(found)
    return {
        r["id"]: [by_id[r["conversation_id"]]]
        if r["conversation_id"] in by_id
        else by_customer.get(r["customer_id"], [])
        for r in rows
    }


def _conversations_of(connection: Connection, customers: Iterable[int]) -> dict[int, set[int]]:
    """Return all conversations of each customer, on whatever channel."""
    found: dict[int, set[int]] = defaultdict(set)
    for customer, conversation in connection.execute(
        fact_queries.CONVERSATIONS, {"ids": list(customers)}
    ):
        found[customer].add(conversation)
    return found


def _persons(connection: Connection, ids: Iterable[int]) -> dict[int, RowMapping]:
    found = connection.execute(fact_queries.PERSONS, {"ids": list(ids)}).mappings()
    return {row["id"]: row for row in found}


def _lately(
    connection: Connection, customers: Iterable[int], rules: Rules, now: datetime
) -> dict[int, dict[str, list[datetime]]]:
    longest = max(cap.hours for cap in rules.caps.values())
    kinds = sorted({kind for cap in rules.caps.values() for kind in cap.kinds})
    asked = {"ids": list(customers), "since": now - timedelta(hours=longest), "kinds": kinds}
    found: dict[int, dict[str, list[datetime]]] = defaultdict(lambda: defaultdict(list))
    for customer, kind, at in connection.execute(fact_queries.LATELY, asked):
        found[customer][kind].append(at)
    return found


def _stops(connection: Connection) -> dict[str, str]:
    return {row.kind: row.reason or "人工停发" for row in connection.execute(fact_queries.STOPS)}


def _open_claims(connection: Connection, numbers: Iterable[str]) -> dict[str, bool]:
    over = claim_states.machine().over
    found = connection.execute(fact_queries.CLAIMS, {"numbers": list(numbers)})
    return {row.number: row.status not in over for row in found}


class _About:
    """What is true of conversations and persons: wishes, consents, open cases, allowances."""

    def __init__(
        self,
        connection: Connection,
        here: Iterable[int],
        persons: Mapping[int, RowMapping],
        now: datetime,
    ) -> None:
        self._connection = connection
        self._here = list(here)
        blinds = [p["phone_blind"] for p in persons.values()]
        self._now = now
        self._stopped = self._opted_out()
        self._agreed = self._consents()
        self._grants = self._granted()
        self._complaints = self._cases(
            fact_queries.OPEN_COMPLAINTS, complaint_states.machine().over, blinds
        )
        self._claims = self._cases(fact_queries.OPEN_CLAIMS, claim_states.machine().over, blinds)

    def _opted_out(self) -> dict[int, set[str]]:
        found: dict[int, set[str]] = defaultdict(set)
        for here, what in self._connection.execute(fact_queries.OPT_OUTS, {"ids": self._here}):
            found[here].add(what)
        return found

    def _consents(self) -> list[Any]:
        return list(self._connection.execute(fact_queries.CONSENTS, {"ids": self._here}))

    def _agreed_to(self, here: Sequence[int]) -> frozenset[str]:
        """The newest word counts, wherever it was said: it is one person."""
        newest = {row.code: row.given for row in self._agreed if row.conversation_id in here}
        return frozenset(code for code, given in newest.items() if given)

    def _granted(self) -> dict[int, dict[str, int]]:
        found: dict[int, dict[str, int]] = defaultdict(dict)
        for row in self._connection.execute(fact_queries.GRANTS, {"ids": self._here}):
            found[row.conversation_id][row.template] = row.left
        return found

    def _cases(self, query: Select[Any], over: Iterable[str], blinds: Sequence[str]) -> list[Any]:
        asked = {"over": sorted(over), "ids": self._here, "blinds": blinds}
        return list(self._connection.execute(query, asked))

    def facts(self, here: Sequence[int], person: RowMapping | None) -> Facts:
        """Return what is true of a customer in some conversations."""
        blind = person["phone_blind"] if person else None

        def theirs(case: Any) -> bool:
            return case.conversation_id in here or (blind is not None and case.phone_blind == blind)

        complaints = [case for case in self._complaints if theirs(case)]
        return Facts(
            opted_out=frozenset().union(*(self._stopped.get(i, set()) for i in here)),
            consents=self._agreed_to(here),
            urgent_complaint=any(case.severity in ("P0", "P1") for case in complaints),
            open_complaint=bool(complaints),
            open_claim=any(map(theirs, self._claims)),
        )

    def place(self, row: RowMapping, rules: Rules) -> Place:
        """Return a conversation as a place to write to, on WeChat with its allowance."""
        plain = Place(
            row["id"],
            row["channel"],
            row["account"],
            row["peer"],
            row["subscribed"],
            grants=self._grants.get(row["id"], {}),
        )
        return (
            metered(self._connection, plain, rules, self._now)
            if row["channel"] == "wechat"
            else plain
        )


def metered(connection: Connection, place: Place, rules: Rules, now: datetime) -> Place:
    """Return a WeChat conversation with its allowance as of now; agents' messages count too."""
    since = now - timedelta(seconds=rules.allowance.message.seconds)
    query = (
        select(_message.c.body, _message.c.at)
        .where(
            _message.c.conversation_id == place.conversation_id,
            _message.c.author == "customer",
            _message.c.at > since,
        )
        .order_by(_message.c.seq.desc())
        .limit(_RECENT)
    )
    wrote = tapped = None
    for body, at in connection.execute(query):
        if is_tap(body):
            tapped = tapped or at
        elif not body.get("event"):
            wrote = wrote or at
    return replace(
        place,
        wrote_at=wrote,
        used=_used(connection, place, wrote),
        tapped_at=tapped,
        used_since_tap=_used(connection, place, tapped),
    )


def is_tap(body: Mapping[str, Any]) -> bool:
    """Tell whether a customer only touched something: that opens less than a word does."""
    return (event := str(body.get("event") or "")) in _TAPS or event.startswith("click:")


def _used(connection: Connection, place: Place, since: datetime | None) -> int:
    """Return how many customer-service messages left since then, whoever wrote them."""
    if since is None:
        return 0
    query = select(func.coalesce(func.sum(_item.c.cost), 0)).where(
        _item.c.conversation_id == place.conversation_id,
        _item.c.way == "custom",
        # Between the platform's clock and ours a message may count for either action.
        _item.c.sent_at >= since - SKEW,
    )
    return int(connection.execute(query).scalar() or 0)


def minute_of(now: datetime) -> int:
    """Return the minute of the day that the platform counts a call for."""
    return now.hour * 60 + now.minute


class Left(NamedTuple):
    """What is left of each quota: of the day, and of this minute."""

    today: dict[str, int]
    minute: dict[str, int]


def left(connection: Connection, rules: Rules, now: datetime) -> Left:
    """Return what is left of the quotas."""
    rows = connection.execute(fact_queries.USE, {"today": now.date()}).all()
    today = {row.way: row.used for row in rows}
    minute = {row.way: row.used_in_minute for row in rows if row.minute == minute_of(now)}
    return Left(
        {way: most - today.get(way, 0) for way, most in rules.quota.items()},
        {way: most - minute.get(way, 0) for way, most in rules.minute_quota.items()},
    )
