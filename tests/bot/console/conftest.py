"""The console with people to log in; what it does to either database is tested below it."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property, partial
from pathlib import Path
from shutil import copy
from typing import Any

import pytest
from argon2 import PasswordHasher
from starlette.types import ASGIApp

from bot import web_parts
from bot.bootstrap import App
from bot.clock import SHANGHAI
from bot.dialogue.message import InboundMessage
from bot.result import Claim
from storage.ledger import Happening
from storage.models.ledger import StaffPost
from storage.models.staff import StaffUser
from storage.unit_of_work import UnitOfWork
from tests.fakes import NOON

with warnings.catch_warnings():
    # Starlette would rather have httpx2; httpx does the same for us.
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

PASSWORD = "right horse battery"
_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
PEOPLE = {
    "王敏": "agent",
    "李强": "agent",
    "陈立": "claims",
    "赵颖": "complaints",
    "周正": "underwriting",
    "孙倩": "sales",
    "刘洋": "supervisor",
    "吴静": "trainer",
    "admin": "admin",
}


@pytest.fixture
def database_url(tmp_path: Path, sqlite_template: Path) -> str:
    """Pages are pages: the moves behind them are tested on both databases in tests/bot."""
    copy(sqlite_template, tmp_path / "console.db")
    return f"sqlite:///{tmp_path / 'console.db'}"


@dataclass
class House:
    """The branch's console; its clock goes only when told."""

    app: App
    moment: datetime = NOON
    said: int = 0

    def later(self, **span: float) -> None:
        """Let time pass."""
        self.moment += timedelta(**span)

    def browser(self) -> TestClient:
        """Return a browser that does not follow redirects."""
        return TestClient(self._pages, follow_redirects=False)

    @cached_property
    def _pages(self) -> ASGIApp:
        return web_parts.console(self.app)

    def log_in(self, name: str) -> TestClient:
        """Return a browser with somebody logged in; forms carry their token by themselves."""
        browser = self.browser()
        answer = browser.post("/console/login", data={"name": name, "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        page = browser.get("/console/me")
        browser.headers["X-CSRF-Token"] = page.json()["csrf"]
        return browser

    def customer(self, text: str, peer: str = "p1") -> int:
        """Let a customer say something; return the conversation."""
        self.said += 1
        message = InboundMessage("webchat", "web", peer, f"m{self.said}", self.moment, text)
        work = partial(self._turn, message)
        return self.app.transactions.run(work)

    def _turn(self, message: InboundMessage, uow: UnitOfWork) -> int:
        return self.app.engine.turn(uow, message, self.moment, Claim(late=True)).conversation

    def run(self, work: Callable[[UnitOfWork], Any]) -> Any:
        """Do something in the database."""
        return self.app.transactions.run(work)


@pytest.fixture
def house(make_app: Callable[[], App]) -> House:
    """A console with one person of every role."""
    app = make_app()
    made = House(app)
    app.clock = lambda: made.moment

    def hire(uow: UnitOfWork) -> None:
        uow.session.add_all(
            StaffUser(name=name, role=role, password_hash=_HASH, created_at=NOON, skills=[])
            for name, role in PEOPLE.items()
        )

    app.transactions.run(hire)
    return made


MID = datetime(2026, 10, 15, 12, 0, tzinfo=SHANGHAI)


@pytest.fixture
def busy(house: House) -> House:
    """October with a good and a weak agent, thirty answers each."""

    def fill(uow: UnitOfWork) -> None:
        for name, bad in (("王敏", 1), ("李强", 15)):
            row = StaffPost(name=name, team="一组", post="agent", joined_on=date(2026, 1, 1))
            uow.session.add(row)
            for n in range(30):
                said: dict[str, Any] = {"actor": name, "team": "一组", "label": "handoff"}
                score = 2 if n < bad else 5
                case = f"HO{name}{n}"
                uow.ledger.add(Happening("survey.answered", MID, value=score, **said))
                uow.ledger.add(Happening("handoff.first", MID, value=10, **said))
                uow.ledger.add(Happening("handoff.closed", MID, None, case, **said))

    house.run(fill)
    return house
