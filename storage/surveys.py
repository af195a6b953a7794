"""The survey that waits for this customer."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.back_office import TransactionBackOffice


def pending(office: TransactionBackOffice) -> str | None:
    """Return the key of the newest survey that waits for an answer."""
    survey = office.uow.cases.waiting_survey(office.conversation.id, office.at)
    return survey.key if survey else None
