"""The chain that shows whether the record of reads, decisions and edits was touched."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, Name, Short


class AuditEntry(Base):
    """One link. ``digest`` is the keyed hash of the row it stands for (``source``, ``source_id``)
    or of ``detail``; ``hash`` covers the link and the hash before it."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_source_source_id", "source", "source_id"),)

    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor: Mapped[Name]
    kind: Mapped[Short]
    subject: Mapped[str] = mapped_column(String(255), index=True)
    source: Mapped[Short]
    source_id: Mapped[int] = mapped_column(BigInteger)
    detail: Mapped[str] = mapped_column(String())
    digest: Mapped[Short]
    previous: Mapped[Short]
    hash: Mapped[Short]


class AuditHead(Base):
    """The end of the chain; its lock puts the writers in line."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[Short]
