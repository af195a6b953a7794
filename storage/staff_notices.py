"""Notices for staff: each cause once, in the transaction of its cause; never commits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from bot.settings import Webhook
from storage import claims_hooks
from storage.models.base import table_of
from storage.models.notice import StaffNotice
from storage.unit_of_work import UnitOfWork

_notice = table_of(StaffNotice)
LEAD, TRAINER, CLAIMS = "supervisor", "trainer", "claims"
EVENT = "staff.notice"


@dataclass(frozen=True)
class Word:
    """What staff are told: for whom, in which words; ``key`` names the cause."""

    key: str
    kind: str
    role: str
    title: str
    lines: Sequence[str]
    data: Mapping[str, Any]


def put(uow: UnitOfWork, word: Word, now: datetime, hooks: Sequence[Webhook] = ()) -> bool:
    """Tell staff, and the systems that listen; False when they were told of this cause before."""
    dialect = postgresql if uow.connection.dialect.name == "postgresql" else sqlite
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
