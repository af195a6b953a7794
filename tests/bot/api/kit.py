"""What the tests of the API share: a real database, a clock that stands, tokens."""

from __future__ import annotations

import hashlib
import warnings
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import FastAPI
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.routing import Mount

from bot.api.app import api_app
from bot.api.desk import Parts
from bot.clock import SHANGHAI
from bot.settings import Settings
from knowledge_base.entries import Entry
from scheduler.registry import planned
from storage.crypto import Cipher
from storage.models.customer import AccessLog
from storage.models.staff import ApiToken
from storage.models.tables import Base
from storage.transactions import Transactions

with warnings.catch_warnings():
    # Starlette would rather have httpx2; httpx does the same for us.
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=SHANGHAI)
ENTRIES = {
    f"F{n:03d}": Entry(f"F{n:03d}", f"问题 {n}", ("说法",), "答案", "来源", topics=("热线",))
    for n in range(1, 6)
}


@dataclass
class Branch:
    """A branch with an API in front of its database."""

    parts: Parts
    client: TestClient

    @property
    def transactions(self) -> Transactions:
        """Return the way to the database."""
        return self.parts.transactions

    def token(self, role: str, label: str = "", *, revoked: bool = False) -> dict[str, str]:
        """Create a token and return the header that carries it."""
        secret = f"anda_{role}_{label.encode().hex()}"
        hashed = hashlib.sha256(secret.encode()).hexdigest()
        self.add(
            ApiToken(
                token_hash=hashed,
                role=role,
                label=label or role,
                created_at=NOW,
                revoked=revoked,
            )
        )
        return {"Authorization": f"Bearer {secret}"}

    def add(self, *rows: Base) -> None:
        """Store rows."""
        self.transactions.run(lambda uow: uow.session.add_all(rows))

    def all(self, model: type[Any]) -> list[Any]:
        """Return all rows of a table, oldest first."""
        query = select(model).order_by(*model.__table__.primary_key.columns)
        return self.transactions.read(lambda uow: list(uow.session.scalars(query)))

    def seen(self) -> list[tuple[str, str]]:
        """Return who saw what, oldest first."""
        return [(entry.actor, entry.what) for entry in self.all(AccessLog)]


def branch(transactions: Transactions, cipher: Cipher, settings: Settings) -> Branch:
    """Return a branch that answers from a few entries."""
    return mounted(
        api_app(Parts(transactions, cipher, settings, lambda: NOW, ENTRIES, timetable=planned))
    )


def mounted(app: FastAPI) -> Branch:
    """Return a branch whose API is mounted as the product mounts it."""
    client = TestClient(Starlette(routes=[Mount("/api", app)]), base_url="http://test/api")
    return Branch(app.state.parts, client)
