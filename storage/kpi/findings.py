"""What figures alone do not show: the claims to talk over, and causes that come back (S27, S67)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

from storage.kpi.definition import EVENT, Period, within
from storage.models.case import Complaint
from storage.rules import complaint as complaint_rules


@dataclass(frozen=True)
class LateCase:
    """A claim with deadlines missed in the period: which, and how long its worst one took."""

    number: str
    line: str
    clocks: tuple[str, ...]
    worst_s: int


def late_cases(connection: Connection, period: Period, count: int = 5) -> list[LateCase]:
    """Return the claims with most missed deadlines, the slowest first among equals."""
    of_claims = (EVENT.c.kind == "clock", EVENT.c.result == "missed", within(period))
    query = (
        select(EVENT.c.case_number, func.count().label("missed"), func.max(EVENT.c.value))
        .where(*of_claims, EVENT.c.case_number.like("CL%"))
        .group_by(EVENT.c.case_number)
        .order_by(func.count().desc(), func.max(EVENT.c.value).desc(), EVENT.c.case_number)
        .limit(count)
    )
    found = [(str(n), int(worst or 0)) for n, _, worst in connection.execute(query)]
    labels: dict[str, list[str]] = defaultdict(list)
    lines: dict[str, str] = {}
    rows = (
        select(EVENT.c.case_number, EVENT.c.label, EVENT.c.data["line"].as_string())
        .where(*of_claims, EVENT.c.case_number.in_([number for number, _ in found]))
        .order_by(EVENT.c.at, EVENT.c.id)
    )
    for number, label, line in connection.execute(rows):
        labels[number].append(str(label))
        lines[number] = str(line or "")
    return [LateCase(n, lines[n], tuple(dict.fromkeys(labels[n])), worst) for n, worst in found]


def root_causes(session: Session, period: Period) -> list[tuple[str, int]]:
    """Count the causes of the complaints that were closed, the most frequent first."""
    query = (
        select(Complaint.root_cause, func.count())
        .where(
            Complaint.closed_at >= period.start,
            Complaint.closed_at < period.end,
            Complaint.root_cause.is_not(None),
        )
        .group_by(Complaint.root_cause)
    )
    words = complaint_rules.rules()["root_causes"]
    found = [(str(words.get(cause, cause)), int(count)) for cause, count in session.execute(query)]
    return sorted(found, key=lambda item: (-item[1], item[0]))
