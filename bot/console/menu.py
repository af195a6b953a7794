"""Which pages a role is offered; whether it may really open one is asked again there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.permissions import allowed


@dataclass(frozen=True)
class Item:
    """A page of the menu and the resource that must be readable for it."""

    path: str
    title: str
    icon: str
    resource: str


ITEMS: tuple[Item, ...] = (
    Item("/console/inbox", "会话", "messages", "desk"),
    Item("/console/claims", "理赔", "claim", "claims"),
    Item("/console/complaints", "投诉", "complaint", "complaints"),
    Item("/console/tickets", "工单", "ticket", "tickets"),
    Item("/console/services", "保全", "policy", "endorsements"),
    Item("/console/applications", "投保", "edit", "applications"),
    Item("/console/customers", "客户", "customers", "customers"),
    Item("/console/rights", "个人信息", "eye", "privacy"),
    Item("/console/intake", "来电来访", "phone", "tickets"),
    Item("/console/quality", "质量", "chart", "assessments"),
    Item("/console/campaigns", "主动消息", "megaphone", "campaigns"),
    Item("/console/floor", "班长台", "dashboard", "audit"),
    Item("/console/notices", "通知", "bell", "staff-notices"),
    Item("/console/audit", "访问记录", "audit", "audit"),
)


def menu_of(role: str) -> Sequence[Item]:
    """Return the pages that a role may open."""
    return [item for item in ITEMS if allowed(role, item.resource, "read")]
