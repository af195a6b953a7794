"""What members of staff are told, once each, until they have seen it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage.models.base import table_of
from storage.models.report import StaffNotice
from storage.models.staff import StaffUser
from storage.unit_of_work import UnitOfWork

_notice = table_of(StaffNotice)


class News(NamedTuple):
    """What there is to know; ``key`` tells one and the same piece of news."""

    key: str
    text: str
    path: str


def tell(uow: UnitOfWork, roles: Iterable[str], news: News, now: datetime) -> list[str]:
    """Tell everybody of these roles who still works here, once; return their names."""
    query = select(StaffUser.name).where(
        StaffUser.role.in_(sorted(roles)), StaffUser.disabled_at.is_(None)
    )
    people = list(uow.session.scalars(query.order_by(StaffUser.name)))
    dialect = postgresql if uow.connection.dialect.name == "postgresql" else sqlite
    rows = [{"person": name, "at": now, **news._asdict()} for name in people]
    if rows:
        uow.connection.execute(dialect.insert(_notice).on_conflict_do_nothing(), rows)
    return people


def unseen(uow: UnitOfWork, person: str) -> int:
    """Return how much a person has not seen."""
    query = select(func.count()).where(StaffNotice.person == person, StaffNotice.seen_at.is_(None))
    return int(uow.session.scalar(query) or 0)


def of(uow: UnitOfWork, person: str, limit: int = 20) -> Sequence[StaffNotice]:
    """Return a person's notices, the newest first."""
    query = select(StaffNotice).where(StaffNotice.person == person)
    return uow.session.scalars(query.order_by(StaffNotice.id.desc()).limit(limit)).all()


def seen(uow: UnitOfWork, person: str, path: str, now: datetime) -> None:
    """Note that a person has opened the page that notices lead to."""
    query = update(_notice).where(
        _notice.c.person == person, _notice.c.path == path, _notice.c.seen_at.is_(None)
    )
    uow.connection.execute(query.values(seen_at=now))


"""Notices for staff: each cause once, in the transaction of its cause; never commits."""


from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.settings import Webhook
from storage import claims_hooks
from storage.models.notice import StaffNotice

LEAD, TRAINER, CLAIMS = "supervisor", "trainer", "claims"
EVENT = "staff.notice"


@dataclass(frozen=True)
class Word:
    """What staff are told: for whom, in which words; ``key`` names the cause."""

    kind: str
    role: str
    title: str
    lines: Sequence[str]
    data: Mapping[str, Any]


def put(uow: UnitOfWork, word: Word, now: datetime, hooks: Sequence[Webhook] = ()) -> bool:
    """Tell staff, and the systems that listen; False when they were told of this cause before."""
    values = {
        "key": word.key[:128], "kind": word.kind, "role": word.role, "title": word.title[:128],
        "lines": list(word.lines), "data": dict(word.data), "at": now,
    }  # fmt: skip
    made = uow.connection.execute(
        dialect.insert(_notice)
        .values(values)
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(_notice.c.id)
    )
    if made.first() is None:
        return False
    body = {"notice": word.kind, "title": word.title, "role": word.role, "lines": list(word.lines)}
    claims_hooks.publish(uow, hooks, EVENT, f"staff:{word.role}", body, now)
    return True


def newest(
    uow: UnitOfWork, roles: Sequence[str] = (), kind: str = "", limit: int = 50
) -> Sequence[StaffNotice]:
    """Return notices, newest first; of some roles or a kind where these are named."""
    query = select(StaffNotice).order_by(StaffNotice.at.desc(), StaffNotice.id.desc())
    if roles:
        query = query.where(StaffNotice.role.in_(roles))
    if kind:
        query = query.where(StaffNotice.kind == kind)
    return uow.session.scalars(query.limit(limit)).all()
