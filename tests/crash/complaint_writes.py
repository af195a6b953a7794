"""Work on complaints that may be killed at any statement; once it is done it does nothing more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import Engine, select

from bot.errors import Refused
from scheduler.jobs import complaint_escalation
from storage.complaints_dates import ComplaintDates
from storage.complaints_register import ComplaintRegister
from storage.complaints_steps import ComplaintSteps
from storage.models.case import Complaint
from storage.unit_of_work import UnitOfWork
from tests.conftest import SECRET
from tests.storage.claims_kit import HOOK, Desk, desk_on
from tests.storage.complaints_kit import CLOSING, DECISION, SAID

Do = Callable[[ComplaintSteps], object]


def _run(engine: Engine, do: Do, actor: str = "api:王专员", role: str = "complaints") -> None:
    desk = desk_on(engine, secret=SECRET, webhooks=[HOOK])
    try:
        desk.ways.run(lambda uow: do(_steps(desk, uow, actor, role)))
    except Refused:
        return  # killed after the commit last time: it is done already
    finally:
        desk.ways.close()


def _steps(desk: Desk, uow: UnitOfWork, actor: str, role: str) -> ComplaintSteps:
    return ComplaintSteps(ComplaintRegister(uow, desk.cipher, desk.settings, desk.now, actor), role)


def _newest(steps: ComplaintSteps) -> Complaint:
    query = select(Complaint).order_by(Complaint.id.desc()).limit(1)
    complaint = steps.register.uow.session.scalar(query)
    assert complaint is not None
    return complaint


def filing(engine: Engine) -> None:
    """File a complaint against somebody, with a receipt."""

    def do(steps: ComplaintSteps) -> None:
        said = {**SAID, "story": "查勘员王敏态度差"}
        complaint = steps.register.open(said, "phone")
        way = steps.register.notify(complaint, "receipt")
        steps.register.note(complaint, "receipt", {"way": way})

    _run(engine, do)


def accepting(engine: Engine) -> None:
    """Accept and look into it."""

    def do(steps: ComplaintSteps) -> None:
        steps.move(_newest(steps), "accepted", {"owner": "王专员"})
        steps.move(_newest(steps), "investigating", {})

    _run(engine, do)


def asking(engine: Engine) -> None:
    """Ask for a prolongation."""
    _run(engine, lambda s: ComplaintDates(s.register, s.role).ask(_newest(s), "要调取录音"))


def prolonging(engine: Engine) -> None:
    """Approve it, and tell the complainant in the same breath."""

    def do(steps: ComplaintSteps) -> None:
        dates = ComplaintDates(steps.register, "supervisor")
        dates.answer(_newest(steps), approved=True, note="同意")

    _run(engine, do, "api:李主管", "supervisor")


def deciding(engine: Engine) -> None:
    """Decide and tell."""
    _run(engine, lambda s: s.move(_newest(s), "decided", DECISION))


def closing(engine: Engine) -> None:
    """Record the position and close, with survey and call-back."""

    def do(steps: ComplaintSteps) -> None:
        steps.position(_newest(steps), "accepted", "电话", "")
        steps.move(_newest(steps), "closed", CLOSING)

    _run(engine, do)


def carrying_up(engine: Engine) -> None:
    """Find it late and carry it up."""
    desk = desk_on(engine, secret=SECRET, webhooks=[HOOK])
    now = desk.now + timedelta(days=40)
    desk.ways.run(lambda uow: complaint_escalation.escalate(uow, desk.cipher, desk.settings, now))
    desk.ways.close()
