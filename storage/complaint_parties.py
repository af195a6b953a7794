"""Who is in a complaint, and who must therefore neither own nor read it (CMP20, 回避)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from storage.crypto import Cipher
from storage.models.complaint import ComplaintParty
from storage.rules.complaint import rules

AGAINST = "against"
_PARTS = re.compile(r"[\s,，、:：/()（）]+")
_BLANK = re.compile(r"\s+")


def names_of(label: str) -> frozenset[str]:
    """Return the names under which somebody may be complained about: 王敏 8021 is both."""
    whole = _BLANK.sub("", label).casefold()
    parts = [part.casefold() for part in _PARTS.split(label) if len(part) > 1]
    return frozenset({whole, *parts} - {""})


def blinds(cipher: Cipher, label: str) -> list[str]:
    """Return the blind indexes of these names, and of «王经理» for everybody called 王."""
    names = names_of(label)
    addressed = {f"{name[0]}{title}" for name in names for title in rules()["addressed"]}
    return sorted(cipher.blind(f"party:{name}") for name in names | addressed)


def add(
    session: Session, cipher: Cipher, number: str, role: str, party: Mapping[str, Any], at: Any
) -> None:
    """Record somebody; whoever is complained about is found by name and by staff number."""
    for label in _labels(party) or [""]:
        session.add(
            ComplaintParty(
                complaint_number=number,
                role=role,
                blind=cipher.blind(f"party:{_BLANK.sub('', label).casefold()}"),
                facts=dict(party),
                added_at=at,
            )
        )


def _labels(party: Mapping[str, Any]) -> list[str]:
    return [str(party[key]) for key in ("name", "staff_no") if party.get(key)]


def of(session: Session, number: str) -> Sequence[ComplaintParty]:
    """Return the parties of a complaint; one per name."""
    query = select(ComplaintParty).where(ComplaintParty.complaint_number == number)
    return session.scalars(query.order_by(ComplaintParty.id)).all()


def against(cipher: Cipher, label: str) -> Select[str]:
    """Return the query for the numbers of complaints against somebody."""
    return select(ComplaintParty.complaint_number).where(
        ComplaintParty.role == AGAINST, ComplaintParty.blind.in_(blinds(cipher, label))
    )


def is_against(session: Session, cipher: Cipher, number: str, label: str) -> bool:
    """Tell whether a complaint is against this person."""
    query = against(cipher, label).where(ComplaintParty.complaint_number == number)
    return session.scalar(query.limit(1)) is not None
