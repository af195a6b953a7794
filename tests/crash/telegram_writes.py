"""What a webhook writes before its 200, to be killed at every statement."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from bot.bootstrap import App
from bot.settings import Settings
from storage.database import open_engine
from storage.transactions import transactions
from tests.bot.channels.telegram.fake_api import FakeBotApi
from tests.bot.channels.telegram.kit import NOW, Customer, Process, on_telegram
from tests.conftest import SECRET
from tests.crash.dying import die_in_turn

# Numbers of their own, so that every delivery is a repeat of the same update.
REPORT = Customer().says("我要投诉查勘员迟到", number=1) | {"update_id": 77}
# Loaded once, before the processes that die are forked.
_BASE = App(Settings(secret_key=SECRET.decode(), database_url="sqlite://"))
_BASE.beside()


def take(url: str, deadly: int) -> int:
    """Bring one update to the webhook, be killed at a statement; return how many there were."""
    folder = Path(tempfile.mkdtemp())
    app = _BASE.beside(lambda: NOW, data_dir=folder)
    engine = open_engine(url, SECRET)
    ran = _watched(engine, deadly)
    app.__dict__["transactions"] = transactions(engine)
    api = FakeBotApi(url="http://127.0.0.1:9")
    process = Process(on_telegram(app, api, folder), api)
    assert asyncio.run(process.post(REPORT)) == 200
    app.transactions.close()
    return ran()


def _watched(engine: Engine, deadly: int) -> Callable[[], int]:
    """Count what the driver itself is given, COMMIT too: the message path prepares its own."""
    numbers: list[str] = []

    def traced(statement: str) -> None:
        numbers.append(statement)
        if len(numbers) == deadly:
            os.kill(os.getpid(), signal.SIGKILL)

    @event.listens_for(engine, "connect")
    def connected(connection: Any, _: Any) -> None:
        connection.set_trace_callback(traced)

    return lambda: len(numbers)


if __name__ == "__main__":
    place, *numbers = sys.argv[1:]
    die_in_turn([*map(int, numbers)], lambda number: take(place, number))
