"""Complaints as a clerk files them; `storage.complaints_register` decides."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints
from sqlalchemy import Select, select

from bot.api import history
from bot.api.desk import Desk
from bot.api.fields import Body, ClaimLine, Code, Moment, Phone, RowId, Story, Word
from bot.api.problems import missing
from storage import complaint_parties
from storage.complaints_register import ComplaintRegister
from storage.models.case import Complaint
from storage.unit_of_work import UnitOfWork

Way = Literal[
    "phone", "branch", "letter", "email", "regulator", "media", "internal", "webchat", "wechat",
    "telegram",
]  # fmt: skip
Category = Literal[
    "售前宣传", "承保", "缴费", "保单", "批改", "续保", "退保", "理赔", "服务态度", "信息安全",
    "其他",
]  # fmt: skip
Dispute = Literal["销售", "承保", "理赔", "退保", "服务", "信息泄露", "收费", "其他"]
ClaimNumber = Annotated[str, StringConstraints(pattern=r"^CL[0-9]{12,24}$")]
Tail = Annotated[str, StringConstraints(pattern=r"^[0-9]{3}[0-9Xx]$")]


class PartyIn(Body):
    """Somebody in the complaint; for ``against`` a name, a staff number or a department."""

    role: Literal["against", "proxy", "heir", "representative"]
    name: Word | None = None
    staff_no: Code | None = None
    department: Word | None = None
    phone: Phone | None = None
    relation: Word | None = None
    authorised: bool | None = None


class ComplaintIn(Body):
    """A complaint in the words of the customer; only the story is needed.

    ``received_at`` is when a letter or a regulator's transfer came in: the clock starts then.
    """

    story: Story
    demand: Story | None = None
    basis: Story | None = None
    wish_by: Word | None = None
    about: Word | None = None
    reporter: Word | None = None
    phone: Phone | None = None
    id_tail: Tail | None = None
    identity_checked: bool | None = None
    customer_type: Literal["person", "company", "elderly", "disabled"] | None = None
    capacity: Literal["self", "proxy", "heir", "group"] | None = None
    category: Category | None = None
    dispute: Dispute | None = None
    line: ClaimLine | None = None
    policy_number: Code | None = None
    claim_number: ClaimNumber | None = None
    parties: Annotated[list[PartyIn], Field(default_factory=list, max_length=20)]
    channel: Way = "phone"
    conversation: RowId | None = None
    regulator_ref: Word | None = None
    regulator_due: Moment | None = None
    received_at: Moment | None = None


def register(uow: UnitOfWork, desk: Desk) -> ComplaintRegister:
    """Return the register, writing in the caller's name."""
    parts = desk.parts
    return ComplaintRegister(uow, parts.cipher, parts.settings, desk.now, desk.caller.actor)


def open_complaint(uow: UnitOfWork, desk: Desk, said: ComplaintIn) -> Complaint:
    """Record a complaint; who left a telephone number gets the receipt at once."""
    history.check_conversation(uow, said.conversation)
    book = register(uow, desk)
    complaint = book.open(_facts(said), said.channel, said.conversation, said.received_at)
    if way := book.notify(complaint, "receipt"):
        book.note(complaint, "receipt", {"way": way})
        book.set_due(complaint)
    return complaint


def _facts(said: ComplaintIn) -> dict[str, Any]:
    skipped = {"channel", "conversation", "parties", "regulator_due", "received_at"}
    facts = said.model_dump(exclude_none=True, exclude=skipped)
    if said.regulator_due:
        facts["regulator_due"] = said.regulator_due.isoformat()
    return {**facts, "parties": [p.model_dump(exclude_none=True) for p in said.parties]}


def visible(desk: Desk, statement: Select[Complaint]) -> Select[Complaint]:
    """Leave out what is against the caller: whoever is complained about never reads it."""
    mine = complaint_parties.against(desk.parts.cipher, desk.caller.label)
    return statement.where(Complaint.number.not_in(mine))


def find(uow: UnitOfWork, desk: Desk, number: str, *, lock: bool = False) -> Complaint:
    """Return a complaint that the caller may see."""
    query = visible(desk, select(Complaint).where(Complaint.number == number))
    complaint = uow.session.scalar(query.with_for_update() if lock else query)
    if complaint is None:
        raise missing(f"投诉 {number}")
    return complaint
