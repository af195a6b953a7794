"""What may go and what may not: every business record of a person against the retention rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.models.application import Application
from storage.models.case import Claim, Complaint, Ticket
from storage.models.personal import PolicySnapshot
from storage.models.policy import Policy
from storage.models.service import ServiceRequest
from storage.personal.person import Person
from storage.rules import application_states
from storage.rules.claim_states import machine
from storage.rules.retention import File, retention

Fate = Literal["keep", "restrict", "erase"]
RUNNING_POLICY = ("有效", "未生效", "中止")
_RUNNING = "保险合同还在有效期内，履行合同必需"
_OVER_COMPLAINT = ("closed", "withdrawn", "done")
_OVER_TICKET = ("done", "closed", "cancelled")


@dataclass(frozen=True)
class Verdict:
    """A record and what becomes of it.

    ``until`` is the day a restricted one goes, or that until which one is kept, if known.
    """

    kind: str
    key: str
    fate: Fate
    reason: str = ""
    until: date | None = None
    conversation: int | None = None


def verdicts(session: Session, person: Person, today: date, request: str = "") -> list[Verdict]:
    """Return the fate of every policy, claim, complaint and ticket; ``request`` itself is left."""
    return [
        *_policies(session, person, today),
        *_told_policies(session, person, today),
        *_claims(session, person, today),
        *_complaints(session, person, today),
        *_services(session, person, today),
        *_applications(session, person, today),
        *_tickets(session, person, request),
    ]


def kept(found: Sequence[Verdict]) -> bool:
    """Tell whether some business is going on, so that the person must stay known."""
    return any(verdict.fate == "keep" for verdict in found)


def _policies(session: Session, person: Person, today: date) -> Iterator[Verdict]:
    query = select(Policy).where(Policy.customer_id.in_(person.customers)).order_by(Policy.id)
    for policy in session.scalars(query):
        if policy.status in RUNNING_POLICY and policy.ends_on >= today:
            yield Verdict("policy", policy.number, "keep", _RUNNING, policy.ends_on)
            continue
        file = retention().policy_file(policy.starts_at.date(), policy.ends_on)
        yield _by_file("policy", policy.number, file, min(policy.ends_on, today), today)


def _told_policies(session: Session, person: Person, today: date) -> Iterator[Verdict]:
    """Contracts that run in the core system: their papers are there, but the person stays known."""
    query = select(PolicySnapshot).where(PolicySnapshot.customer_id.in_(person.customers))
    for told in session.scalars(query):
        for row in told.body:
            ends = date.fromisoformat(str(row.get("ends_on") or "0001-01-01"))
            if row.get("status") in RUNNING_POLICY and ends >= today:
                yield Verdict("policy", str(row["number"]), "keep", _RUNNING, ends)


def _claims(session: Session, person: Person, today: date) -> Iterator[Verdict]:
    over = machine().over
    for claim in session.scalars(select(Claim).where(Claim.number.in_(person.cases))):
        if claim.status not in over:
            yield Verdict(
                "claim", claim.number, "keep", "理赔还没有办完", None, claim.conversation_id
            )
        else:
            ended, file = claim.updated_at.date(), retention().files["claim"]
            yield _by_file("claim", claim.number, file, ended, today, claim.conversation_id)


def _complaints(session: Session, person: Person, today: date) -> Iterator[Verdict]:
    query = select(Complaint).where(Complaint.number.in_(person.cases))
    for complaint in session.scalars(query):
        talk = complaint.conversation_id
        if complaint.status not in _OVER_COMPLAINT:
            yield Verdict("complaint", complaint.number, "keep", "投诉还没有办完", None, talk)
        else:
            ended, file = complaint.updated_at.date(), retention().files["complaint"]
            yield _by_file("complaint", complaint.number, file, ended, today, talk)


def _services(session: Session, person: Person, today: date) -> Iterator[Verdict]:
    file = retention().files["short_policy"]
    query = select(ServiceRequest).where(ServiceRequest.number.in_(person.cases))
    for asked in session.scalars(query):
        talk = asked.conversation_id
        if asked.open_key is not None:
            yield Verdict("service_request", asked.number, "keep", "保单服务还没有办完", None, talk)
        else:
            ended = asked.updated_at.date()
            yield _by_file("service_request", asked.number, file, ended, today, talk)


def _applications(session: Session, person: Person, today: date) -> Iterator[Verdict]:
    file = retention().files["short_policy"]
    query = select(Application).where(Application.number.in_(person.cases))
    for wish in session.scalars(query):
        talk = wish.conversation_id
        if wish.status not in application_states.machine().over:
            yield Verdict("application", wish.number, "keep", "投保申请还没有办完", None, talk)
        elif wish.policy_number is None:
            # It came to nothing: no contract, so nothing that the law makes us keep.
            yield Verdict("application", wish.number, "erase", conversation=talk)
        else:
            yield _by_file("application", wish.number, file, wish.updated_at.date(), today, talk)


def _tickets(session: Session, person: Person, request: str) -> Iterator[Verdict]:
    for ticket in session.scalars(select(Ticket).where(Ticket.number.in_(person.cases))):
        # What only the request itself, or another of its kind, is about need not be waited for.
        if ticket.number == request or ticket.kind.startswith("privacy_"):
            continue
        if ticket.status in _OVER_TICKET:
            yield Verdict("ticket", ticket.number, "erase")
        else:
            talk = ticket.conversation_id
            yield Verdict("ticket", ticket.number, "keep", "工单还没有办完", None, talk)


def _by_file(
    kind: str, key: str, file: File, ended: date, today: date, talk: int | None = None
) -> Verdict:
    until = file.until(ended)
    if until <= today:
        return Verdict(kind, key, "erase", conversation=talk)
    return Verdict(kind, key, "restrict", f"{file.reason}（{file.basis}）", until, talk)


def described(found: Sequence[Verdict]) -> list[dict[str, Any]]:
    """Return the verdicts as JSON, for the answer to the person."""
    return [
        {
            "kind": v.kind,
            "number": v.key,
            "fate": v.fate,
            "reason": v.reason,
            "until": v.until.isoformat() if v.until else None,
        }
        for v in found
    ]
