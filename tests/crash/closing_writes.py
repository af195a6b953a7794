"""What is done at closing time, for a process that is killed in it."""

from __future__ import annotations

from sqlalchemy import Engine

from bot.closing_time import ClosingTime
from bot.settings import Settings
from storage.crypto import Cipher
from storage.transactions import transactions
from tests.conftest import SECRET
from tests.fakes import NOON

NIGHT = NOON.replace(hour=20, minute=1)


def close(engine: Engine) -> None:
    """Turn whoever waits into tickets."""
    settings = Settings(secret_key=SECRET.decode())
    closing = ClosingTime(settings, Cipher(SECRET), lambda *_: ())
    ways = transactions(engine)
    ways.run(lambda uow: closing.close(uow, NIGHT))
    ways.close()
