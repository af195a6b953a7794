"""The steps of cases as rows of the ledger: every note in a history is one, without its words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.ledger import Happening
from storage.models.case import CaseEvent, Claim, Complaint, Handoff, Ticket
from storage.models.conversation import Conversation

Case = Claim | Complaint | Handoff | Ticket
_MODELS: Mapping[str, tuple[str, type[Case]]] = {
    "CL": ("claim", Claim),
    "CP": ("complaint", Complaint),
    "HO": ("handoff", Handoff),
    "TK": ("ticket", Ticket),
}
# What a note may take into the ledger: codes and figures, never what somebody said.
_CODES = (
    "severity", "level", "before", "after", "kind", "track", "line", "cause", "accepted",
    "outcome", "days", "transfer", "category", "upheld",
)  # fmt: skip
_LONGEST_CODE = 64


def of_note(
    session: Session, number: str, at: datetime, actor: str, kind: str, data: Mapping[str, Any]
) -> Happening:
    """Return the row for a note in the history of a case."""
    area, model = _MODELS.get(number[:2], ("case", None))
    case = _found(session, model, number) if model else None
    conversation = case.conversation_id if case else None
    return Happening(
        f"{area}.{kind}"[:64],
        at,
        conversation,
        number,
        actor,
        "",
        _channel(session, case),
        _label(case),
        _result(session, case, kind, data),
        int((at - _opened(case, at)).total_seconds()),
        0,
        _codes(case, data),
    )


def _result(session: Session, case: Case | None, kind: str, data: Mapping[str, Any]) -> str:
    """Return the decision, or what the complainant thinks of it when it is closed."""
    if not isinstance(case, Complaint) or kind != "closed":
        return str(data.get("outcome") or "")[:64]
    if case.position != "accepted" and _review_kept(session, case.number):
        return "review_kept"
    return case.position or ""


def _review_kept(session: Session, number: str) -> bool:
    """Tell whether the body above has looked and decided the same again."""
    query = select(CaseEvent).where(CaseEvent.case_number == number).order_by(CaseEvent.id)
    events = session.scalars(query).all()
    decided = [event.data.get("outcome") for event in events if event.kind == "decided"]
    reviewed = any(event.kind == "review" for event in events)
    return reviewed and len(decided) > 1 and decided[-1] == decided[-2]


def _opened(case: Case | None, at: datetime) -> datetime:
    """Return when the case began: the value of its rows is how old it was."""
    if isinstance(case, Claim):
        return case.reported_at
    if isinstance(case, Complaint):
        return case.received_at
    return case.opened_at if case else at


def _found(session: Session, model: type[Case], number: str) -> Case | None:
    """Return the case; it is nearly always at hand already."""
    for held in (*session.new, *session.identity_map.values()):
        if isinstance(held, model) and held.number == number:
            return held
    found = session.scalar(select(model).where(model.number == number))
    return cast("Case | None", found)


def _channel(session: Session, case: Case | None) -> str:
    if isinstance(case, Complaint):
        return case.channel
    if case is None or case.conversation_id is None:
        return ""
    query = select(Conversation.channel).where(Conversation.id == case.conversation_id)
    return session.scalar(query) or ""


def _label(case: Case | None) -> str:
    """Return what kind of case it is: line, category, level or kind."""
    if isinstance(case, Claim):
        return case.line
    if isinstance(case, Complaint):
        return case.category
    if isinstance(case, Handoff):
        return case.level
    return case.kind if case else ""


def _codes(case: Case | None, data: Mapping[str, Any]) -> dict[str, Any]:
    found = {
        key: value
        for key in _CODES
        if isinstance(value := data.get(key), bool | int)
        or (isinstance(value, str) and len(value) <= _LONGEST_CODE)
    }
    if isinstance(case, Claim):
        found |= {"track": case.track or "", "severity": case.severity, "owner": case.owner}
    if isinstance(case, Complaint):
        found |= {"severity": case.severity, "status": case.status, "owner": case.owner}
    return found
