"""Claims, complaints and surveys of the demo data, in every state and within the law."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage import numbering
from storage.models.case import CaseEvent, Claim, Complaint, NumberSequence, Survey, Ticket
from storage.models.policy import Policy
from storage.statuses import CLAIM_STATUSES, COMPLAINT_STATUSES
from tests.storage.demo.demo_kit import NOW, TODAY

SLOTS = {
    "line", "happened_at", "place", "plate", "other_plate", "injured", "drivable",
    "police_reported", "phone", "accident_type", "reporter_relation", "reporter", "story",
    "damage", "missing",
}  # fmt: skip


ACCIDENT_TYPES = {
    "rear_end", "scrape", "single_vehicle", "hit_object", "flood", "glass", "theft", "fire",
    "hail", "pedestrian", "water_leak", "fall", "other",
}  # fmt: skip

# Handed out in writing between two states.
_PAPERS = ("document_list", "refusal_notice")


def test_every_state_of_a_claim(session: Session) -> None:
    """Each state occurs at least twice, with a history that leads to it."""
    claims = session.scalars(select(Claim)).all()
    counts = Counter(claim.status for claim in claims)
    assert set(counts) == set(CLAIM_STATUSES)
    assert min(counts.values()) >= 2
    policies = {p.number: p for p in session.scalars(select(Policy))}
    for claim in claims:
        assert re.fullmatch(r"CL\d{14}", claim.number)
        assert claim.number[2:10] == f"{claim.reported_at:%Y%m%d}"
        assert set(claim.facts) <= SLOTS
        assert claim.facts["accident_type"] in ACCIDENT_TYPES
        assert claim.line in {"auto", "home", "accident", "liability", "cargo"}
        assert claim.severity in {"P0", "P1", "P2", "P3", "normal"}
        happened = datetime.fromisoformat(claim.facts["happened_at"])
        assert happened < claim.reported_at <= claim.updated_at <= NOW
        policy = policies[str(claim.policy_number)]
        assert policy.starts_at <= happened
        assert happened.date() <= policy.ends_on
        assert (claim.paid_fen is not None) == (claim.status in {"paid", "closed", "advance_paid"})


def test_every_state_of_a_complaint(session: Session) -> None:
    """Each state occurs at least twice; a decision is there once one was told."""
    complaints = session.scalars(select(Complaint)).all()
    counts = Counter(complaint.status for complaint in complaints)
    assert set(counts) == set(COMPLAINT_STATUSES)
    assert min(counts.values()) >= 2
    for complaint in complaints:
        assert re.fullmatch(r"CP\d{14}", complaint.number)
        assert complaint.received_at <= complaint.updated_at <= NOW
        told = complaint.status in {"decided", "closed", "review", "mediation"}
        assert bool(complaint.decision) == told


def test_histories_end_where_the_case_is(session: Session) -> None:
    """The last event of a case is its state, events go forward in time, none is ahead of now."""
    events: dict[str, list[CaseEvent]] = {}
    for event in session.scalars(select(CaseEvent).order_by(CaseEvent.id)):
        events.setdefault(event.case_number, []).append(event)
    cases: list[Claim | Complaint] = [
        *session.scalars(select(Claim)),
        *session.scalars(select(Complaint)),
    ]
    for case in cases:
        history = events[case.number]
        states = [e.kind for e in history if e.kind not in _PAPERS]
        assert states[-1] == case.status
        assert history[-1].at == case.updated_at
        times = [event.at for event in history]
        assert times == sorted(times)
        assert times[-1] <= NOW
        begun = case.reported_at if isinstance(case, Claim) else case.received_at
        assert times[0] == begun
    assert set(session.scalars(select(Ticket.number))) <= set(events)


def test_legal_days_of_claims(session: Session) -> None:
    """Decision in 30 days (compulsory 5) from complete papers, refusal 3, payment 10."""
    kinds = {p.number: p.details["kind"] for p in session.scalars(select(Policy))}
    reached = {
        (event.case_number, event.kind): event.at.date()
        for event in session.scalars(select(CaseEvent))
    }
    starts = {
        "documents_complete": "documents_complete", "deciding": "documents_complete",
        "calculating": "documents_complete", "agreed": "agreed", "paying": "agreed",
        "declined": "declined",
    }  # fmt: skip
    for claim in session.scalars(select(Claim)):
        if start := starts.get(claim.status):
            decision = 5 if kinds[str(claim.policy_number)] == "compulsory" else 30
            days = {"agreed": 10, "declined": 3}.get(start, decision)
            assert claim.due_on == reached[claim.number, start] + timedelta(days=days)
        if claim.status in {"closed", "withdrawn", "cancelled", "documents_due", "suspended"}:
            assert claim.due_on is None


def test_legal_days_of_complaints(session: Session) -> None:
    """15 days from receipt, 30 or 60 when extended, 30 from a request for review."""
    spans = set()
    for complaint in session.scalars(select(Complaint)):
        if complaint.status == "review":
            assert complaint.due_on == complaint.updated_at.date() + timedelta(days=30)
        else:
            spans.add((complaint.due_on - complaint.received_at.date()).days)
    assert spans == {15, 30, 60}


def test_new_numbers_do_not_collide(session: Session) -> None:
    """The sequence stands at the last number of every day and prefix."""
    last: dict[tuple[str, str], int] = {}
    for model in (Claim, Complaint, Ticket):
        for number in session.scalars(select(model.number)):
            key = (number[:2], number[2:10])
            last[key] = max(last.get(key, 0), int(number[10:]))
    stored = {
        (row.prefix, f"{row.day:%Y%m%d}"): row.last
        for row in session.scalars(select(NumberSequence))
    }
    assert stored == last
    taken = set(session.scalars(select(Claim.number)))
    with session.begin_nested() as savepoint:
        assert numbering.next_number(session, "CL", TODAY) not in taken
        savepoint.rollback()


def test_cases_belong_to_no_conversation(session: Session) -> None:
    """Whoever opens the page finds none of these cases in their own conversation."""
    for model in (Claim, Complaint, Ticket):
        query = select(func.count()).where(model.conversation_id.is_not(None))
        assert session.scalar(query) == 0


def test_surveys_come_after_what_they_ask_about(session: Session) -> None:
    """A case survey goes out after the case was closed; an answer has a score."""
    closed: dict[str, datetime] = {}
    for model in (Claim, Complaint):
        closed |= dict(session.execute(select(model.number, model.updated_at)).all())
    about = set()
    for survey in session.scalars(select(Survey)):
        about.add(survey.about)
        if survey.about != "handoff":
            assert survey.sent_at > closed[survey.key.partition(":")[2]]
        assert (survey.status == "answered") == (survey.score is not None)
        assert survey.sent_at <= (survey.answered_at or NOW) <= NOW
    assert about == {"handoff", "claim", "complaint"}


def test_every_claim_says_who_and_what_next(session: Session) -> None:
    """Owner and next step are never empty: the customer is told both."""
    for claim in session.scalars(select(Claim)):
        assert claim.owner
        assert claim.next_step
