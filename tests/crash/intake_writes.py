"""Calls that are taken down at the console, one a transaction, for the kill test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Engine

from bot.console.cases import once
from bot.console.intake import record_of
from bot.console.parts import Room
from bot.settings import Settings
from storage.crypto import Cipher
from storage.transactions import transactions
from storage.unit_of_work import UnitOfWork
from tests.conftest import SECRET
from tests.fakes import NOON

SAID = {
    "claim": {"way": "phone", "line": "auto", "story": "路口被撞", "phone": "13912345678"},
    "complaint": {"way": "phone", "story": "业务员误导我", "phone": "13912345678"},
    "ticket": {"way": "branch", "kind": "callback", "note": "下午回电"},
}


@dataclass(frozen=True)
class _Parts:
    cipher: Cipher
    settings: Settings


@dataclass(frozen=True)
class _Staff:
    id: int = 1
    name: str = "王敏"
    role: str = "agent"
    actor: str = "王敏"


@dataclass(frozen=True)
class _Here:
    parts: _Parts
    staff: _Staff
    now: Any = NOON


def _take_down(engine: Engine, kind: str) -> None:
    parts = _Parts(Cipher(SECRET), Settings(secret_key=SECRET.decode()))
    here = cast(Room, _Here(parts, _Staff()))

    def work(uow: UnitOfWork) -> str:
        key = f"console:1:{kind}"
        return once(uow, key, NOON, lambda: record_of(kind)(uow, here, SAID[kind]))

    ways = transactions(engine)
    ways.run(work)
    ways.close()


def claim(engine: Engine) -> None:
    """Take an accident down."""
    _take_down(engine, "claim")


def complaint(engine: Engine) -> None:
    """Take a complaint down."""
    _take_down(engine, "complaint")


def ticket(engine: Engine) -> None:
    """Take another wish down."""
    _take_down(engine, "ticket")
