"""Days of the working calendar that were imported over the shipped years."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, Name, Short


class CalendarDay(Base):
    """A day off or on against the weekend rule; ``announced`` rows make their year known."""

    __tablename__ = "calendar_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    working: Mapped[bool]
    announced: Mapped[bool]
    name: Mapped[Name]
    frames: Mapped[Short]
    imported_at: Mapped[datetime]


class CalendarVersion(Base):
    """All imported days as they stood after an import, so that old deadlines can be explained."""

    __tablename__ = "calendar_version"

    fingerprint: Mapped[Short] = mapped_column(primary_key=True)
    days: Mapped[list[Any]] = mapped_column(JSON)
    imported_at: Mapped[datetime]
