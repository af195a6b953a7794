"""Policies shown to the person they belong to, masked, with every disclosure recorded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from bot.back_office import PolicyView
from bot.desks.policy_source import PolicyFacts
from storage.identity import Identity
from storage.models.customer import Customer

if TYPE_CHECKING:
    from storage.back_office import TransactionBackOffice

_LIMIT = 10


def disclose(
    office: TransactionBackOffice, identity: Identity, reason: str
) -> Sequence[PolicyView]:
    """Return the policies of the verified customer; () when nobody is verified."""
    customer = identity.customer
    if customer is None or not identity.verified:
        return ()
    known = office.policy_source.of_customer(customer.id)
    found = known.policies[:_LIMIT] if known else ()
    for policy in found:
        identity.log(f"policy {policy.number}", reason)
    return [_view(policy, customer, office.at.date()) for policy in found]


def _view(policy: PolicyFacts, customer: Customer, today: date) -> PolicyView:
    details = policy.details
    return PolicyView(
        number=policy.number,
        product=policy.product,
        line=policy.line,
        subject=policy.plate or str(details.get("subject", "")),
        holder=mask_name(customer.name),
        insured=mask_name(str(details.get("insured") or customer.name)),
        starts_at=policy.starts_at,
        ends_on=policy.ends_on,
        status=_status(policy, today),
        premium_fen=policy.premium_fen,
        payment=policy.payment,
        coverages=tuple(_coverage(item) for item in details.get("coverages", ())),
    )


def mask_name(name: str) -> str:
    """Return the family name and stars (domain.md 5.7)."""
    return name[:1] + "*" * max(1, min(len(name) - 1, 3))


def _status(policy: PolicyFacts, today: date) -> str:
    """Return the state in words a customer understands."""
    if policy.status not in ("有效", "未生效"):
        return policy.status
    if policy.starts_at.date() > today:
        return f"{policy.starts_at:%Y-%m-%d} 起生效"
    left = (policy.ends_on - today).days
    if left < 0:
        return f"已到期 {-left} 天"
    return "今天到期" if left == 0 else f"有效，还有 {left} 天到期"


def _coverage(item: dict[str, Any]) -> str:
    """Return one coverage with its amount and deductible."""
    limit = int(item.get("limit_yuan") or 0)
    amount = f"{limit // 10_000} 万元" if limit and limit % 10_000 == 0 else f"{limit} 元"
    text = f"{item['name']} {amount}" if limit else str(item["name"])
    return f"{text}（免赔：{item['deductible']}）" if item.get("deductible") else text
