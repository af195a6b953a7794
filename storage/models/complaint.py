"""The people in a complaint."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from storage.crypto import EncryptedJson
from storage.models.base import Base, Id, Short


class ComplaintParty(Base):
    """Somebody in a complaint: against, proxy, heir or representative.

    ``blind`` finds whoever is complained about by name or staff number without showing either.
    """

    __tablename__ = "complaint_party"

    id: Mapped[Id]
    complaint_number: Mapped[Short] = mapped_column(index=True)
    role: Mapped[Short]
    blind: Mapped[Short] = mapped_column(index=True)
    facts: Mapped[dict[str, Any]] = mapped_column(EncryptedJson("complaint_party.facts"))
    added_at: Mapped[datetime]
