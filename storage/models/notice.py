"""What staff are told by the machine: a digest, a warning, what waits for them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, Id, Name, Short


class StaffNotice(Base):
    """One notice for a role; ``key`` makes a second one for the same cause impossible.

    ``lines`` name cases by their numbers only: nobody's personal data stands in a notice.
    """

    __tablename__ = "staff_notice"
    __table_args__ = (Index("ix_staff_notice_role_at", "role", "at"),)

    id: Mapped[Id]
    key: Mapped[Name] = mapped_column(unique=True)
    kind: Mapped[Short]
    role: Mapped[Short]
    title: Mapped[Name]
    lines: Mapped[list[str]] = mapped_column(JSON)
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime]
