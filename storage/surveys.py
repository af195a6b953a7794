"""Answers to surveys that wait for this customer."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.back_office import TransactionBackOffice

_OPEN_HOURS = 24  # domain.md 9.4: an invitation is valid for a day


def pending(office: TransactionBackOffice) -> str | None:
    """Return the key of the newest survey that waits for an answer."""
    since = office.at - timedelta(hours=_OPEN_HOURS)
    survey = office.uow.cases.waiting_survey(office.conversation.id, since)
    return survey.key if survey else None


def answer(office: TransactionBackOffice, score: int | None, comment: str) -> bool:
    """Record the first valid answer; a survey is answered once."""
    since = office.at - timedelta(hours=_OPEN_HOURS)
    survey = office.uow.cases.waiting_survey(office.conversation.id, since)
    if survey is None:
        return False
    survey.score, survey.comment = score, comment
    survey.status, survey.answered_at = "answered", office.at
    return True
