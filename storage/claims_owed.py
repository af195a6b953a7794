"""What a claim must have planned and has not: its reminders, its pushes, its nudges.

They are planned with what causes them. Claims that came from elsewhere, or were open when the
rules changed, have none; and what piled up while everything stood still is said once, not thrice.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, update

from storage import claims_clocks, claims_reminders, claims_silence
from storage.claims_register import Register
from storage.models.base import table_of
from storage.models.case import CaseEvent, Claim
from storage.models.outbox import OutboxItem
from storage.rules.claim_states import machine
from storage.unit_of_work import UnitOfWork

_item = table_of(OutboxItem)
MERGED = "停机期间积下的几条合成一条"
PASSED = "排的时候已经过了日子"


def complex_claims(uow: UnitOfWork) -> Sequence[str]:
    """Return the open claims in which nobody may wait in silence (S24)."""
    query = select(Claim.number).where(
        Claim.track == "complex", Claim.status.not_in(sorted(machine().over))
    )
    return uow.session.scalars(query.order_by(Claim.id)).all()


def lacking_documents(uow: UnitOfWork) -> Sequence[str]:
    """Return the claims that wait for documents they were told of."""
    query = select(Claim.number).where(Claim.status == "documents_due")
    return uow.session.scalars(query.order_by(Claim.id)).all()


def mend_silence(book: Register, number: str) -> list[str]:
    """Plan the pushes and nudges of a claim that never had any in its present silence."""
    claim = book.locked(number)
    if claim is None or claim.status in machine().over:
        return []
    keys = claims_silence.keys(book, claim)
    pushes = claims_silence.keys(book, claim, (claims_silence.PUSH,))
    nudges = claims_silence.keys(book, claim, (claims_silence.NUDGE,))
    done = [*_merge(book, number, pushes), *_merge(book, number, nudges)]
    if _ahead(book, keys):
        return done
    clocks = claims_clocks.clocks(book.uow.session, claim, book.settings.deadlines)
    claims_silence.plan(book, claim, clocks)
    added = _ahead(book, keys)
    return [*done, f"{number}：补排 {added} 条进展与提醒"] if added else done


def mend_reminders(book: Register, number: str) -> list[str]:
    """Plan the reminders of a complete notice that has none."""
    claim = book.locked(number)
    if claim is None or claim.status != "documents_due":
        return []
    keys = claims_reminders.keys(book.uow, number)
    done = _merge(book, number, keys)
    missing = [document.name for document in book.documents.outstanding(number)]
    told = _told(book.uow, number)
    if not missing or told is None or _any(book, keys):
        return done
    url = book.settings.public_url
    claims_reminders.plan(book.uow, book.cipher, claim, missing, told, given=True, public_url=url)
    late = update(_item).where(_item.c.dedupe_key.in_(keys), _item.c.due_at < book.now)
    book.uow.connection.execute(late.values(status="suppressed", reason=PASSED))
    added = _ahead(book, keys)
    return [*done, f"{number}：补排 {added} 条催材料"] if added else done


def _merge(book: Register, number: str, keys: Sequence[str]) -> list[str]:
    """Of messages that are overdue together only the newest is still worth saying."""
    query = select(_item.c.id).where(
        _item.c.dedupe_key.in_(keys),
        _item.c.status == "planned",
        _item.c.due_at <= book.now,
        _item.c.attempts == 0,
    )
    overdue = list(book.uow.connection.execute(query.order_by(_item.c.due_at)).scalars())
    if len(overdue) < 2:
        return []
    older = update(_item).where(_item.c.id.in_(overdue[:-1]), _item.c.status == "planned")
    book.uow.connection.execute(older.values(status="suppressed", reason=MERGED))
    return [f"{number}：{len(overdue) - 1} 条积下的并入最新一条"]


def _ahead(book: Register, keys: Sequence[str]) -> int:
    query = select(func.count()).where(_item.c.dedupe_key.in_(keys), _item.c.status == "planned")
    return int(book.uow.connection.execute(query).scalar() or 0)


def _any(book: Register, keys: Sequence[str]) -> bool:
    query = select(_item.c.id).where(_item.c.dedupe_key.in_(keys)).limit(1)
    return book.uow.connection.execute(query).first() is not None


def _told(uow: UnitOfWork, number: str) -> datetime | None:
    query = select(func.max(CaseEvent.at)).where(
        CaseEvent.case_number == number, CaseEvent.kind == "documents_due"
    )
    return uow.session.scalar(query)
