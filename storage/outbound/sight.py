"""What a person sees of the campaigns: each with its sums, its touches, and what nobody knows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from storage.models.base import table_of
from storage.models.outbound import Campaign
from storage.models.outbox import OutboxItem
from storage.outbound.campaigns import counts, first_of
from storage.unit_of_work import UnitOfWork

_item, _campaign = table_of(OutboxItem), table_of(Campaign)
_REASONS = 4
STATES = {
    "planned": "待发", "sending": "在途", "sent": "已发出", "delivered": "已送达",
    "unknown": "结果不明", "suppressed": "不发", "undeliverable": "送不到", "failed": "没发成",
}  # fmt: skip
WAYS = {"custom": "会话内消息", "template": "模板消息", "notice": "订阅通知", "sms": "短信",
        "task": "工单"}  # fmt: skip


@dataclass
class Sums:
    """A campaign and how many of its touches stand where; reasons of those that do not leave."""

    name: str
    states: Counter[str] = field(default_factory=Counter)
    ways: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    waiting: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        """Return how many touches were planned: each is in exactly one state."""
        return self.states.total()

    def why(self) -> list[tuple[str, int]]:
        """Return the commonest reasons for not sending."""
        return self.reasons.most_common(_REASONS)


def sums(uow: UnitOfWork, since: datetime) -> list[Sums]:
    """Return the campaigns planned since then, the newest first."""
    found: dict[str, Sums] = {}
    for one in counts(uow, None, since):
        made = found.setdefault(one.campaign, Sums(one.campaign))
        made.states[one.status] += one.count
        if one.status in ("sent", "delivered"):
            made.ways[one.way] += one.count
        if one.status in ("suppressed", "undeliverable", "failed"):
            made.reasons[one.reason] += one.count
        if one.status == "planned" and one.reason:
            made.waiting[one.reason] += one.count
    query = select(_campaign.c.name).where(_campaign.c.planned_at >= since)
    names = uow.connection.execute(query.order_by(_campaign.c.first_id.desc())).scalars()
    return [found[name] for name in names if name in found]


@dataclass(frozen=True)
class Touched:
    """One touch in a list; ``id`` continues it."""

    id: int
    subject: str
    kind: str
    step: str
    status: str
    way: str
    reason: str
    at: datetime | None


def touched(
    uow: UnitOfWork, campaign: str, status: str, reason: str, after: int, limit: int
) -> list[Touched]:
    """Return touches of a campaign in the order in which they were planned."""
    query = select(_item).where(
        _item.c.campaign == campaign, _item.c.id >= first_of(campaign), _item.c.id > after
    )
    if status:
        query = query.where(_item.c.status == status)
    if reason:
        query = query.where(_item.c.reason == reason)
    return _rows(uow, query.order_by(_item.c.id).limit(limit))


def unknown(uow: UnitOfWork, limit: int) -> list[Touched]:
    """Return what left without an answer and of which the platform has not told the end either."""
    query = select(_item).where(_item.c.status == "unknown", _item.c.step.is_not(None))
    return _rows(uow, query.order_by(_item.c.id.desc()).limit(limit))


def _rows(uow: UnitOfWork, query: Select[Any]) -> list[Touched]:
    rows = uow.connection.execute(query).mappings()
    return [
        Touched(r["id"], r["subject"] or "", r["kind"], r["step"] or "", r["status"],
                r["way"] or "", r["reason"], r["sent_at"])
        for r in rows
    ]  # fmt: skip


def states_of(one: Sums) -> Sequence[tuple[str, str, int]]:
    """Return (state, its name, count) of those that are not empty."""
    return [(code, name, one.states[code]) for code, name in STATES.items() if one.states[code]]
