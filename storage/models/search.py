"""The sealed index over what was said in conversations."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from storage.crypto import EncryptedBytes
from storage.models.base import Base, Id


class SearchSegment(Base):
    """The index of the messages ``first_id`` to ``last_id``; ``messages`` of them are in it.

    ``sealed`` is one ciphertext: whoever has the database without the key learns how many
    messages there are, which he can count anyway, and nothing of their words.
    """

    __tablename__ = "search_segment"

    id: Mapped[Id]
    first_id: Mapped[int] = mapped_column(BigInteger, unique=True)
    last_id: Mapped[int] = mapped_column(BigInteger, unique=True)
    messages: Mapped[int]
    made_at: Mapped[datetime]
    sealed: Mapped[bytes] = mapped_column(EncryptedBytes("search_segment.sealed"))
