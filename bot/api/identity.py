"""/v1/customers/{ref}/…: which identities are bound, who may see what, and the human way out."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel
from sqlalchemy import select
from starlette.responses import Response

from bot.api.desk import Desk, Seen, Shown, may, may_create
from bot.api.fields import Body, OneQuery, PathCode, Reason, RowId, Word
from bot.api.masking import mask_name, mask_peer, mask_phone
from bot.api.problems import Problem, missing
from storage.conversations import OpenConversation
from storage.identity import Identity
from storage.models.conversation import Conversation
from storage.models.customer import Customer
from storage.models.identity import AccessGrant, Consent, IdentityBinding, StaffCheck
from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/v1/customers", tags=["customers 客户"])
_MOST = 200


class BindingView(BaseModel):
    """A channel identity that is or was bound to the customer."""

    conversation: int
    channel: str
    peer: str
    method: str
    bound_at: datetime
    ended_at: datetime | None
    ended_by: str | None


class GrantView(BaseModel):
    """What the customer lets somebody see."""

    number: str
    name: str
    phone: str
    relation: str
    plate: str | None
    given_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    used: bool


class ConsentView(BaseModel):
    """One word on a consent: given or taken back, and which version of the text."""

    code: str
    version: str
    given: bool
    how: str
    at: datetime


class IdentityView(BaseModel):
    """Who is bound, who may see, and what was agreed to; newest first."""

    customer: str
    bindings: list[BindingView]
    grants: list[GrantView]
    consents: list[ConsentView]


class CheckIn(Body):
    """A colleague has seen the person (V3); two of them where that is the method."""

    conversation: RowId
    method: Literal["video", "shop", "two_persons"]
    second: Word | None = None
    reason: Reason


class CheckView(BaseModel):
    """How long the check holds."""

    conversation: int
    method: str
    expires_at: datetime


class WhyIn(Body):
    """Why it is done; it goes into the access log."""

    reason: Reason


class Done(BaseModel):
    """How many identities, or failed proofs, it was about."""

    ended: int


@router.get("/{ref}/identity", summary="客户的绑定、授权与同意", response_model=IdentityView)
def get_identity(
    ref: PathCode,
    query: Annotated[OneQuery, Query()],
    desk: Annotated[Desk, Depends(may("customers", "read"))],
) -> Response:
    """Return who is bound to the customer, who may see what, and what was agreed to."""

    def read(uow: UnitOfWork) -> Shown:
        customer = _customer(uow, ref)
        view = IdentityView(
            customer=ref,
            bindings=_bindings(uow, customer.id),
            grants=_grants(uow, customer.id),
            consents=_consents(uow, customer.id),
        )
        return Shown(view, (Seen(f"identity of {ref}", customer_id=customer.id),))

    return desk.show(read, query.reason)


@router.post(
    "/{ref}/checks", summary="登记已核实本人（V3）", response_model=CheckView, status_code=201
)
def add_check(
    ref: PathCode,
    said: CheckIn,
    desk: Annotated[Desk, Depends(may_create("customers", "write"))],
) -> Response:
    """Record that the person was seen; only for an identity that is bound to the customer."""
    if (said.method == "two_persons") != (said.second is not None):
        raise Problem("invalid", "双人核实要写第二人的姓名（second），其他方式不写。")
    if said.second == desk.caller.actor:
        raise Problem("invalid", "第二人不能是自己。")

    def work(uow: UnitOfWork) -> CheckView:
        customer = _customer(uow, ref)
        bound = uow.bindings.running(said.conversation)
        if bound is None or bound.customer_id != customer.id:
            raise Problem("conflict", f"会话 {said.conversation} 没有绑定这位客户，请先核验到 V2。")
        rules = desk.parts.settings.identity
        check = StaffCheck(
            conversation_id=said.conversation,
            customer_id=customer.id,
            method=said.method,
            checked_by=desk.caller.actor,
            second=said.second,
            reason=said.reason,
            at=desk.now,
            expires_at=desk.now + timedelta(minutes=rules.staff_check_minutes),
        )
        uow.bindings.add_check(check)
        desk.record(uow, (_seen(ref, "checked V3", customer.id, said.conversation),), said.reason)
        return CheckView(
            conversation=said.conversation, method=said.method, expires_at=check.expires_at
        )

    return desk.create(said, work)


@router.post("/{ref}/unbind", summary="解除客户的全部绑定", response_model=Done, status_code=201)
def unbind(
    ref: PathCode,
    said: WhyIn,
    desk: Annotated[Desk, Depends(may_create("customers", "write"))],
) -> Response:
    """End every binding of the customer: the phone is lost, or somebody else used it."""

    def work(uow: UnitOfWork) -> Done:
        customer = _customer(uow, ref)
        query = select(Conversation.__table__).where(Conversation.customer_id == customer.id)
        rows = uow.connection.execute(query).mappings().all()
        for row in rows:
            identity = _identity(uow, desk, OpenConversation.of({**row, "repeat_of": None}))
            identity.unbind("staff")
        desk.record(uow, (_seen(ref, "unbound by staff", customer.id, None),), said.reason)
        return Done(ended=len(rows))

    return desk.create(said, work)


@router.post("/{ref}/unlock", summary="解除核验锁定", response_model=Done, status_code=201)
def unlock(
    ref: PathCode,
    said: WhyIn,
    desk: Annotated[Desk, Depends(may_create("customers", "write"))],
) -> Response:
    """Let the customer try again at once, after a person has made sure who it is."""

    def work(uow: UnitOfWork) -> Done:
        customer = _customer(uow, ref)
        ended = uow.customers.forgive(customer.phone_blind)
        desk.record(uow, (_seen(ref, "unlocked", customer.id, None),), said.reason)
        return Done(ended=ended)

    return desk.create(said, work)


def _customer(uow: UnitOfWork, ref: str) -> Customer:
    customer = uow.session.scalar(select(Customer).where(Customer.ref == ref))
    if customer is None:
        raise missing(f"客户 {ref}")
    return customer


def _identity(uow: UnitOfWork, desk: Desk, conversation: OpenConversation) -> Identity:
    parts = desk.parts
    return Identity(uow, conversation, parts.cipher, parts.settings.identity, desk.now)


def _seen(ref: str, what: str, customer: int, conversation: int | None) -> Seen:
    return Seen(f"identity of {ref} {what}", conversation, customer)


def _bindings(uow: UnitOfWork, customer: int) -> list[BindingView]:
    query = (
        select(IdentityBinding, Conversation.channel, Conversation.peer)
        .join(Conversation, Conversation.id == IdentityBinding.conversation_id)
        .where(IdentityBinding.customer_id == customer)
        .order_by(IdentityBinding.id.desc())
    )
    return [
        BindingView(
            conversation=row.conversation_id,
            channel=channel,
            peer=mask_peer(channel, peer),
            method=row.method,
            bound_at=row.bound_at,
            ended_at=row.ended_at,
            ended_by=row.ended_by,
        )
        for row, channel, peer in uow.session.execute(query.limit(_MOST))
    ]


def _grants(uow: UnitOfWork, customer: int) -> list[GrantView]:
    query = select(AccessGrant).where(AccessGrant.customer_id == customer)
    return [
        GrantView(
            number=row.number,
            name=mask_name(row.grantee_name),
            phone=mask_phone(row.grantee_phone),
            relation=row.relation,
            plate=row.plate,
            given_at=row.given_at,
            expires_at=row.expires_at,
            revoked_at=row.revoked_at,
            used=row.used_by is not None,
        )
        for row in uow.session.scalars(query.order_by(AccessGrant.id.desc()).limit(_MOST))
    ]


def _consents(uow: UnitOfWork, customer: int) -> list[ConsentView]:
    here = select(IdentityBinding.conversation_id).where(IdentityBinding.customer_id == customer)
    mine = (Consent.customer_id == customer) | Consent.conversation_id.in_(here)
    query = select(Consent).where(mine).order_by(Consent.id.desc()).limit(_MOST)
    return [
        ConsentView(code=row.code, version=row.version, given=row.given, how=row.how, at=row.at)
        for row in uow.session.scalars(query)
    ]
