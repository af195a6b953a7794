"""What may be done with a complaint, each a form of its page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from sqlalchemy import select
from starlette.responses import Response

from bot.console import asks, complaint_asks
from bot.console.asks import Field, Sent, text_of
from bot.console.cases import PathNumber, colleagues, done, step_of, worked
from bot.console.complaint_pages import WORKERS, register, visible, without_conflict
from bot.console.parts import Room, may
from bot.errors import Refused
from bot.reports import evidence as packs
from storage import complaints_after
from storage.complaints_dates import ComplaintDates
from storage.complaints_steps import ComplaintSteps
from storage.evidence import gather
from storage.models.case import Complaint
from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/console/complaints")
Handler = Annotated[Room, Depends(may("complaints", "handle"))]
Approver = Annotated[Room, Depends(may("complaints", "approve"))]
Taker = Annotated[Room, Depends(may("complaints", "evidence"))]
Work = Callable[[ComplaintSteps, Complaint], object]


def _worked(request: Request, here: Room, number: str, form: Sent, do: Work) -> Response:
    def change(uow: UnitOfWork, complaint: Complaint) -> None:
        do(ComplaintSteps(register(uow, here), here.staff.role), complaint)

    query = visible(here, select(Complaint).where(Complaint.number == number))
    worked(here, query, number, form, change)
    return done(request, f"/console/complaints/{number}")


@router.post("/{number}/move")
def move(request: Request, here: Handler, number: PathNumber, form: Sent) -> Response:
    """Take a complaint to another state."""

    def go(steps: ComplaintSteps, found: Complaint) -> None:
        people = without_conflict(steps.register.uow, here, found)
        step, given = step_of(complaint_asks.steps(steps.register, found, people), form)
        steps.move(found, step.to, given)

    return _worked(request, here, number, form, go)


@router.post("/{number}/milestone")
def milestone(request: Request, here: Handler, number: PathNumber, form: Sent) -> Response:
    """Note a contact, an attempt, a finding, a progress; with «tell» the customer hears it."""
    kind, words = text_of(form, "kind", "name"), text_of(form, "text", "story")
    if not words:
        raise Refused("请写一句是怎么回事。")
    documents = asks.read((Field("documents", "材料", "names"),), form).get("documents", [])
    given = {"tell": text_of(form, "tell", "name") == "yes", "documents": documents}
    return _worked(
        request, here, number, form, lambda s, found: s.milestone(found, kind, words, None, given)
    )


@router.post("/{number}/note")
def note(request: Request, here: Handler, number: PathNumber, form: Sent) -> Response:
    """Leave a note for colleagues."""
    words = text_of(form, "text", "story")
    if not words:
        raise Refused("还没有写内容，写一句再存。")

    def add(steps: ComplaintSteps, found: Complaint) -> None:
        found.updated_at = here.now
        steps.register.note(found, "note", {"note": words})

    return _worked(request, here, number, form, add)


@router.post("/{number}/owner")
def owner(request: Request, here: Handler, number: PathNumber, form: Sent) -> Response:
    """Give it to somebody without an interest in it."""
    name, reason = text_of(form, "owner", "name"), text_of(form, "reason")
    if not (name and reason):
        raise Refused("请选经办人，并写为什么换。")

    def give(steps: ComplaintSteps, found: Complaint) -> None:
        if (name, name) not in colleagues(steps.register.uow, *WORKERS):
            raise Refused(f"没有叫{name}的投诉岗同事，请从名单里选。")
        steps.register.assign(found, name, reason)

    return _worked(request, here, number, form, give)


@router.post("/{number}/party")
def party(request: Request, here: Handler, number: PathNumber, form: Sent) -> Response:
    """Record who it is against, who acts for whom; whoever it is against is shut out at once."""
    given = asks.read(complaint_asks.PARTY, form)
    if not any(given.get(key) for key in ("name", "staff_no", "department")):
        raise Refused("姓名、工号、部门至少写一个。")
    return _worked(
        request, here, number, form, lambda s, found: s.add_party(found, given["role"], given)
    )


@router.post("/{number}/severity")
def severity(request: Request, here: Handler, number: PathNumber, form: Sent) -> Response:
    """Raise it at once; lowering is for supervisors."""
    given = asks.read(complaint_asks.SEVERITY, form)
    return _worked(
        request, here, number, form,
        lambda s, found: s.severity(found, given["level"], given["reason"]),
    )  # fmt: skip


@router.post("/{number}/extension")
def extension(request: Request, here: Handler, number: PathNumber, form: Sent) -> Response:
    """Ask for the next prolongation; the day moves only when somebody else approves."""
    reason = asks.read(complaint_asks.EXTENSION, form)["reason"]
    return _worked(
        request, here, number, form,
        lambda s, found: ComplaintDates(s.register, s.role).ask(found, reason),
    )  # fmt: skip


@router.post("/{number}/extension/answer")
def answer_extension(request: Request, here: Approver, number: PathNumber, form: Sent) -> Response:
    """Approve or refuse what somebody else asked for; approval tells the complainant."""
    given = asks.read(complaint_asks.ANSWER, form)

    def reply(steps: ComplaintSteps, found: Complaint) -> None:
        yes = given["approved"] == "yes"
        dates = ComplaintDates(steps.register, steps.role)
        dates.answer(found, approved=yes, note=given["note"])

    return _worked(request, here, number, form, reply)


@router.post("/{number}/position")
def position(request: Request, here: Handler, number: PathNumber, form: Sent) -> Response:
    """Record what the complainant thinks of the decision; without it nothing is closed."""
    given = asks.read(complaint_asks.POSITION, form)
    return _worked(
        request, here, number, form,
        lambda s, found: s.position(
            found, given["position"], given["way"], given.get("text", "")
        ),
    )  # fmt: skip


@router.post("/{number}/compensation")
def compensation(request: Request, here: Handler, number: PathNumber, form: Sent) -> Response:
    """Propose a sum that is due by contract or law."""
    given = asks.read(complaint_asks.MONEY, form)
    return _worked(
        request, here, number, form,
        lambda s, found: s.compensate(found, given["fen"], given["clause"], approval=False),
    )  # fmt: skip


@router.post("/{number}/compensation/answer")
def approve_compensation(
    request: Request, here: Approver, number: PathNumber, form: Sent
) -> Response:
    """Approve a proposed sum within one's authority."""
    given = asks.read(complaint_asks.MONEY, form)
    return _worked(
        request, here, number, form,
        lambda s, found: s.compensate(found, given["fen"], given["clause"], approval=True),
    )  # fmt: skip


@router.post("/{number}/callback")
def call_back(request: Request, here: Handler, number: PathNumber, form: Sent) -> Response:
    """Record the call-back after closing; «no» opens a review by somebody else."""
    given = asks.read(complaint_asks.CALLBACK, form)
    score = int(given["score"]) if given.get("score") else None

    def record(steps: ComplaintSteps, found: Complaint) -> None:
        words = given.get("text", "")
        complaints_after.called_back(steps.register, found, given["solved"], score, words)

    return _worked(request, here, number, form, record)


@router.post("/{number}/evidence")
def evidence(here: Taker, number: PathNumber, form: Sent) -> Response:
    """Give the evidence pack; whoever takes it is in the access log first."""
    given = asks.read(complaint_asks.EVIDENCE, form)
    full, why = given["full"] == "yes", given["reason"]
    query = visible(here, select(Complaint.id).where(Complaint.number == number))
    if here.read(lambda uow: uow.session.scalar(query)) is None:
        raise Refused(f"没有投诉 {number}，可能写错了，或者您不能看。")
    here.saw(f"evidence {number}{' full' if full else ''}", why)
    found = here.read(lambda uow: gather(uow.session, number))
    assert found is not None
    raw = packs.pack(found, here.parts.cipher, (here.now, here.staff.actor, why), full=full)
    name = f'attachment; filename="{number}.zip"'
    return Response(raw, media_type="application/zip", headers={"Content-Disposition": name})
