"""Money that comes for an application: each payment once, never more than is due (S40)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from bot.errors import Refused
from storage import applications_notices as notices
from storage.applications_register import Book
from storage.applications_steps import Steps
from storage.models.application import Application, ApplicationPayment
from storage.rules.application_checks import checks


@dataclass(frozen=True)
class Payment:
    """One payment as it is reported to us."""

    reference: str
    amount_fen: int
    method: str
    paid_on: date


def receive(book: Book, application: Application, payment: Payment) -> ApplicationPayment:
    """Note a payment; the last one takes the application on by itself."""
    if known := _known(book, application, payment.reference):
        if (known.amount_fen, known.method) != (payment.amount_fen, payment.method):
            raise Refused(f"流水号 {payment.reference} 已登记过，金额或方式不同，请核对")
        return known
    _check(book, application, payment)
    row = ApplicationPayment(
        application_number=application.number,
        reference=payment.reference,
        amount_fen=payment.amount_fen,
        method=payment.method,
        paid_on=payment.paid_on,
        noted_at=book.now,
        actor=book.actor,
    )
    book.uow.session.add(row)
    book.uow.session.flush()
    book.note(
        application,
        "payment",
        {
            "reference": payment.reference,
            "amount_fen": payment.amount_fen,
            "method": payment.method,
            "paid_on": payment.paid_on.isoformat(),
        },
    )
    _go_on(book, application)
    return row


def _known(book: Book, application: Application, reference: str) -> ApplicationPayment | None:
    query = select(ApplicationPayment).where(
        ApplicationPayment.application_number == application.number,
        ApplicationPayment.reference == reference,
    )
    return book.uow.session.scalar(query)


def _check(book: Book, application: Application, payment: Payment) -> None:
    if application.status != "paying":
        label = book.machine.label(application.status)
        raise Refused(f"「{label}」的投保不收保费，收到的钱请转财务核对")
    if payment.method not in checks().methods:
        raise Refused(f"没有 {payment.method} 这种缴费方式，可用：{'、'.join(checks().methods)}")
    if payment.paid_on > book.now.date():
        raise Refused("缴费日不能晚于今天")
    due = sum(part["amount_fen"] for part in application.work["plan"])
    left = due - book.paid_fen(application)
    if payment.amount_fen > left:
        raise Refused(f"只差 {left / 100:,.2f} 元，这笔收多了：请核对是不是重复缴费，多的退回原路")


def _go_on(book: Book, application: Application) -> None:
    still = {order for order, _ in book.open_parts(application)}
    covered = [n for n in range(len(application.work["plan"])) if n not in still]
    notices.drop_reminders(book.uow, application, covered)
    if still:
        book.changed(application, "application.payment")
    else:
        # Whoever notes the last payment moves it on; nobody has to remember.
        Steps(book).move(application, "paid", {})
