"""Erase one person; what the law makes us keep is sealed away first, and only that.

Either some business is going on: then only what has nothing to do with it goes, and the rest is
told with its reason. Or nothing is: then every table is cleared, and records that are still
bound lie encrypted in ``restricted_record``, used for nothing, until their day.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from storage.models.base import table_of
from storage.models.case import CaseEvent
from storage.models.customer import AccessLog, OptOut
from storage.models.personal import RestrictedRecord
from storage.models.policy import Policy
from storage.personal import person as people
from storage.personal.declaration import TableRule, rules
from storage.personal.export import plain
from storage.personal.person import Person, chunks
from storage.personal.verdicts import Verdict, kept, verdicts

# What is still on its way belongs to the business that goes on.
_UNSENT = ("due", "planned")
_OF_A_CASE = (
    "application_payment",
    "case_event",
    "claim_document",
    "complaint_party",
    "service_document",
)
_TIED_TO_TALK = ("message", "media", "kb_miss")


@dataclass
class Erased:
    """What was done. ``files`` are media to remove, ``restricted`` counts sealed records."""

    partly: bool
    found: Sequence[Verdict]
    rows: dict[str, int] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    restricted: int = 0
    emptied: dict[str, list[int]] = field(default_factory=dict)


def plan(session: Session, person: Person, now: datetime, request: str) -> Erased:
    """Return what would be done."""
    found = verdicts(session, person, now.date(), request)
    return Erased(kept(found), found)


def erase(session: Session, person: Person, now: datetime, request: str) -> Erased:
    """Do it inside the caller's transaction; the caller removes the files before it commits."""
    done = plan(session, person, now, request)
    busy = {v.conversation for v in done.found if v.fate == "keep" and v.conversation}
    open_cases = {v.key for v in done.found if v.fate == "keep"}
    sealed: set[str] = set()
    if not done.partly:
        sealed = _seal(session, person, now, request, done)
    _clear(session, person, request, done, (busy, open_cases, sealed))
    if done.partly:
        _stop_marketing(session, person, now)
    return done


def _clear(
    session: Session,
    person: Person,
    request: str,
    done: Erased,
    spared: tuple[set[int], set[str], set[str]],
) -> None:
    busy, open_cases, sealed = spared
    for rule in rules().values():
        if not rule.personal or rule.erase == "none" or (done.partly and not _goes(rule)):
            continue
        found = people.rows(session, rule, person)
        if rule.table.name in _TIED_TO_TALK:
            found = [row for row in found if row["conversation_id"] not in busy]
        if rule.table.name == "media":
            found = [row for row in found if row["case_number"] not in open_cases]
            done.files += [
                row["path"] for row in found if row["path"] and row["path"] not in sealed
            ]
        if rule.table.name == "outbox_item" and done.partly:
            found = [row for row in found if row["status"] not in _UNSENT]
        if rule.table.name == "ticket":
            found = [row for row in found if row["number"] != request]
        done.rows[rule.title] = len(found)
        if rule.table.name in (AccessLog.__tablename__, CaseEvent.__tablename__):
            done.emptied[rule.table.name] = [int(row["id"]) for row in found]
        _remove(session, rule, person, found)


def _goes(rule: TableRule) -> bool:
    """While business is going on, only traces that have nothing to do with it go."""
    return rule.always or rule.table.name == "media"


def _remove(
    session: Session, rule: TableRule, person: Person, found: Sequence[Mapping[str, Any]]
) -> None:
    key = next(iter(rule.table.primary_key))
    if rule.erase == "mask":
        column = rule.table.c[rule.search]
        for row in found:
            values = {column.name: person.masked(str(row[column.name]))}
            session.execute(update(rule.table).where(key == row[key.name]).values(values))
        return
    if rule.erase != "delete":
        for row in found:
            session.execute(update(rule.table).where(key == row[key.name]).values(_blank(rule)))
        return
    for part in chunks(row[key.name] for row in found):
        session.execute(delete(rule.table).where(key.in_(part)))


def _blank(rule: TableRule) -> dict[str, Any]:
    """Return the values that take the place of what is erased; a name must stay one of its own."""
    values = dict(rule.erase) if isinstance(rule.erase, Mapping) else {}
    return {
        name: f"erased:{secrets.token_hex(12)}" if value == "*" else value
        for name, value in values.items()
    }


def _seal(session: Session, person: Person, now: datetime, request: str, done: Erased) -> set[str]:
    """Put every bound record into an envelope of its own; return the files that belong to one."""
    holders = _all(session, "customer", person)
    files: set[str] = set()
    for verdict in done.found:
        if verdict.fate != "restrict" or verdict.until is None:
            continue
        body = {"customer": holders} | _envelope(session, verdict)
        paths = {row["path"] for row in body.get("media", []) if row["path"]}
        files |= paths
        session.add(
            RestrictedRecord(
                subject=request,
                kind=verdict.kind,
                body=body | {"number": verdict.key, "files": sorted(paths)},
                reason=verdict.reason[:128],
                keep_until=verdict.until,
                created_at=now,
            )
        )
        done.restricted += 1
    session.flush()
    return files


def _envelope(session: Session, verdict: Verdict) -> dict[str, list[dict[str, Any]]]:
    """Return the record with all that belongs to it, as JSON by table."""
    if verdict.kind == "policy":
        query = select(Policy.id).where(Policy.number == verdict.key)
        about = Person(policies={verdict.key}, policy_ids=set(session.scalars(query)))
        names = {"payment": about}
        own = _picked(session, "policy", "number", verdict.key)
    else:
        about = Person(cases={verdict.key})
        names = dict.fromkeys(_OF_A_CASE, about)
        own = _picked(session, verdict.kind, "number", verdict.key)
        talk = Person(conversations={verdict.conversation} if verdict.conversation else set())
        names["message"] = talk
    whole = {verdict.kind: own} | {name: _all(session, name, who) for name, who in names.items()}
    if verdict.kind != "policy":
        whole["media"] = _picked(session, "media", "case_number", verdict.key)
    return whole


def _all(session: Session, table: str, person: Person) -> list[dict[str, Any]]:
    return [_json(row) for row in people.rows(session, rules()[table], person)]


def _picked(session: Session, name: str, column: str, key: str) -> list[dict[str, Any]]:
    table = rules()[name].table
    found = session.execute(select(table).where(table.c[column] == key)).mappings()
    return [_json(dict(row)) for row in found]


def _json(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: plain(value) for name, value in row.items()}


def _stop_marketing(session: Session, person: Person, now: datetime) -> None:
    """What must stay is stored and used for the business that is going on, and for nothing else."""
    table = table_of(OptOut)
    for conversation in person.conversations:
        have = set(
            session.scalars(select(OptOut.category).where(OptOut.conversation_id == conversation))
        )
        for category in {"marketing", "survey", "renewal"} - have:
            values = {"conversation_id": conversation, "category": category, "at": now}
            session.execute(table.insert().values(values))


def expired(session: Session, today: Any, limit: int) -> Iterator[RestrictedRecord]:
    """Yield sealed records whose day has come."""
    query = select(RestrictedRecord).where(RestrictedRecord.keep_until <= today)
    yield from session.scalars(query.order_by(RestrictedRecord.id).limit(limit))
