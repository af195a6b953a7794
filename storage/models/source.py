"""Where customers come from: scenes with a name, and every arrival by one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, Id, Name, Short


class Scene(Base):
    """A scene of a QR code or deep link: which branch, agent or partner hands it out."""

    __tablename__ = "scene"

    scene: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[Short]
    name: Mapped[Name]
    url: Mapped[str] = mapped_column(String(255))
    expires_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Arrival(Base):
    """A customer came by a scene: subscribe (new), or scan (already following)."""

    __tablename__ = "arrival"

    id: Mapped[Id]
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"), index=True)
    scene: Mapped[str] = mapped_column(String(64), index=True)
    event: Mapped[Short]
    at: Mapped[datetime]
