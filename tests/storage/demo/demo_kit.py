"""The moment of the demo data, and checkers of numbers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import StaticPool

from bot.clock import SHANGHAI
from storage.crypto import Cipher, bind
from storage.models import tables

NOW = datetime(2026, 11, 22, 10, 30, tzinfo=SHANGHAI)


TODAY = NOW.date()


def new_engine(cipher: Cipher) -> Engine:
    engine = create_engine("sqlite://", poolclass=StaticPool)
    bind(engine, cipher)
    tables.Base.metadata.create_all(engine)
    return engine
