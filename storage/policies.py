"""Policies shown to the person they belong to, masked, with every disclosure recorded.

Every query goes by an index and stops early: a look-up takes the same time among ten thousand
policies and among a million.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, and_, or_, select

from bot.clock import SHANGHAI
from bot.desks.policies import CoverView, FoundPolicies, PolicyView, PolicyWish
from bot.desks.policy_source import PolicyFacts
from storage.identity import Identity
from storage.masking import mask_name
from storage.models.case import Claim
from storage.models.customer import Customer
from storage.models.identity import AccessGrant
from storage.models.payment import Payment
from storage.models.policy import Policy
from storage.rules import policy_words
from storage.statuses import CLAIM_STATUSES

if TYPE_CHECKING:
    from storage.back_office import TransactionBackOffice

__all__ = ["disclose", "find", "mask_name"]

_LIMIT = 10
_CLAIMS = 3
_PAYMENTS = 6


def disclose(
    office: TransactionBackOffice, identity: Identity, reason: str
) -> Sequence[PolicyView]:
    """Return the policies of the verified customer; () when nobody is verified."""
    return find(office, identity, PolicyWish(), reason).views


def find(
    office: TransactionBackOffice, identity: Identity, wish: PolicyWish, reason: str
) -> FoundPolicies:
    """Return what is meant among the policies this identity may see.

    A number that belongs to somebody else is not found, exactly as one that does not exist.
    """
    look_up = _granted if wish.granted else _own
    rows = look_up(office, identity, wish)
    shown, whole = rows[:_LIMIT], len(rows) == 1
    for policy, holder, grant in shown:
        why = f"{reason}（授权 {grant.number}）" if grant else reason
        identity.log(f"policy {policy.number}", why, holder.id)
    views = [_view(office, *row, whole=whole) for row in shown]
    return FoundPolicies(views, len(rows) > _LIMIT)


Row = tuple[PolicyFacts, Customer, AccessGrant | None]


def _own(office: TransactionBackOffice, identity: Identity, wish: PolicyWish) -> list[Row]:
    customer = identity.customer
    if customer is None or not identity.verified:
        return []
    return [(policy, customer, None) for policy in _of(office, customer.id, wish)]


def _granted(office: TransactionBackOffice, identity: Identity, wish: PolicyWish) -> list[Row]:
    rows: list[Row] = []
    for grant in identity.grants.in_use():
        holder = identity.uow.session.get_one(Customer, grant.customer_id)
        fitting = _of(office, holder.id, wish, only=grant.plate)
        rows += [(policy, holder, grant) for policy in fitting]
    return rows


def _of(
    office: TransactionBackOffice, customer: int, wish: PolicyWish, only: str | None = None
) -> Sequence[PolicyFacts]:
    """Return a customer's policies that fit; ``only`` is the plate that a grant is about."""
    known = office.policy_source.of_customer(customer, wish, _LIMIT + 1)
    found = known.policies if known else ()
    return [policy for policy in found if not only or policy.plate == only]


def _view(
    office: TransactionBackOffice,
    policy: PolicyFacts,
    customer: Customer,
    grant: AccessGrant | None,
    *,
    whole: bool,
) -> PolicyView:
    details, today = policy.details, office.at.date()
    covers = tuple(_cover(item) for item in details.get("coverages", ()))
    return PolicyView(
        number=policy.number,
        product=policy.product,
        line=policy.line,
        subject=policy.plate or str(details.get("subject", "")),
        holder=mask_name(customer.name),
        insured=mask_name(str(details.get("insured") or customer.name)),
        starts_at=policy.starts_at,
        ends_on=policy.ends_on,
        status=status_words(policy, today),
        premium_fen=policy.premium_fen,
        payment=policy.payment,
        coverages=tuple(map(_printed, covers)),
        kind=str(details.get("kind", "")),
        running=policy.status in ("有效", "未生效") and policy.ends_on >= today,
        days_left=(policy.ends_on - today).days,
        covers=covers,
        facts=tuple(_facts(details)) if whole else (),
        payments=tuple(_payments(office, policy)) if whole else (),
        claims=tuple(_claims(office, policy)) if whole else (),
        special=str(details.get("special", "")) if whole else "",
        clause=str(details.get("clause", "")),
        holder_of_grant=mask_name(customer.name) if grant else "",
    )


def plates(office: TransactionBackOffice, identity: Identity) -> dict[str, datetime]:
    """Return the plates of the verified customer's cars, and since when each is theirs.

    Only a running policy counts, for cars change hands; it goes back to the first one on record.
    """
    if not identity.verified or identity.customer is None:
        return {}
    known = office.policy_source.of_customer(identity.customer.id)
    found, today = (known.policies if known else ()), office.at.date()
    running = {p.plate for p in found if p.status == "有效" and p.ends_on >= today}
    since: dict[str, datetime] = {}
    for policy in found:
        if policy.plate and policy.plate in running:
            since[policy.plate] = min(since.get(policy.plate, policy.starts_at), policy.starts_at)
    return since


def status_words(policy: PolicyFacts, today: date) -> str:
    """Return the state in words a customer understands."""
    if policy.status not in ("有效", "未生效", "满期"):
        return policy_words.words().states.get(policy.status, policy.status)
    if policy.starts_at.date() > today:
        return f"{policy.starts_at:%Y-%m-%d} 起生效，现在还没生效"
    left = (policy.ends_on - today).days
    if left < 0:
        return f"已到期 {-left} 天"
    return "今天 24 时到期" if left == 0 else f"有效，还有 {left} 天到期"


def _cover(item: Mapping[str, Any]) -> CoverView:
    limit = int(item.get("limit_yuan") or 0)
    amount = f"{limit // 10_000} 万元" if limit and limit % 10_000 == 0 else f"{limit} 元"
    return CoverView(str(item["name"]), amount if limit else "", str(item.get("deductible") or ""))


def _printed(cover: CoverView) -> str:
    """Return one coverage with its amount and deductible."""
    text = f"{cover.name} {cover.amount}".rstrip()
    return f"{text}（免赔：{cover.deductible}）" if cover.deductible else text


def _facts(details: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what this policy says beside: labels and units come from the clerk's table."""
    flat = {**details, **details.get("vehicle", {})}
    return [
        (fact.label, fact.show(flat[fact.key]))
        for fact in policy_words.words().facts
        if flat.get(fact.key) not in (None, "", [])
    ]


def _payments(office: TransactionBackOffice, policy: PolicyFacts) -> list[str]:
    """Return what was paid: what the policy says itself, and what was imported."""
    told = [_payment(raw) for raw in policy.details.get("payments", ())]
    if not isinstance(policy, Policy):
        return told
    query = select(Payment).where(Payment.policy_id == policy.id)
    newest = query.order_by(Payment.paid_at.desc(), Payment.id.desc()).limit(_PAYMENTS)
    return told + [
        f"{paid.paid_at:%Y-%m-%d} {paid.amount_fen / 100:,.2f} 元 {paid.method}（{paid.status}）"
        for paid in office.uow.session.scalars(newest)
    ]


def _payment(raw: Mapping[str, Any]) -> str:
    amount = int(raw.get("amount_fen") or 0) / 100
    parts = (str(raw.get("paid_on") or ""), f"{amount:,.2f} 元", str(raw.get("way") or ""))
    return " ".join(filter(None, parts))


def _by_plate(policy: PolicyFacts) -> Sequence[ColumnElement[bool]]:
    """A claim that was reported with nothing but the plate is this policy's, by its time."""
    if not policy.plate:
        return ()
    covered = Claim.reported_at.between(policy.starts_at, _end_of(policy.ends_on))
    return [and_(Claim.plate == policy.plate, Claim.policy_number.is_(None), covered)]


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), SHANGHAI)


def _claims(office: TransactionBackOffice, policy: PolicyFacts) -> list[str]:
    """Return the claims on this policy; no amount and nothing about persons."""
    query = select(Claim).where(or_(Claim.policy_number == policy.number, *_by_plate(policy)))
    newest = query.order_by(Claim.reported_at.desc(), Claim.id.desc()).limit(_CLAIMS)
    return [
        f"{claim.number}（{claim.reported_at:%Y-%m-%d} 报案，{CLAIM_STATUSES[claim.status][0]}）"
        for claim in office.uow.session.scalars(newest)
    ]
