"""What a version of an entry is, says and is published for; plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Version:
    """A version as everybody outside this folder sees it; ``id`` is the database's own."""

    id: int
    code: str
    number: int
    state: str
    origin: str
    gone: bool
    body: Mapping[str, Any]
    hash: str
    author: str
    reviewer: str | None
    note: str
    effective_from: datetime | None
    expires_at: datetime | None
    created_at: datetime
    updated_at: datetime

    def is_expired(self, now: datetime) -> bool:
        """Tell whether its time is over."""
        return self.expires_at is not None and self.expires_at <= now


@dataclass(frozen=True)
class Text:
    """What a new version says."""

    code: str
    body: Mapping[str, Any]
    hash: str
    effective_from: datetime | None = None
    expires_at: datetime | None = None
    gone: bool = False

    def as_version(self, now: datetime) -> Version:
        """Return it as if it were stored, to be tried out."""
        return Version(
            0, self.code, 0, "draft", "staff", self.gone, self.body, self.hash, "", None, "",
            self.effective_from, self.expires_at, now, now,
        )  # fmt: skip


@dataclass(frozen=True)
class Cut:
    """What a release is made for, and by whom."""

    kind: str
    actor: str
    now: datetime
    explanation: str = ""
    report: Mapping[str, Any] | None = None
    calibration: Mapping[str, Any] | None = None
    seed_hash: str = ""
    restores: int | None = None
