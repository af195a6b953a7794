"""A branch's register of claims on a real database, at a time that the test moves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import Engine, select

from bot.clock import SHANGHAI
from bot.settings import Settings
from storage.claims_clocks import ClockView
from storage.claims_register import Register
from storage.claims_steps import Steps
from storage.crypto import Cipher
from storage.models.case import CaseEvent, Claim
from storage.models.claim import ClaimDocument
from storage.models.conversation import Conversation
from storage.models.outbox import OutboxItem
from storage.transactions import Transactions, transactions
from storage.unit_of_work import UnitOfWork

T = TypeVar("T")
SECRET = b"a secret for tests only, 32 bytes or more"
NOW = datetime(2026, 11, 25, 10, 0, tzinfo=SHANGHAI)
# All that must be known of a scrape with nobody else in it.
FACTS: dict[str, Any] = {
    "line": "auto",
    "happened_at": "2026-11-25T08:00:00+08:00",
    "place": "南开区卫津路",
    "plate": "津A12345",
    "accident_type": "scrape",
    "injured": False,
    "drivable": True,
    "police_reported": True,
    "phone": "13800000000",
    "reporter": "张三",
}
HOOK = {"name": "core", "url": "http://127.0.0.1:9/hook", "secret": "0123456789abcdef"}


@dataclass
class Desk:
    """Works on claims, one transaction for each piece of work."""

    ways: Transactions
    settings: Settings
    now: datetime = NOW
    cipher: Cipher = field(default_factory=lambda: Cipher(SECRET))

    def work(self, do: Callable[[Steps], T], actor: str = "api:王理赔", *, lead: bool = False) -> T:
        """Do something with the register and commit it."""

        def run(uow: UnitOfWork) -> T:
            book = Register(uow, self.cipher, self.settings, self.now, actor)
            return do(Steps(book, lead=lead))

        return self.ways.run(run)

    def open(self, conversation: int | None = None, **said: Any) -> str:
        """Report an accident with all that must be known, and what the test says."""
        return self.work(lambda s: s.register.open({**FACTS, **said}, conversation).number)

    def amend(self, number: str, **said: Any) -> None:
        """Change facts."""
        self.work(lambda s: s.register.amend(_found(s, number), said))

    def move(self, number: str, to: str, *, lead: bool = False, **given: Any) -> None:
        """Take a claim to another state."""
        self.work(lambda s: s.move(_found(s, number), to, given), lead=lead)

    def milestone(self, number: str, kind: str, at: datetime | None = None) -> None:
        """Note a milestone."""
        self.work(lambda s: s.milestone(_found(s, number), kind, "", at))

    def document(self, number: str, name: str, status: str = "received", reason: str = "") -> None:
        """Write down what became of a document."""
        self.work(lambda s: s.document(_found(s, number), name, status, reason))

    def all_documents(self, number: str) -> None:
        """Receive everything that is required."""
        for document in self.documents(number):
            if document.required and document.status in ("wanted", "rejected"):
                self.document(number, document.name)

    def claim(self, number: str) -> Claim:
        """Return a claim."""
        return self.work(lambda s: _found(s, number))

    def documents(self, number: str) -> list[ClaimDocument]:
        """Return its documents."""
        return self.work(lambda s: list(s.register.documents.of(number)))

    def clocks(self, number: str) -> dict[str, ClockView]:
        """Return its clocks by code, now."""
        found = self.work(lambda s: s.register.clocks(_found(s, number)))
        return {clock.code: clock for clock in found}

    def events(self, number: str) -> list[CaseEvent]:
        """Return its history."""
        query = select(CaseEvent).where(CaseEvent.case_number == number).order_by(CaseEvent.id)
        return self.ways.read(lambda uow: list(uow.session.scalars(query)))

    def outbox(self, kind: str, status: str | None = None) -> list[OutboxItem]:
        """Return what is owed."""
        query = select(OutboxItem).where(OutboxItem.kind == kind).order_by(OutboxItem.id)
        found = self.ways.read(lambda uow: list(uow.session.scalars(query)))
        return [item for item in found if status in (None, item.status)]

    def converse(self, channel: str = "wechat") -> int:
        """Add a conversation and return its id."""
        made = Conversation(
            channel=channel,
            account="gh_1",
            peer=f"peer-{channel}",
            state={},
            owner="bot",
            owner_rev=0,
            subscribed=True,
            last_seq=0,
            opened_at=NOW,
            last_at=NOW,
        )

        def add(uow: UnitOfWork) -> int:
            uow.session.add(made)
            uow.session.flush()
            return made.id

        return self.ways.run(add)

    def later(self, **by: int) -> None:
        """Let time pass."""
        self.now += timedelta(**by)


def _found(steps: Steps, number: str) -> Claim:
    claim = steps.register.locked(number)
    assert claim is not None
    return claim


def desk_on(engine: Engine, secret: bytes = SECRET, **settings: Any) -> Desk:
    """Return a desk on a database with the newest schema."""
    made = Settings(secret_key=secret.decode(), **settings)
    return Desk(transactions(engine), made, cipher=Cipher(secret))


def at(text: str) -> datetime:
    """Return a time in Shanghai."""
    return datetime.fromisoformat(f"{text}+08:00")


def ready(desk: Desk, **said: Any) -> str:
    """Return a claim that was contacted and whose documents are all there."""
    number = desk.open(**said)
    desk.move(number, "contacted")
    desk.all_documents(number)
    desk.move(number, "documents_complete", owner="王理赔")
    return number


def agreed(desk: Desk, **said: Any) -> str:
    """Return a claim whose sum of one yuan the customer has agreed to."""
    number = ready(desk, **said)
    desk.move(number, "deciding")
    desk.move(number, "calculating", clause="第六条")
    desk.move(number, "customer_confirm", amount_fen=100, calculation="1")
    desk.move(number, "agreed")
    return number
