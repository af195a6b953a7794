"""The platform token of an account, one for all processes (fulfils channels' TokenStore)."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage.models.base import table_of
from storage.models.outbox import ChannelToken
from storage.transactions import Transactions
from storage.unit_of_work import UnitOfWork

_table = table_of(ChannelToken)


class StoredTokens:
    """Keeps tokens in the database; ``clock`` returns epoch seconds."""

    def __init__(self, transactions: Transactions, clock: Callable[[], float]) -> None:
        self._transactions = transactions
        self._clock = clock

    def read(self, account: str) -> tuple[str, float] | None:
        """Return the token and its expiry (epoch seconds), or None."""

        def find(uow: UnitOfWork) -> tuple[str, float] | None:
            query = select(_table).where(_table.c.account == account)
            row = uow.connection.execute(query).first()
            token = str(row.token.get("token", "")) if row else ""
            return (token, row.expires_at) if row and token else None

        return self._transactions.read(find)

    def refresh_lease(self, account: str, seconds: float) -> bool:
        """Become the one refresher for ``seconds``; False when another one is at it."""
        now = self._clock()

        def take(uow: UnitOfWork) -> bool:
            self._ensure(uow, account)
            taken = uow.connection.execute(
                update(_table)
                .where(
                    _table.c.account == account,
                    or_(_table.c.lease_until <= now, _table.c.lease_until > now + 3600),
                )
                .values(lease_until=now + seconds)
            )
            return taken.rowcount == 1

        return self._transactions.run(take)

    def write(self, account: str, token: str, expires_at: float) -> None:
        """Store a new token and give the lease back."""

        def put(uow: UnitOfWork) -> None:
            self._ensure(uow, account)
            uow.connection.execute(
                update(_table)
                .where(_table.c.account == account)
                .values(token={"token": token}, expires_at=expires_at, lease_until=0.0)
            )

        self._transactions.run(put)

    def _ensure(self, uow: UnitOfWork, account: str) -> None:
        dialect = postgresql if uow.connection.dialect.name == "postgresql" else sqlite
        uow.connection.execute(
            dialect.insert(_table)
            .values(account=account, token={}, expires_at=0.0, lease_until=0.0)
            .on_conflict_do_nothing(index_elements=["account"])
        )
