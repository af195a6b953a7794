"""Who may come in: name, password, second factor, lock-out.

Whatever is wrong, the answer and the work are the same: nobody learns which names exist.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select

from bot.settings import Console
from storage.models.staff import StaffUser
from storage.unit_of_work import UnitOfWork

_STEP_SECONDS = 30


@dataclass(frozen=True)
class Entry:
    """What somebody typed at the door."""

    name: str
    password: str
    code: str = ""


@lru_cache(maxsize=1)
def _nobody() -> str:
    """Return the hash that an unknown name is compared with: it takes just as long."""
    return PasswordHasher().hash("nobody has this password")


def right_password(password_hash: str | None, password: str) -> bool:
    """Compare; slow on purpose, so call it outside of any transaction."""
    try:
        return PasswordHasher().verify(password_hash or _nobody(), password) and bool(password_hash)
    except (VerificationError, InvalidHashError):
        return False


def hash_of(uow: UnitOfWork, name: str) -> str | None:
    """Return the password hash of somebody who still works here."""
    query = select(StaffUser.password_hash).where(
        StaffUser.name == name, StaffUser.disabled_at.is_(None)
    )
    return uow.session.scalar(query)


def admit(
    uow: UnitOfWork, entry: Entry, rules: Console, now: datetime, *, fits: bool
) -> StaffUser | None:
    """Return the person, or None; count failures and lock the name after too many."""
    query = select(StaffUser).where(StaffUser.name == entry.name).with_for_update()
    user = uow.session.scalar(query)
    if user is None or user.disabled_at or (user.locked_until and user.locked_until > now):
        return None
    if not fits or not _right_code(user, entry.code, rules, now):
        user.failures += 1
        if user.failures >= rules.failures_before_lock:
            user.failures = 0
            user.locked_until = now + timedelta(minutes=rules.lock_minutes)
        return None
    user.failures, user.locked_until = 0, None
    return user


def _right_code(user: StaffUser, code: str, rules: Console, now: datetime) -> bool:
    """Check the second factor where the person or the role has one; a code serves once."""
    if user.totp_secret is None:
        return user.role not in rules.totp_roles
    step = int(now.timestamp()) // _STEP_SECONDS
    for counter in (step - 1, step, step + 1):
        known = pyotp.TOTP(user.totp_secret).at(counter * _STEP_SECONDS)
        if hmac.compare_digest(known, code) and counter > (user.totp_used or 0):
            user.totp_used = counter
            return True
    return False
