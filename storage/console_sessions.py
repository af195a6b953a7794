"""Log-ins of the console: begun, looked up, ended; never commits."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from storage.models.console import ConsoleSession
from storage.models.staff import StaffUser


@dataclass(frozen=True)
class Limits:
    """How long a log-in holds: without a request, and at all."""

    idle: timedelta
    longest: timedelta


class ConsoleSessions:
    """All log-ins."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def begin(self, user: StaffUser, now: datetime) -> str:
        """Begin a log-in and return its cookie; a cookie is never taken over from before."""
        cookie = secrets.token_urlsafe(32)
        self.session.add(
            ConsoleSession(
                token_hash=hash_of(cookie),
                user_id=user.id,
                csrf=secrets.token_urlsafe(24),
                created_at=now,
                seen_at=now,
                ended_at=None,
            )
        )
        self.session.flush()
        return cookie

    def find(
        self, cookie: str, now: datetime, limits: Limits
    ) -> tuple[ConsoleSession, StaffUser] | None:
        """Return the log-in of a cookie and whose it is, while it holds."""
        query = (
            select(ConsoleSession, StaffUser)
            .join(StaffUser, StaffUser.id == ConsoleSession.user_id)
            .where(
                ConsoleSession.token_hash == hash_of(cookie),
                ConsoleSession.ended_at.is_(None),
                ConsoleSession.seen_at > now - limits.idle,
                ConsoleSession.created_at > now - limits.longest,
                StaffUser.disabled_at.is_(None),
            )
        )
        row = self.session.execute(query).first()
        return (row[0], row[1]) if row else None

    def seen(self, token_hash: str, now: datetime) -> None:
        """Note that the log-in is in use."""
        self.session.execute(
            update(ConsoleSession)
            .where(ConsoleSession.token_hash == token_hash, ConsoleSession.ended_at.is_(None))
            .values(seen_at=now)
        )

    def end(self, token_hash: str, now: datetime) -> None:
        """End one log-in."""
        self.session.execute(
            update(ConsoleSession)
            .where(ConsoleSession.token_hash == token_hash, ConsoleSession.ended_at.is_(None))
            .values(ended_at=now)
        )

    def end_all(self, user_id: int, now: datetime) -> None:
        """End every log-in of a person: the password has changed, or the person has left."""
        self.session.execute(
            update(ConsoleSession)
            .where(ConsoleSession.user_id == user_id, ConsoleSession.ended_at.is_(None))
            .values(ended_at=now)
        )


def hash_of(cookie: str) -> str:
    """Return what is kept of a cookie."""
    return hashlib.sha256(cookie.encode("utf-8", "replace")).hexdigest()
