"""Premium payments as the branch knows them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, Id, Name, Short


class Payment(Base):
    """One payment on a policy; ``ref`` is the number the payment came with."""

    __tablename__ = "payment"

    id: Mapped[Id]
    ref: Mapped[Short] = mapped_column(unique=True)
    policy_id: Mapped[int] = mapped_column(ForeignKey("policy.id"), index=True)
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    paid_at: Mapped[datetime]
    method: Mapped[Short]
    status: Mapped[Short]
    invoice: Mapped[Name]
