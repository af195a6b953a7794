"""The demo data, seeded once for a module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from storage.crypto import Cipher
from storage.demo.seeding import DemoSummary, seed
from tests.storage.demo.demo_kit import NOW, new_engine


@pytest.fixture(scope="module")
def cipher() -> Cipher:
    return Cipher(b"a secret of the tests")


@pytest.fixture(scope="module")
def seeded(cipher: Cipher) -> Iterator[tuple[Session, DemoSummary]]:
    engine = new_engine(cipher)
    with Session(engine) as session:
        summary = seed(session, cipher, NOW)
        session.commit()
        yield session, summary
    engine.dispose()


@pytest.fixture
def session(seeded: tuple[Session, DemoSummary]) -> Session:
    return seeded[0]
