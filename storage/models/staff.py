"""People who work here and programs that may use the API."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.crypto import EncryptedText
from storage.models.base import Base, Id, Name, Short


class StaffUser(Base):
    """A log-in of the console; the password is an argon2id hash.

    ``skills`` and ``capacity`` say which conversations the agent is offered, and how many at once.
    ``failures`` counts wrong passwords in a row; ``totp_used`` is the last time step whose code
    was used, so that no code serves twice.
    """

    __tablename__ = "staff_user"

    id: Mapped[Id]
    name: Mapped[Name] = mapped_column(unique=True)
    role: Mapped[Short]
    password_hash: Mapped[str] = mapped_column(String(255))
    skills: Mapped[list[Any] | None] = mapped_column(JSON)
    capacity: Mapped[int | None]
    totp_secret: Mapped[str | None] = mapped_column(EncryptedText("staff_user.totp_secret"))
    totp_used: Mapped[int | None]
    failures: Mapped[int] = mapped_column(server_default="0")
    locked_until: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class ApiToken(Base):
    """A bearer token of /api/v1; only its SHA-256 is kept."""

    __tablename__ = "api_token"

    id: Mapped[Id]
    token_hash: Mapped[Short] = mapped_column(unique=True)
    role: Mapped[Short]
    label: Mapped[Name]
    created_at: Mapped[datetime]
    revoked: Mapped[bool]


class IdempotentRequest(Base):
    """A POST of the API with an Idempotency-Key, and what it was answered."""

    __tablename__ = "idempotent_request"

    key: Mapped[Name] = mapped_column(primary_key=True)
    request_hash: Mapped[Short]
    status: Mapped[int]
    response: Mapped[str] = mapped_column(String())
    at: Mapped[datetime]
