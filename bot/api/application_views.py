"""Applications as the API shows them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel

from bot.advice.form import form
from bot.api import history
from bot.api.desk import Desk, Seen
from bot.api.history import EventView
from bot.api.masking import mask_name, mask_phone
from storage.applications_register import Book
from storage.models.application import Application, ApplicationPayment
from storage.rules.application_checks import checks
from storage.rules.application_states import machine
from storage.unit_of_work import UnitOfWork

# Free text may name anybody, so it cannot be masked, only left out.
_HIDDEN = ("address", "words", "firm", "goods", "route")


class ApplicationView(BaseModel):
    """An application; ``facts`` are the answers of its form."""

    number: str
    kind: str
    kind_label: str
    line: str
    status: str
    status_label: str
    owner: str
    partner: str | None
    policy_number: str | None
    conversation: int | None
    opened_at: datetime
    updated_at: datetime
    due_at: datetime | None
    masked: bool
    facts: dict[str, Any]


class CheckView(BaseModel):
    """One thing to look at before underwriting."""

    code: str
    label: str
    checked: bool


class PaymentView(BaseModel):
    """Money that came."""

    reference: str
    amount_fen: int
    method: str
    paid_on: date
    noted_at: datetime
    actor: str


class ApplicationDetail(ApplicationView):
    """An application with all that belongs to it; the customer's words only for full sight."""

    lines: list[str]
    lacking: list[str]
    checks: list[CheckView]
    next: list[str]
    items: list[dict[str, Any]]
    opinions: list[dict[str, Any]]
    plan: list[dict[str, Any]]
    paid_fen: int
    payments: list[PaymentView]
    deliveries: list[dict[str, Any]]
    history: list[EventView]
    told: dict[str, Any] | None = None
    confirmation: dict[str, Any] | None = None


def application_view(application: Application, *, full: bool) -> ApplicationView:
    """Return an application for a caller who may see personal data in full, or not."""
    return ApplicationView.model_validate(_values(application, full=full))


def _values(application: Application, *, full: bool) -> dict[str, Any]:
    return {
        "number": application.number,
        "kind": application.kind,
        "kind_label": form().kinds[application.kind].label,
        "line": application.line,
        "status": application.status,
        "status_label": machine().label(application.status),
        "owner": application.owner,
        "partner": application.partner,
        "policy_number": application.policy_number,
        "conversation": application.conversation_id,
        "opened_at": application.opened_at,
        "updated_at": application.updated_at,
        "due_at": application.due_at,
        "masked": not full,
        "facts": application.facts if full else _masked(application.facts),
    }


def _masked(facts: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in facts.items() if key not in _HIDDEN}
    for key, mask in (("phone", mask_phone), ("applicant", mask_name)):
        if kept.get(key):
            kept[key] = mask(str(kept[key]))
    return kept


def book_of(uow: UnitOfWork, desk: Desk) -> Book:
    """Return the book, written in the caller's name and role."""
    parts, caller = desk.parts, desk.caller
    return Book(uow, parts.cipher, parts.settings, desk.now, caller.actor, caller.role)


def detail(uow: UnitOfWork, desk: Desk, application: Application) -> ApplicationDetail:
    """Return an application with all that belongs to it, as far as the caller may see."""
    uow.session.flush()
    full = desk.caller.may("applications", "full")
    book, work = book_of(uow, desk), application.work
    done = work.get("checked", ())
    shown: dict[str, Any] = {
        **_values(application, full=full),
        "lines": book.lines(application) if full else [],
        "lacking": book.lacking(application),
        "checks": [
            CheckView(code=check.code, label=check.label, checked=check.code in done)
            for check in checks().of(application.kind)
        ],
        "next": machine().next(application.status),
        "items": list(work.get("items", ())),
        "opinions": list(work.get("opinions", ())),
        "plan": list(work.get("plan", ())),
        "paid_fen": book.paid_fen(application),
        "payments": list(map(payment_view, book.payments(application.number))),
        "deliveries": list(work.get("deliveries", ())),
        "history": history.history(uow.session, application.number, full=full),
    }
    if full:
        shown |= {"told": application.told, "confirmation": work.get("confirmation")}
    return ApplicationDetail.model_validate(shown)


def payment_view(payment: ApplicationPayment) -> PaymentView:
    """Return a payment."""
    return PaymentView(
        reference=payment.reference,
        amount_fen=payment.amount_fen,
        method=payment.method,
        paid_on=payment.paid_on,
        noted_at=payment.noted_at,
        actor=payment.actor,
    )


def seen(application: Application) -> Seen:
    """Return what the access log says about showing this application."""
    return Seen(f"application {application.number}", conversation_id=application.conversation_id)
