"""Where the people of the demo branch work, and how many policies there were on each day."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage.demo import vocabulary
from storage.ledger import Happening
from storage.models.ledger import StaffPost
from storage.models.policy import Policy

AGENTS = ("王敏", "李强")
_JOINED = timedelta(days=800)
# (name, team, post); the posts are those of storage/rules/assessment.yaml.
_POSTS = (
    ("王敏", "客服一组", "agent"),
    ("李强", "客服一组", "agent"),
    ("陈立", "理赔组", "claims"),
    ("孙倩", "销售组", "sales"),
    ("周正", "核保组", "underwriting"),
    ("赵颖", "投诉组", "agent"),
    *((f"理赔专员 {name}", "理赔组", "claims") for name in vocabulary.ADJUSTERS),
    *((f"投诉专员 {name}", "投诉组", "agent") for name in vocabulary.OFFICERS),
    *((f"客服专员 {name}", "客服二组", "agent") for name in vocabulary.OFFICERS),
)


def fill(session: Session, now: datetime) -> None:
    """Say who belongs to which team."""
    joined = (now - _JOINED).date()
    session.add_all(
        StaffPost(name=name, team=team, post=post, joined_on=joined) for name, team, post in _POSTS
    )
    session.flush()


def stock(session: Session, at: datetime) -> Happening:
    """Return the row that counts the policies in force on a day."""
    query = select(func.count()).where(Policy.starts_at <= at, Policy.ends_on >= at.date())
    value = int(session.scalar(query) or 0)
    return Happening("stock", at, label="policies", value=value, key=f"stock:policies:{at.date()}")
