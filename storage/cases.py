"""Claims, complaints, tickets, hand-offs and surveys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from storage import ledger_cases, ledger_promises
from storage.ledger import Ledger
from storage.models.case import CaseEvent, Claim, Complaint, Handoff, Survey, Ticket
from storage.models.outbox import Media
from storage.numbering import next_number

# domain.md 9.4: an invitation that says nothing else is valid for a day.
_OPEN = timedelta(hours=24)


class Cases:
    """All cases; never commits."""

    def __init__(self, session: Session, ledger: Ledger) -> None:
        self.session = session
        self.ledger = ledger

    def number(self, prefix: str, at: datetime) -> str:
        """Return a fresh number for a case opened at ``at``."""
        return next_number(self.session, prefix, at.date())

    def add(self, case: Claim | Complaint | Ticket | Handoff | Survey) -> None:
        """Record a case."""
        self.session.add(case)
        self.session.flush()

    def note(
        self, number: str, at: datetime, actor: str, kind: str, data: Mapping[str, Any]
    ) -> None:
        """Append to the history of a case, and to the ledger without the words."""
        self.session.add(
            CaseEvent(case_number=number, at=at, actor=actor, kind=kind, data=dict(data))
        )
        self.ledger.add(ledger_cases.of_note(self.session, number, at, actor, kind, data))
        ledger_promises.noted(self.session, self.ledger, number, kind, at)

    def claim(self, number: str) -> Claim | None:
        """Return a claim by its number."""
        return self.session.scalar(select(Claim).where(Claim.number == number))

    def claim_on_plate_since(self, plate: str, since: datetime) -> Claim | None:
        """Return the newest valid claim on a plate since a time."""
        query = (
            select(Claim)
            .where(
                Claim.plate == plate,
                Claim.reported_at >= since,
                Claim.status.not_in(("withdrawn", "cancelled")),
            )
            .order_by(Claim.reported_at.desc())
            .limit(1)
        )
        return self.session.scalar(query)

    def claims_of(
        self, conversation_id: int, phone_blind: str | None, plates: Sequence[str], limit: int = 50
    ) -> Sequence[Claim]:
        """Return claims reported here, under the customer's phone, or on the customer's plates."""
        mine = [Claim.conversation_id == conversation_id]
        if phone_blind:
            mine.append(Claim.phone_blind == phone_blind)
        if plates:
            mine.append(Claim.plate.in_(plates))
        query = select(Claim).where(or_(*mine)).order_by(Claim.reported_at.desc(), Claim.id.desc())
        return self.session.scalars(query.limit(limit)).all()

    def complaint(self, number: str) -> Complaint | None:
        """Return a complaint by its number."""
        return self.session.scalar(select(Complaint).where(Complaint.number == number))

    def complaints_of(
        self, conversation_id: int, phone_blind: str | None, limit: int = 10
    ) -> Sequence[Complaint]:
        """Return complaints filed here or under the customer's phone, newest first."""
        mine = [Complaint.conversation_id == conversation_id]
        if phone_blind:
            mine.append(Complaint.phone_blind == phone_blind)
        query = select(Complaint).where(or_(*mine)).order_by(Complaint.received_at.desc())
        return self.session.scalars(query.limit(limit)).all()

    def open_handoff(self, conversation_id: int) -> Handoff | None:
        """Return the request for a person that is not closed yet."""
        query = select(Handoff).where(
            Handoff.conversation_id == conversation_id, Handoff.status.in_(("open", "taken"))
        )
        return self.session.scalar(query.order_by(Handoff.id.desc()).limit(1))

    def handoffs_ahead(self, handoff: Handoff) -> int:
        """Return how many open requests will be taken before this one."""
        query = select(func.count()).where(
            Handoff.status == "open",
            or_(
                Handoff.level < handoff.level,
                (Handoff.level == handoff.level) & (Handoff.id < handoff.id),
            ),
        )
        return int(self.session.scalar(query) or 0)

    def waiting_survey(self, conversation_id: int, now: datetime) -> Survey | None:
        """Return the newest survey that may be answered still and was not."""
        query = select(Survey).where(
            Survey.conversation_id == conversation_id,
            Survey.status == "sent",
            Survey.sent_at <= now,
            or_(
                Survey.expires_at > now,
                Survey.expires_at.is_(None) & (Survey.sent_at >= now - _OPEN),
            ),
        )
        return self.session.scalar(query.order_by(Survey.id.desc()).limit(1).with_for_update())

    def survey_waits(self, conversation_id: int, now: datetime) -> bool:
        """Tell whether a question is on its way or waits: two at once would confuse anybody."""
        query = select(Survey.id).where(
            Survey.conversation_id == conversation_id,
            Survey.status == "sent",
            Survey.expires_at > now,
        )
        return self.session.scalar(query.limit(1)) is not None

    def add_media(self, media: Media) -> None:
        """Record something the customer sent."""
        self.session.add(media)
        self.session.flush()

    def media_of(self, ids: Sequence[int]) -> Sequence[Media]:
        """Return media by id."""
        return self.session.scalars(select(Media).where(Media.id.in_(ids))).all()

    def photos_of(self, number: str) -> int:
        """Return how many photos hang on a case."""
        query = select(func.count()).where(Media.case_number == number, Media.kind == "image")
        return int(self.session.scalar(query) or 0)
