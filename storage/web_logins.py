"""Web authorisations under way: a state is good once, for one link, in one browser; never commits.

Only hashes are stored: whoever reads the table can finish nobody's authorisation.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert, update

from storage.models.base import table_of
from storage.models.web_link import OAuthState
from storage.unit_of_work import UnitOfWork

_state = table_of(OAuthState)
# The platform's code lives five minutes; so long may somebody look at the page before.
GOOD_FOR = timedelta(minutes=10)


@dataclass(frozen=True)
class Pending:
    """What an authorisation was begun for."""

    link: str
    conversation_id: int


def begin(uow: UnitOfWork, link: str, conversation: int, browser: str, now: datetime) -> str:
    """Return a fresh state for a link and a browser."""
    state = secrets.token_urlsafe(32)
    uow.connection.execute(
        insert(_state).values(
            state_hash=hashed(state), link=link, conversation_id=conversation,
            browser_hash=hashed(browser), made_at=now, expires_at=now + GOOD_FOR, used_at=None,
        )
    )  # fmt: skip
    return state


def take(uow: UnitOfWork, state: str, browser: str, now: datetime) -> Pending | None:
    """Use a state up; None when it is unknown, used, too old, or of another browser."""
    taken = uow.connection.execute(
        update(_state)
        .where(
            _state.c.state_hash == hashed(state),
            _state.c.browser_hash == hashed(browser),
            _state.c.used_at.is_(None),
            _state.c.expires_at > now,
        )
        .values(used_at=now)
        .returning(_state.c.link, _state.c.conversation_id)
    ).first()
    return Pending(taken.link, taken.conversation_id) if taken else None


def hashed(secret: str) -> str:
    """Return what is stored of a secret."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
