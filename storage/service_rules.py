"""What a table cannot say of services: who was seen, nothing backwards, money to its owner only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from bot.desks.changes import SURRENDER
from bot.errors import Refused
from storage import notices, policy_source
from storage.models.customer import Customer
from storage.models.policy import Policy
from storage.models.service import ServiceRequest
from storage.service_kinds import LEGAL_GROUNDS, change_of, is_compulsory

if TYPE_CHECKING:
    from storage.services import Services

Values = Mapping[str, Any]
_CLOCKS_DIFFER = timedelta(minutes=5)
_AFTER_NEW_PHONE = timedelta(hours=24)
_PHONE_CHANGED = (
    "您保单上的联系手机已变更（受理号 {number}）。不是您本人办的，请立即拨打 {hotline}。"
)


def check(book: Services, request: ServiceRequest, to: str, given: Values) -> None:
    """Refuse a step that the branch's rules forbid; the message says which."""
    if request.family != "endorsement":
        return
    if to in ("approved", "endorsed"):
        _check_person(request, given)
        _check_documents(book, request)
    if to == "endorsed":
        _check_time(book, request, given["effective_at"])
        _check_new_value(request, given)
    if to == "approved" and request.kind == SURRENDER:
        _check_quiet_after_new_phone(book, request)
        _check_ground(book, request, given)
    if to == "refunded":
        _check_payee(book, request, given["refund"])


def _check_person(request: ServiceRequest, given: Values) -> None:
    """Level V3: a colleague has seen the person (`domain.md` 5.7)."""
    seen = given.get("identity_check") or request.result.get("identity_check")
    if request.level == "V3" and not seen:
        raise Refused("这一类要核实本人：请选「怎么核实的本人」（视频、当面或双人核实）")


def _check_documents(book: Services, request: ServiceRequest) -> None:
    if missing := book.documents.outstanding(request.number):
        raise Refused(f"还缺：{'、'.join(missing)}；收到的请登记，不需要的请写明理由免交")


def _check_time(book: Services, request: ServiceRequest, effective_at: datetime) -> None:
    """Nothing reaches back behind its decision: what has happened is not insured afterwards."""
    change, policy = change_of(request.family, request.kind), book.policy(request)
    if change and change.forward and effective_at < book.now - _CLOCKS_DIFFER:
        raise Refused("批单生效时间不能早于现在：加保、减保和风险变化不能追溯")
    if change and change.before_start_only and policy and policy.starts_at <= book.now:
        raise Refused("保单已经起保，不能再改保险期间")


def _check_new_value(request: ServiceRequest, given: Values) -> None:
    """Nobody is told that it is done while the policy still says the old."""
    if request.kind == "plate" and not given.get("plate"):
        raise Refused("改车牌的批单要写明「新车牌」，保单上才会改过来")
    if request.kind == "phone" and not given.get("phone"):
        raise Refused("改手机号的批单要写明「新手机号」，客户资料才会改过来")


def _check_quiet_after_new_phone(book: Services, request: ServiceRequest) -> None:
    query = select(ServiceRequest.id).where(
        ServiceRequest.customer_id == request.customer_id,
        ServiceRequest.kind == "phone",
        ServiceRequest.status == "endorsed",
        ServiceRequest.updated_at > book.now - _AFTER_NEW_PHONE,
    )
    if book.uow.session.scalar(query.limit(1)) is not None:
        raise Refused("客户 24 小时内刚改过手机号，先不办退保，请到时间再同意并电话核实本人")


def _check_ground(book: Services, request: ServiceRequest, given: Values) -> None:
    """Compulsory cover ends early on three grounds only (CTPL 16)."""
    policy = book.policy(request)
    ground = given.get("ground") or request.facts.get("ground")
    if policy and is_compulsory(policy) and ground not in LEGAL_GROUNDS:
        raise Refused(
            "交强险只有注销登记、办理停驶、公安证实丢失三种情形可以退："
            "请选「交强险退保的情形」，都不是的告知客户不能办理"
        )


def _check_payee(book: Services, request: ServiceRequest, refund: Values) -> None:
    """Money goes back the way it came, or to the policyholder's own account (SALES 32)."""
    change, customer = change_of(request.family, request.kind), book.customer(request)
    if change is None or change.money not in ("refund", "either"):
        raise Refused("这一类变更不涉及退款")
    if refund.get("way") == "account":
        if not refund.get("account_tail"):
            raise Refused("退到账户要登记账户尾号")
        if customer is None or refund.get("account_holder") != customer.name:
            raise Refused("退款只能退到投保人本人的账户，不能付给别人或业务员")


def apply(book: Services, request: ServiceRequest, to: str, given: Values) -> None:
    """Let the policy know what an endorsement changed."""
    if request.family != "endorsement" or to != "endorsed":
        return
    policy, customer = book.policy(request), book.customer(request)
    if not isinstance(policy, Policy):
        # It is changed in the core system, by those who work there: what it told us is old now.
        policy_source.forget(book.uow.session, request.customer_id)
    else:
        _endorse(policy, request, given)
    _new_phone(book, request, given, customer)


def _endorse(policy: Policy, request: ServiceRequest, given: Values) -> None:
    count = int(policy.details.get("endorsements") or 0) + 1
    policy.details = {**policy.details, "endorsements": count}
    if request.kind == SURRENDER:
        policy.status = "退保"
    if request.kind in ("plate", "transfer") and given.get("plate"):
        policy.plate = given["plate"]


def _new_phone(
    book: Services, request: ServiceRequest, given: Values, customer: Customer | None
) -> None:
    if request.kind == "phone" and customer and given.get("phone"):
        text = _PHONE_CHANGED.format(number=request.number, hotline=book.settings.hotline)
        notices.text_message(
            book.uow, book.cipher, f"{request.number}:old", text, customer.phone, book.now
        )
        customer.phone = given["phone"]
        customer.phone_blind = book.cipher.blind(customer.phone)
