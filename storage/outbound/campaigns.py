"""What a campaign has come to so far: counters, reasons, effect; and the switch that stops it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ScalarSelect, and_, case, delete, exists, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage.models.base import table_of
from storage.models.case import Survey
from storage.models.outbound import Campaign, OutboundStop
from storage.models.outbox import OutboxItem
from storage.models.policy import Policy
from storage.outbound.judge import HELD
from storage.unit_of_work import UnitOfWork

_item, _policy, _stop = table_of(OutboxItem), table_of(Policy), table_of(OutboundStop)
_survey, _campaign = table_of(Survey), table_of(Campaign)
ARRIVED = ("sent", "delivered", "unknown")


@dataclass(frozen=True)
class Count:
    """How many touches of a campaign stand where, and by which way or for which reason."""

    campaign: str
    kind: str
    status: str
    way: str
    reason: str
    count: int


def open_campaign(uow: UnitOfWork, name: str, family: str, day: date, now: datetime) -> None:
    """Note that a campaign is planned, and from which row of the outbox on its touches lie.

    So its touches are found without an index of their own, which every row would pay for.
    """
    dialect = postgresql if uow.connection.dialect.name == "postgresql" else sqlite
    newest = select(func.coalesce(func.max(_item.c.id), 0) + 1).scalar_subquery()
    values = {"name": name, "family": family, "day": day, "planned_at": now, "first_id": newest}
    uow.connection.execute(
        dialect.insert(_campaign).values(values).on_conflict_do_nothing(index_elements=["name"])
    )


def first_of(name: str) -> ScalarSelect[int]:
    """Return below which number no touch of a campaign lies."""
    return select(_campaign.c.first_id).where(_campaign.c.name == name).scalar_subquery()


def counts(uow: UnitOfWork, campaign: str | None, since: datetime) -> list[Count]:
    """Return the counters of one campaign, or of all that were planned since then."""
    columns = (_item.c.campaign, _item.c.kind, _item.c.status, _item.c.way, _item.c.reason)
    begun = select(func.min(_campaign.c.first_id)).where(_campaign.c.planned_at >= since)
    if campaign is not None:
        begun = begun.where(_campaign.c.name == campaign)
    first = uow.connection.execute(begun).scalar()
    if first is None:
        return []
    query = select(*columns, func.count()).where(_item.c.id >= first)
    which = _item.c.campaign.is_not(None) if campaign is None else _item.c.campaign == campaign
    query = query.where(which).group_by(*columns)
    rows = uow.connection.execute(query.order_by(*columns[:3])).all()
    return [Count(c, kind, status, way or "", why, n) for c, kind, status, way, why, n in rows]


@dataclass(frozen=True)
class Effect:
    """What the reminders of a step led to."""

    step: str
    reached: int
    renewed: int


def effects(uow: UnitOfWork, since: datetime, until: datetime) -> list[Effect]:
    """Return for each step of the renewals whom it reached, and who has renewed since."""
    later = _policy.alias("later")
    old = _policy.alias("old")
    same = or_(later.c.plate == old.c.plate, and_(later.c.plate.is_(None), old.c.plate.is_(None)))
    renewed = exists().where(
        old.c.number == _item.c.subject,
        later.c.customer_id == old.c.customer_id,
        later.c.product == old.c.product,
        later.c.ends_on > old.c.ends_on,
        later.c.status.in_(("有效", "未生效")),
        same,
    )
    query = (
        select(_item.c.step, func.count(), func.sum(case((renewed, 1), else_=0)))
        .where(
            _item.c.kind == "renewal",
            _item.c.status.in_(ARRIVED),
            _item.c.sent_at >= since,
            _item.c.sent_at < until,
        )
        .group_by(_item.c.step)
        .order_by(_item.c.step)
    )
    return [Effect(s, n, int(r or 0)) for s, n, r in uow.connection.execute(query)]


def answered(uow: UnitOfWork, since: datetime, until: datetime) -> tuple[int, int]:
    """Return how many surveys were asked, and how many of them answered."""
    asked = and_(_survey.c.sent_at >= since, _survey.c.sent_at < until)
    query = select(func.count(), func.count(_survey.c.score)).where(
        asked, _survey.c.status != "skipped"
    )
    total, done = uow.connection.execute(query).one()
    return int(total), int(done)


def stop(uow: UnitOfWork, kind: str, reason: str, by: str, now: datetime) -> None:
    """Stop a kind; the next touch of it that is looked at stays, in every process."""
    dialect = postgresql if uow.connection.dialect.name == "postgresql" else sqlite
    values: dict[str, Any] = {"kind": kind, "reason": reason[:255], "by": by, "at": now}
    uow.connection.execute(
        dialect.insert(_stop)
        .values(values)
        .on_conflict_do_update(index_elements=["kind"], set_=values)
    )


def resume(uow: UnitOfWork, kind: str, now: datetime) -> bool:
    """Let a kind go on, what was held at once; False when it was not stopped."""
    gone = uow.connection.execute(delete(_stop).where(_stop.c.kind == kind)).rowcount == 1
    if gone:
        held = (_item.c.status == "planned", _item.c.kind == kind, _item.c.due_at > now)
        why = _item.c.reason.startswith(HELD)
        uow.connection.execute(update(_item).where(*held, why).values(due_at=now, reason=""))
    return gone


def stopped(uow: UnitOfWork) -> Sequence[OutboundStop]:
    """Return what is stopped now."""
    return uow.session.scalars(select(OutboundStop).order_by(OutboundStop.kind)).all()
