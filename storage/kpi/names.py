"""What the labels of the ledger are called by people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.ledger_promises import COMPLAINT
from storage.models.knowledge import KbEntry, KbVersion
from storage.rules import claim_clocks, surveys
from storage.rules.ticket_kinds import table

_PROMISES: Final = {COMPLAINT: "投诉答复", "improvement": "改进项", "training": "培训"}
_TICKET = "ticket:"


def promise(label: str) -> str:
    """Return what a clock of the ledger is called."""
    if label.startswith(_TICKET):
        return f"工单·{table().find(label.removeprefix(_TICKET)).title}"
    rules = {found.rule.code: found.rule.label for found in claim_clocks.rules()}
    return _PROMISES.get(label) or rules.get(label, label)


def label(code: str, name: str) -> str:
    """Return what a label of a figure is called: an occasion of a survey, a clock, or itself."""
    if code.startswith(("csat", "survey")):
        return surveys.rules().label(name)
    return promise(name)


def entries(session: Session, codes: Iterable[str]) -> Mapping[str, str]:
    """Return the questions of knowledge entries by their codes, as they are published."""
    query = (
        select(KbEntry.code, KbVersion.body)
        .join(KbVersion, KbVersion.entry_id == KbEntry.id)
        .where(KbEntry.code.in_(sorted(set(codes))), KbVersion.state == "published")
    )
    return {str(code): str(body.get("question", "")) for code, body in session.execute(query)}
