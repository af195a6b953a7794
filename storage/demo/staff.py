"""People of the demo branch, so that the console can be tried at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.models.staff import StaffUser


@dataclass(frozen=True)
class Colleague:
    """Somebody of the demo branch and what they work on."""

    name: str
    role: str
    skills: tuple[str, ...] = ()


COLLEAGUES = (
    Colleague("王敏", "agent"),
    Colleague("李强", "agent", ("claims", "general")),
    Colleague("陈立", "claims", ("claims",)),
    Colleague("赵颖", "complaints", ("complaints",)),
    Colleague("周正", "underwriting", ("underwriting",)),
    Colleague("孙倩", "sales", ("sales",)),
    Colleague("刘洋", "supervisor"),
    Colleague("吴静", "trainer"),
    Colleague("admin", "admin"),
)


def hire(session: Session, password_hash: str, now: datetime) -> bool:
    """Add the colleagues with one password; False when somebody is employed already."""
    if session.scalar(select(StaffUser.id).limit(1)) is not None:
        return False
    session.add_all(
        StaffUser(
            name=one.name,
            role=one.role,
            password_hash=password_hash,
            skills=list(one.skills),
            capacity=6,
            created_at=now,
        )
        for one in COLLEAGUES
    )
    return True
