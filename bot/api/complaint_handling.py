"""/v1/complaints/{number}/…: steps, owner, dates, severity, position, money, call-back, clocks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field
from starlette.responses import Response

from bot.api.claim_views import ClockView, clock_view
from bot.api.complaint_views import ComplaintDetail, detail, seen
from bot.api.complaint_writing import PartyIn, find, register
from bot.api.desk import Desk, Shown, may, may_create
from bot.api.fields import Body, Line, Moment, OneQuery, PathNumber, Story, Word
from storage import complaints_after
from storage.complaints_dates import ComplaintDates
from storage.complaints_steps import ComplaintSteps
from storage.models.case import Complaint
from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/v1/complaints", tags=["complaints 投诉"])
Handler = Annotated[Desk, Depends(may_create("complaints", "handle"))]
Approver = Annotated[Desk, Depends(may_create("complaints", "approve"))]
State = Literal[
    "received", "accepted", "investigating", "proposing", "negotiating", "decided", "closed",
    "review", "mediation", "suspended", "withdrawn", "transferred", "merged", "extended",
]  # fmt: skip
Milestone = Literal[
    "receipt", "contacted", "attempt", "investigation", "progress", "request", "note"
]
Level = Literal["P0", "P1", "P2", "P3"]
Work = Callable[[ComplaintSteps, Complaint], object]


class TransitionIn(Body):
    """A step; what it takes depends on where it goes, and a refusal says what is lacking."""

    to: State
    owner: Word | None = None
    note: Story | None = None
    plan: Story | None = None
    outcome: Literal["upheld", "partly", "rejected"] | None = None
    decision: Story | None = None
    decision_for_joined: Story | None = None
    basis: Story | None = None
    told_by: Word | None = None
    reason: Story | None = None
    body: Word | None = None
    into: Annotated[str, Field(pattern=r"^CP[0-9]{12,24}$")] | None = None
    root_cause: Word | None = None
    measure: Story | None = None
    department: Word | None = None
    measure_due: Word | None = None


class MilestoneIn(Body):
    """Something that happened and changes no state; ``tell`` sends a progress to the customer."""

    kind: Milestone
    text: Story
    at: Moment | None = None
    tell: bool = False
    documents: Annotated[list[Word], Field(default_factory=list, max_length=20)]


class OwnerIn(Body):
    """Who works on it from now on."""

    owner: Word
    reason: Line


class SeverityIn(Body):
    """Another level, and why."""

    level: Level
    reason: Line


class ExtensionIn(Body):
    """Why it takes longer, as the customer will read it."""

    reason: Line


class ApprovalIn(Body):
    """Yes or no, with a word."""

    approved: bool
    note: Line


class PositionIn(Body):
    """What the complainant thinks of the decision, and how we know."""

    position: Literal["accepted", "rejected", "unreached"]
    way: Word
    text: Story | None = None


class CompensationIn(Body):
    """A sum that is due by contract or law, and by which clause."""

    fen: Annotated[int, Field(ge=1, le=10**12, description="金额，以分为单位")]
    clause: Line


class CallbackIn(Body):
    """What the complainant said after it was closed."""

    solved: Literal["yes", "partly", "no"]
    score: Annotated[int, Field(ge=1, le=5)] | None = None
    text: Story | None = None


class ClockList(BaseModel):
    """All clocks of a complaint, now."""

    items: list[ClockView]


@dataclass(frozen=True)
class Case:
    """One complaint under the hands of one caller."""

    desk: Desk
    number: str

    def worked(self, body: BaseModel, do: Work) -> Response:
        """Work on it once per Idempotency-Key and show it."""

        def work(uow: UnitOfWork) -> ComplaintDetail:
            complaint = find(uow, self.desk, self.number, lock=True)
            do(ComplaintSteps(register(uow, self.desk), self.desk.caller.role), complaint)
            return detail(uow, self.desk, complaint)

        return self.desk.create(body, work)


def _handled(number: PathNumber, desk: Handler) -> Case:
    return Case(desk, number)


def _approved(number: PathNumber, desk: Approver) -> Case:
    return Case(desk, number)


Handled = Annotated[Case, Depends(_handled)]
Approved = Annotated[Case, Depends(_approved)]


_SHOWN: dict[str, Any] = {"response_model": ComplaintDetail, "status_code": 201}


@router.post("/{number}/transitions", summary="推进投诉", **_SHOWN)
def move_complaint(case: Handled, body: TransitionIn) -> Response:
    """Take a complaint to another state."""
    given = body.model_dump(exclude_none=True, exclude={"to"})
    return case.worked(body, lambda steps, found: steps.move(found, body.to, given))


@router.post("/{number}/milestones", summary="记一件事", **_SHOWN)
def add_milestone(case: Handled, body: MilestoneIn) -> Response:
    """Note a contact, an attempt, a finding, a progress, a request for papers."""
    given: dict[str, Any] = {"tell": body.tell, "documents": body.documents}
    return case.worked(
        body,
        lambda steps, found: steps.milestone(found, body.kind, body.text, body.at, given),
    )


@router.post("/{number}/owner", summary="指定经办人", **_SHOWN)
def set_owner(case: Handled, body: OwnerIn) -> Response:
    """Give it to somebody without an interest in it."""
    return case.worked(body, lambda s, found: s.register.assign(found, body.owner, body.reason))


@router.post("/{number}/parties", summary="登记有关的人", **_SHOWN)
def add_party(case: Handled, body: PartyIn) -> Response:
    """Record who it is against, who acts for whom; whoever it is against is shut out at once."""
    party = body.model_dump(exclude_none=True)
    return case.worked(body, lambda s, found: s.add_party(found, body.role, party))


@router.post("/{number}/severity", summary="改严重度", **_SHOWN)
def set_severity(case: Handled, body: SeverityIn) -> Response:
    """Raise it at once; lowering is for supervisors."""
    return case.worked(body, lambda s, found: s.severity(found, body.level, body.reason))


@router.post("/{number}/extensions", summary="申请延期", **_SHOWN)
def ask_extension(case: Handled, body: ExtensionIn) -> Response:
    """Ask for the next prolongation; the day moves only when somebody else approves."""
    return case.worked(
        body,
        lambda s, found: ComplaintDates(s.register, s.role).ask(found, body.reason),
    )


@router.post("/{number}/extensions/approval", summary="审批延期", **_SHOWN)
def answer_extension(case: Approved, body: ApprovalIn) -> Response:
    """Approve or refuse; approval tells the complainant the reason, the day and by whom."""
    return case.worked(
        body,
        lambda s, found: ComplaintDates(s.register, s.role).answer(
            found, approved=body.approved, note=body.note
        ),
    )


@router.post("/{number}/position", summary="记投诉人的态度", **_SHOWN)
def set_position(case: Handled, body: PositionIn) -> Response:
    """Record what the complainant thinks of the decision; without it nothing is closed."""
    return case.worked(
        body,
        lambda s, found: s.position(found, body.position, body.way, body.text or ""),
    )


@router.post("/{number}/compensation", summary="申请补偿", **_SHOWN)
def propose_compensation(case: Handled, body: CompensationIn) -> Response:
    """Propose a sum; another person approves it."""
    return case.worked(
        body,
        lambda s, found: s.compensate(found, body.fen, body.clause, approval=False),
    )


@router.post("/{number}/compensation/approval", summary="批准补偿", **_SHOWN)
def approve_compensation(case: Approved, body: CompensationIn) -> Response:
    """Approve a proposed sum within one's authority."""
    return case.worked(
        body,
        lambda s, found: s.compensate(found, body.fen, body.clause, approval=True),
    )


@router.post("/{number}/callback", summary="登记回访", **_SHOWN)
def call_back(case: Handled, body: CallbackIn) -> Response:
    """Record the call-back after closing; «no» opens a review by somebody else."""
    return case.worked(
        body,
        lambda s, found: complaints_after.called_back(
            s.register, found, body.solved, body.score, body.text or ""
        ),
    )


@router.get("/{number}/clocks", summary="时限", response_model=ClockList)
def list_clocks(
    number: PathNumber,
    query: Annotated[OneQuery, Query()],
    desk: Annotated[Desk, Depends(may("complaints", "read"))],
) -> Response:
    """Return every deadline with its state and why it is then."""

    def read(uow: UnitOfWork) -> Shown:
        complaint = find(uow, desk, number)
        clocks = register(uow, desk).clock_views(complaint)
        return Shown(ClockList(items=list(map(clock_view, clocks))), (seen(complaint),))

    return desk.show(read, query.reason)
