"""People who work here and programs that may use the API."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, Id, Name, Short


class StaffUser(Base):
    """A log-in of the console; the password is an argon2id hash.

    ``skills`` and ``capacity`` say which conversations the agent is offered, and how many at once.
    """

    __tablename__ = "staff_user"

    id: Mapped[Id]
    name: Mapped[Name] = mapped_column(unique=True)
    role: Mapped[Short]
    password_hash: Mapped[str] = mapped_column(String(255))
    skills: Mapped[list[Any] | None] = mapped_column(JSON)
    capacity: Mapped[int | None]
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
