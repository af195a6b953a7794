"""One reader with the real data, and the held-out sentences."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from knowledge_base.understanding.reader import SentenceReader

CASES = Path(__file__).with_name("cases.yaml")


@dataclass(frozen=True)
class Case:
    """A sentence, the intents that are right for it, the levels that are."""

    say: str
    intents: tuple[str, ...]
    levels: tuple[str, ...]


@pytest.fixture(scope="session")
def reader() -> SentenceReader:
    """Return a reader with the shipped data."""
    return SentenceReader.load()


@pytest.fixture(scope="session")
def cases() -> dict[str, list[Case]]:
    """Return the held-out sentences by group."""
    data = yaml.safe_load(CASES.read_text("utf-8"))
    return {
        group: [Case(c["say"], tuple(c["is"]), tuple(c.get("level", ["none"]))) for c in rows]
        for group, rows in data.items()
    }
