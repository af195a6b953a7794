"""What dies at a statement while an evaluation is kept; see `tests.crash.dying`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine

from bot.clock import SHANGHAI
from bot.settings import Settings
from scheduler.context import JobContext
from scheduler.jobs import service_report
from storage.crypto import Cipher
from storage.transactions import transactions
from tests.conftest import SECRET

NOW = datetime(2026, 11, 1, 6, 40, tzinfo=SHANGHAI)


def make(engine: Engine) -> None:
    """Make what is due."""
    context = JobContext(transactions(engine), Settings(secret_key=SECRET.decode()), Cipher(SECRET))
    service_report.run(context, NOW)
