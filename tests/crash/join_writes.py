"""Join two customer records and take them apart, for a process that is killed in it."""

from __future__ import annotations

from sqlalchemy import Engine

from storage.crypto import Cipher
from storage.transactions import transactions
from storage.unit_of_work import UnitOfWork
from tests.conftest import SECRET
from tests.storage.joins_kit import join, part, settle, standing


def ready(engine: Engine) -> None:
    """Write both records."""
    ways = transactions(engine)
    ways.run(lambda uow: settle(uow.session, Cipher(SECRET)))
    ways.close()


def join_them(engine: Engine) -> None:
    """Join them, unless that is done."""
    ways = transactions(engine)
    if not ways.read(lambda uow: standing(uow.session)):
        join(ways)
    ways.close()


def part_them(engine: Engine) -> None:
    """Take them apart, unless that is done."""
    ways = transactions(engine)

    def number(uow: UnitOfWork) -> int:
        return int(
            uow.connection.exec_driver_sql("SELECT max(id) FROM customer_join").scalar() or 0
        )

    if ways.read(lambda uow: standing(uow.session)):
        part(ways, ways.read(number))
    ways.close()
