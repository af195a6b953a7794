"""What members of staff are told, once each, until they have seen it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage.models.base import table_of
from storage.models.report import PersonalNotice
from storage.models.staff import StaffUser
from storage.unit_of_work import UnitOfWork

_notice = table_of(PersonalNotice)


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
    query = select(func.count()).where(
        PersonalNotice.person == person, PersonalNotice.seen_at.is_(None)
    )
    return int(uow.session.scalar(query) or 0)


def of(uow: UnitOfWork, person: str, limit: int = 20) -> Sequence[PersonalNotice]:
    """Return a person's notices, the newest first."""
    query = select(PersonalNotice).where(PersonalNotice.person == person)
    return uow.session.scalars(query.order_by(PersonalNotice.id.desc()).limit(limit)).all()


def seen(uow: UnitOfWork, person: str, path: str, now: datetime) -> None:
    """Note that a person has opened the page that notices lead to."""
    query = update(_notice).where(
        _notice.c.person == person, _notice.c.path == path, _notice.c.seen_at.is_(None)
    )
    uow.connection.execute(query.values(seen_at=now))
