"""The governed knowledge base: versions of entries, releases of versions, and what was missed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from storage.crypto import EncryptedJson, EncryptedText
from storage.models.base import Base, Id, Name, Short

STATES = ("draft", "review", "approved", "published", "replaced", "expired", "withdrawn")
OPEN_STATES = ("draft", "review", "approved")
# Only the product's own texts and an operator's file may go live without a second person.
UNREVIEWED_ORIGINS = ("seed", "import")


def _one_of(values: tuple[str, ...]) -> str:
    return "(" + ", ".join(f"'{value}'" for value in values) + ")"


# Plain text: an index keeps its condition for good, and must not carry bound parameters.
_OPEN = text(f"state IN {_one_of(OPEN_STATES)}")


class KbEntry(Base):
    """One entry over all its versions; ``code`` is what people call it (F001)."""

    __tablename__ = "kb_entry"

    id: Mapped[Id]
    code: Mapped[Name] = mapped_column(unique=True)
    created_at: Mapped[datetime]


class KbVersion(Base):
    """What an entry said at one time. Once it has left ``draft``, ``body`` never changes.

    ``gone`` marks a proposal to take the entry out. The constraints are the four-eyes rule:
    nobody reviews their own text, and nothing written by hand goes live unreviewed.
    """

    __tablename__ = "kb_version"
    __table_args__ = (
        UniqueConstraint("entry_id", "number"),
        CheckConstraint(f"state IN {_one_of(STATES)}", name="state_known"),
        CheckConstraint("reviewer IS NULL OR reviewer <> author", name="reviewer_is_another"),
        CheckConstraint(
            f"state NOT IN ('approved', 'published') OR reviewer IS NOT NULL"
            f" OR origin IN {_one_of(UNREVIEWED_ORIGINS)}",
            name="reviewed_before_published",
        ),
        # One proposal for an entry at a time: two drafts would overwrite each other.
        Index(
            "uq_kb_version_open",
            "entry_id",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index("ix_kb_version_state", "state"),
    )

    id: Mapped[Id]
    entry_id: Mapped[int] = mapped_column(ForeignKey("kb_entry.id"))
    number: Mapped[int]
    state: Mapped[Short]
    origin: Mapped[Short]
    gone: Mapped[bool]
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    hash: Mapped[Short]
    author: Mapped[Name]
    reviewer: Mapped[Name | None]
    note: Mapped[str] = mapped_column(String(500))
    effective_from: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class KbRelease(Base):
    """A numbered, immutable list of versions; the one with the highest number is live.

    ``calibration`` is what the matcher learnt for this list, None for the shipped weights.
    ``report`` counts what the replay found, ``explanation`` says why that is right.
    """

    __tablename__ = "kb_release"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[Short]
    actor: Mapped[Name]
    explanation: Mapped[str] = mapped_column(Text())
    report: Mapped[dict[str, Any]] = mapped_column(JSON)
    calibration: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    seed_hash: Mapped[Short]
    restores: Mapped[int | None]
    size: Mapped[int]
    created_at: Mapped[datetime]


class KbReleaseItem(Base):
    """A version in a release."""

    __tablename__ = "kb_release_item"

    release: Mapped[int] = mapped_column(ForeignKey("kb_release.number"), primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("kb_entry.id"), primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("kb_version.id"), index=True)


class KbTestQuestion(Base):
    """A question with its right entries (comma-separated, '' = must not be answered)."""

    __tablename__ = "kb_test_question"

    id: Mapped[Id]
    text: Mapped[str] = mapped_column(EncryptedText("kb_test_question.text"))
    blind: Mapped[Short] = mapped_column(unique=True)
    answers: Mapped[str] = mapped_column(String(255))
    origin: Mapped[Short]
    author: Mapped[Name]
    created_at: Mapped[datetime]


class KbCluster(Base):
    """Questions that mean the same and that we could not answer well; ``leader`` is the first."""

    __tablename__ = "kb_cluster"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'taken', 'done', 'ignored')", name="state_known"),
    )

    id: Mapped[Id]
    leader: Mapped[str] = mapped_column(EncryptedText("kb_cluster.leader"))
    state: Mapped[Short]
    owner: Mapped[Name | None]
    entry: Mapped[Name]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class KbMiss(Base):
    """One question that was unanswered, offered only, or not solved by its answer."""

    __tablename__ = "kb_miss"
    __table_args__ = (
        Index("ix_kb_miss_cluster_id_id", "cluster_id", "id"),
        CheckConstraint("kind IN ('unanswered', 'offered', 'unsolved')", name="kind_known"),
    )

    id: Mapped[Id]
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"), index=True)
    cluster_id: Mapped[int | None] = mapped_column(ForeignKey("kb_cluster.id"))
    kind: Mapped[Short]
    text: Mapped[str] = mapped_column(EncryptedText("kb_miss.text"))
    entry: Mapped[Name]
    score: Mapped[float]
    trace: Mapped[dict[str, Any]] = mapped_column(EncryptedJson("kb_miss.trace"))
    at: Mapped[datetime]
