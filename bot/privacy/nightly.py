"""Every night: erasures that waited go on as far as nothing binds any more, and end.

While some business goes on, what it no longer needs goes, and the person is told again. When
nothing binds, they are told first, and the rest goes the night after: whoever is erased cannot be
told anything afterwards. Where only sealed records were left, the last of them ends the request.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import structlog
from sqlalchemy import select

from bot.errors import Refused
from bot.privacy.rights import Rights
from storage.models.case import Ticket
from storage.models.personal import RestrictedRecord
from storage.personal import unfinished
from storage.personal.erasure import Erased
from storage.tickets import TicketBook
from storage.unit_of_work import UnitOfWork

log = structlog.get_logger()


def resume(rights: Rights, as_of: datetime, *, dry_run: bool = False) -> list[str]:
    """Return a line for every erasure that goes on tonight."""
    waiting = rights.ways.read(
        lambda uow: [(t.number, dict(t.facts)) for t in unfinished.open_ones(uow.session)]
    )
    lines = [_tried(rights, number, facts, as_of, dry=dry_run) for number, facts in waiting]
    return [line for line in lines if line]


def _tried(rights: Rights, number: str, facts: dict[str, Any], now: datetime, *, dry: bool) -> str:
    """What cannot go on is told; it must not keep the others waiting."""
    try:
        return _one(rights, number, facts, now, dry=dry)
    except Refused as refused:
        return f"{number}：没能接着办（{refused}）"
    except Exception:
        log.exception("erasure.failed", request=number)
        return f"{number}：没能接着办（系统出错，日志里有原因），明晚再试"


def _one(rights: Rights, number: str, facts: dict[str, Any], now: datetime, *, dry: bool) -> str:
    if not facts.get("partly"):
        return _sealed(rights, number, now, dry=dry)
    if _bound_elsewhere(rights, facts, now):
        return ""
    would = rights.plan(number)
    if would.partly:
        return _shrunk(rights, number, facts, would, dry=dry)
    told = facts.get("told")
    if told is None:
        reached = True if dry else _announce(rights, number, would, now)
        if reached:
            return f"{number}：没有要保留的业务了，已告诉客户，明晚删完"
    elif date.fromisoformat(str(told)) >= now.date():
        return ""  # run twice in one night: the person has the day they were promised
    if not dry:
        rights.go_on(number)
    return f"{number}：删完" + ("，法定存档的到期再删" if _seals(would) else "，办结")


def _bound_elsewhere(rights: Rights, facts: dict[str, Any], now: datetime) -> bool:
    """What the core system told is not kept for long: a contract there binds until it ends."""
    if rights.settings.policy_source.kind == "own":
        return False
    kept = [i for i in facts["left"] if (i["kind"], i["fate"]) == ("policy", "keep")]
    return any(i["until"] and date.fromisoformat(i["until"]) >= now.date() for i in kept)


def _seals(would: Erased) -> bool:
    return any(v.fate == "restrict" for v in would.found)


def _shrunk(rights: Rights, number: str, facts: dict[str, Any], would: Erased, *, dry: bool) -> str:
    """Something that was bound is free: its traces go now, and the person is told what is left."""
    if unfinished.binding(would) == unfinished.bound_before(facts):
        return ""
    if not dry:
        rights.go_on(number)
    return f"{number}：又有业务办完，接着删了一部分"


def _announce(rights: Rights, number: str, would: Erased, now: datetime) -> bool:
    def work(uow: UnitOfWork, ticket: Ticket) -> bool:
        said = unfinished.announced(number, would)
        if not rights.tell(uow, ticket, f"{number}:announced", said):
            return False
        ticket.facts = {**ticket.facts, "told": now.date().isoformat()}
        _book(rights, uow, now).note(ticket, "announced", {})
        return True

    return _changed(rights, number, work)


def _sealed(rights: Rights, number: str, now: datetime, *, dry: bool) -> str:
    """The sealed records go by their day; with the last of them the request is done."""
    query = select(RestrictedRecord.id).where(RestrictedRecord.subject == number).limit(1)
    if rights.ways.read(lambda uow: uow.session.scalar(query)) is not None:
        return ""

    def work(uow: UnitOfWork, ticket: Ticket) -> bool:
        ticket.facts = {"done": True, "partly": False}
        _book(rights, uow, now).move(ticket, "done", note="依法存档的资料到期，已全部删除")
        return True

    if not dry:
        _changed(rights, number, work)
    return f"{number}：依法存档的到期，办结"


def _changed(rights: Rights, number: str, work: Callable[[UnitOfWork, Ticket], bool]) -> bool:
    def transaction(uow: UnitOfWork) -> bool:
        ticket = _book(rights, uow, rights.now()).locked(number)
        if ticket is None or ticket.status != unfinished.STATUS:
            return False
        return work(uow, ticket)

    return rights.ways.run(transaction)


def _book(rights: Rights, uow: UnitOfWork, now: datetime) -> TicketBook:
    return TicketBook(uow, rights.cipher, rights.settings, now, rights.actor)
