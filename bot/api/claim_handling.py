"""/v1/claims/{number}/…: moving a claim on, its milestones, documents and clocks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field, StringConstraints
from starlette.responses import Response

from bot.api.claim_detail import detail, show
from bot.api.claim_views import ClaimDetail, ClockView, DocumentView, clock_view, document_view
from bot.api.claim_writing import locked, register
from bot.api.desk import Desk, may, may_create
from bot.api.fields import Body, Line, Moment, OneQuery, PathNumber, Story, Word
from storage.claims_documents import Documents
from storage.claims_steps import Steps
from storage.models.case import Claim
from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/v1/claims", tags=["claims 理赔"])
_LEAD = ("supervisor", "admin")
Fen = Annotated[int, Field(ge=1, le=10**12, description="金额，以分为单位")]
DocumentName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
State = Literal[
    "contact_due", "contacted", "survey_due", "assessing", "documents_due", "documents_complete",
    "deciding", "calculating", "customer_confirm", "agreed", "paying", "paid", "closed",
    "declined", "objection", "suspended", "withdrawn", "cancelled", "litigation", "advance_paid",
]  # fmt: skip
Milestone = Literal["document_list", "progress", "survey_assigned", "refusal_notice", "reached"]


class PaymentIn(Body):
    """How it is paid, and to whom: an account of the payee's own, of which we keep the tail."""

    method: Literal["transfer", "cash", "other"]
    payee: Word
    payee_relation: Literal["insured", "beneficiary", "victim", "court"] = "insured"
    account_holder: Word | None = None
    account_tail: Annotated[str, StringConstraints(pattern=r"^\d{4}$")] | None = None
    approval: Line | None = None


class TransitionIn(Body):
    """A step; what it takes depends on where it goes, and a refusal says what is lacking."""

    to: State
    at: Moment | None = None
    owner: Word | None = None
    next_step: Line | None = None
    note: Story | None = None
    missing: Annotated[list[DocumentName], Field(max_length=40)] | None = None
    clause: Line | None = None
    reason: Story | None = None
    amount_fen: Fen | None = None
    calculation: Story | None = None
    coverage: Line | None = None
    payment: PaymentIn | None = None


class MilestoneIn(Body):
    """Something that happened and changes no state."""

    kind: Milestone
    text: Story | None = None
    at: Moment | None = None


class DocumentIn(Body):
    """What became of a document; an unknown name is added to the list."""

    name: DocumentName
    status: Literal["wanted", "received", "accepted", "rejected", "waived"] = "received"
    reason: Line | None = None


class DocumentList(BaseModel):
    """All documents of a claim."""

    items: list[DocumentView]


class ClockList(BaseModel):
    """All clocks of a claim, now."""

    items: list[ClockView]


def _steps(uow: UnitOfWork, desk: Desk) -> Steps:
    return Steps(register(uow, desk), lead=desk.caller.role in _LEAD)


def _work(desk: Desk, number: str, body: BaseModel, do: Callable[[Steps, Claim], None]) -> Response:
    """Work on a claim once per Idempotency-Key and show it as it is then."""

    def work(uow: UnitOfWork) -> ClaimDetail:
        claim = locked(uow, number)
        do(_steps(uow, desk), claim)
        return detail(uow, desk, claim)

    return desk.create(body, work)


@router.post(
    "/{number}/transitions", summary="推进案件", response_model=ClaimDetail, status_code=201
)
def move_claim(
    number: PathNumber,
    body: TransitionIn,
    desk: Annotated[Desk, Depends(may_create("claims", "handle"))],
) -> Response:
    """Take a claim to another state, once per Idempotency-Key."""

    def move(steps: Steps, claim: Claim) -> None:
        steps.move(claim, body.to, _given(body))

    return _work(desk, number, body, move)


def _given(body: TransitionIn) -> dict[str, Any]:
    given = body.model_dump(exclude_none=True, exclude={"to", "at"})
    return given | ({"at": body.at} if body.at else {})


@router.post(
    "/{number}/milestones", summary="记一件事", response_model=ClaimDetail, status_code=201
)
def add_milestone(
    number: PathNumber,
    body: MilestoneIn,
    desk: Annotated[Desk, Depends(may_create("claims", "handle"))],
) -> Response:
    """Note what stops a clock: the refusal sent, the customer told."""

    def add(steps: Steps, claim: Claim) -> None:
        steps.milestone(claim, body.kind, body.text or "", body.at)

    return _work(desk, number, body, add)


@router.get("/{number}/documents", summary="材料清单", response_model=DocumentList)
def list_documents(
    number: PathNumber,
    query: Annotated[OneQuery, Query()],
    desk: Annotated[Desk, Depends(may("claims", "read"))],
) -> Response:
    """Return what the claim needs, and what is there."""

    def listed(uow: UnitOfWork, claim: Claim) -> DocumentList:
        documents = Documents(uow.session, desk.now).of(claim.number)
        return DocumentList(items=list(map(document_view, documents)))

    return show(desk, number, query.reason, listed)


@router.post(
    "/{number}/documents", summary="登记材料", response_model=DocumentView, status_code=201
)
def put_document(
    number: PathNumber,
    body: DocumentIn,
    desk: Annotated[Desk, Depends(may_create("claims", "handle"))],
) -> Response:
    """Write down that a document came, was refused, or is not needed."""

    def put(uow: UnitOfWork) -> DocumentView:
        claim = locked(uow, number)
        steps = _steps(uow, desk)
        steps.document(claim, body.name, body.status, body.reason or "")
        document = steps.register.documents.find(number, body.name)
        assert document is not None
        return document_view(document)

    return desk.create(body, put)


@router.get("/{number}/clocks", summary="时限", response_model=ClockList)
def list_clocks(
    number: PathNumber,
    query: Annotated[OneQuery, Query()],
    desk: Annotated[Desk, Depends(may("claims", "read"))],
) -> Response:
    """Return every deadline with its state and why it is then."""

    def told(uow: UnitOfWork, claim: Claim) -> ClockList:
        return ClockList(items=list(map(clock_view, register(uow, desk).clocks(claim))))

    return show(desk, number, query.reason, told)
