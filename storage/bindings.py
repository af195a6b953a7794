"""Bindings, staff checks and consents: added to, ended, never rewritten."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from storage.models.identity import Consent, IdentityBinding, StaffCheck


class Bindings:
    """All of them; never commits."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def begin(self, conversation: int, customer: int, method: str, at: datetime) -> None:
        """Record a binding; one to the same customer that runs already goes on."""
        running = self.running(conversation)
        if running and running.customer_id == customer:
            return
        self.end(conversation, "bound anew", at)
        self.session.add(
            IdentityBinding(
                conversation_id=conversation, customer_id=customer, method=method, bound_at=at
            )
        )

    def running(self, conversation: int) -> IdentityBinding | None:
        """Return the binding that holds now."""
        query = select(IdentityBinding).where(
            IdentityBinding.conversation_id == conversation, IdentityBinding.ended_at.is_(None)
        )
        return self.session.scalar(query.order_by(IdentityBinding.id.desc()).limit(1))

    def end(self, conversation: int, why: str, at: datetime) -> None:
        """End the binding and every check of a colleague that came with it."""
        self.session.execute(
            update(IdentityBinding)
            .where(
                IdentityBinding.conversation_id == conversation,
                IdentityBinding.ended_at.is_(None),
            )
            .values(ended_at=at, ended_by=why[:64])
        )
        self.session.execute(
            update(StaffCheck)
            .where(StaffCheck.conversation_id == conversation, StaffCheck.expires_at > at)
            .values(expires_at=at)
        )

    def add_check(self, check: StaffCheck) -> None:
        """Record that a colleague has seen the person."""
        self.session.add(check)
        self.session.flush()

    def staff_check(self, conversation: int, customer: int, at: datetime) -> StaffCheck | None:
        """Return the check that holds now for this identity and this customer."""
        query = select(StaffCheck).where(
            StaffCheck.conversation_id == conversation,
            StaffCheck.customer_id == customer,
            StaffCheck.expires_at > at,
        )
        return self.session.scalar(query.order_by(StaffCheck.id.desc()).limit(1))

    def checks_of(self, customers: Collection[int], at: datetime) -> StaffCheck | None:
        """Return the newest check that holds now for one of these customers, wherever it was."""
        query = select(StaffCheck).where(
            StaffCheck.customer_id.in_(customers), StaffCheck.expires_at > at
        )
        return self.session.scalar(query.order_by(StaffCheck.id.desc()).limit(1))

    def add_consent(self, consent: Consent) -> None:
        """Record that a consent was given or taken back."""
        self.session.add(consent)
        self.session.flush()

    def consents(self, conversation: int) -> Sequence[Consent]:
        """Return the newest word on every consent of this identity."""
        query = select(Consent).where(Consent.conversation_id == conversation)
        newest = {row.code: row for row in self.session.scalars(query.order_by(Consent.id))}
        return list(newest.values())
