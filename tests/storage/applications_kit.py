"""A branch that takes applications on a real database, at a time that the test moves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import Engine, select

from bot.clock import SHANGHAI
from bot.settings import Settings
from storage.applications_money import Payment, receive
from storage.applications_register import Book
from storage.applications_steps import Steps
from storage.crypto import Cipher
from storage.models.application import Application, ApplicationPayment
from storage.models.case import CaseEvent
from storage.models.conversation import Conversation, Message
from storage.models.customer import Customer
from storage.models.outbox import OutboxItem
from storage.models.policy import Policy
from storage.rules.application_checks import checks
from storage.transactions import Transactions, transactions
from storage.unit_of_work import UnitOfWork

T = TypeVar("T")
SECRET = b"a secret for tests only, 32 bytes or more"
NOW = datetime(2026, 11, 25, 10, 0, tzinfo=SHANGHAI)
HOOK = {"name": "core", "url": "http://127.0.0.1:9/hook", "secret": "0123456789abcdef"}
FACTS: dict[str, Any] = {
    "kind": "car",
    "cover": "commercial",
    "use": "family",
    "plate": "津A12345",
    "limit": "2000000",
    "start": "2026-12-01",
    "applicant": "王小明",
    "phone": "13800000000",
}
POINTS = ("effective", "period", "payment", "covers", "excludes")
TOLD = {"points": [{"key": key, "version": "1", "said": "明白了"} for key in POINTS]}
PLAN = [{"due_on": "2026-11-29", "amount_fen": 300_000, "method": "official_page", "part": "all"}]
# What every state takes, so that a test may say only what it is about.
GIVEN: dict[str, dict[str, Any]] = {
    "returned": {"items": [{"field": "plate", "problem": "看不清"}]},
    "underwriting": {"checked": [check.code for check in checks().of("car")]},
    "approved": {"reason": "符合承保政策"},
    "conditional": {"reason": "出险次数偏多", "conditions": ["绝对免赔率 10%"]},
    "postponed": {"reason": "待验车", "alternatives": [{"kind": "inspect"}]},
    "declined": {
        "reason": "车龄过长",
        "alternatives": [{"kind": "adjust_cover", "text": "只投三者"}],
    },
    "confirmed": {"confirmation": {"how": "counter", "said": "当面核对"}},
    "paying": {"plan": PLAN},
    "issued": {"policy_number": "TATJ20261125000001"},
    "delivered": {"delivery": {"method": "electronic"}},
    "lapsed": {"reason": "三个月没有回应"},
}


@dataclass
class Branch:
    """Works on applications, one transaction for each piece of work."""

    ways: Transactions
    settings: Settings
    now: datetime = NOW
    cipher: Cipher = field(default_factory=lambda: Cipher(SECRET))

    def work(self, do: Callable[[Book], T], role: str = "supervisor") -> T:
        """Do something with the book and commit it."""
        actor = "customer" if role == "customer" else f"api:{role}"

        def run(uow: UnitOfWork) -> T:
            return do(Book(uow, self.cipher, self.settings, self.now, actor, role))

        return self.ways.run(run)

    def open(self, conversation: int | None = None, **said: Any) -> str:
        """Hand in a complete form, with what the test says."""
        facts = {**FACTS, **said}
        return self.work(lambda b: b.open(facts, TOLD, conversation).number, "customer")

    def move(self, number: str, to: str, role: str = "supervisor", **given: Any) -> None:
        """Take an application to another state."""
        full = {**GIVEN.get(to, {}), **given}
        self.work(lambda b: Steps(b).move(_found(b, number), to, full), role)

    def walk(self, number: str, *states: str) -> None:
        """Take an application through several states."""
        for state in states:
            self.move(number, state)

    def amend(self, number: str, role: str = "sales", **said: Any) -> list[str]:
        """Change answers."""
        return self.work(lambda b: b.amend(_found(b, number), said), role)

    def pay(self, number: str, reference: str, fen: int, method: str = "official_page") -> None:
        """Note a payment."""
        payment = Payment(reference, fen, method, date(2026, 11, 25))
        self.work(lambda b: receive(b, _found(b, number), payment))

    def get(self, number: str) -> Application:
        """Return an application."""
        return self.work(lambda b: _found(b, number))

    def events(self, number: str) -> list[CaseEvent]:
        """Return its history."""
        query = select(CaseEvent).where(CaseEvent.case_number == number).order_by(CaseEvent.id)
        return self.ways.read(lambda uow: list(uow.session.scalars(query)))

    def rows(self, model: type[Any]) -> list[Any]:
        """Return all rows of a table, oldest first."""
        return self.ways.read(
            lambda uow: list(uow.session.scalars(select(model).order_by(model.id)))
        )

    def outbox(self, kind: str, status: str | None = None) -> list[OutboxItem]:
        """Return what is owed."""
        items: list[OutboxItem] = self.rows(OutboxItem)
        return [i for i in items if i.kind == kind and status in (None, i.status)]

    def payments(self) -> list[ApplicationPayment]:
        """Return all payments."""
        found: list[ApplicationPayment] = self.rows(ApplicationPayment)
        return found

    def said(self) -> list[str]:
        """Return what was written to customers."""
        messages: list[Message] = self.rows(Message)
        return [str(m.body["text"]) for m in messages if m.author == "bot"]

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


def _found(book: Book, number: str) -> Application:
    application = book.locked(number)
    assert application is not None
    return application


def branch_on(engine: Engine, **settings: Any) -> Branch:
    """Return a branch on a database with the newest schema."""
    return Branch(transactions(engine), Settings(secret_key=SECRET.decode(), **settings))


def hold(branch: Branch, talk: int, *, bound: bool = True) -> None:
    """Put the policy into our tables; the conversation is its holder's, or nobody's."""

    def work(uow: UnitOfWork) -> None:
        blind = branch.cipher.blind
        customer = Customer(
            ref="C1", kind="person", name="王小明", id_number="1", id_blind=blind("1"),
            phone="13800000000", phone_blind=blind("13800000000"),
        )  # fmt: skip
        uow.session.add(customer)
        uow.session.flush()
        uow.session.add(
            Policy(
                number=GIVEN["issued"]["policy_number"], customer_id=customer.id, line="auto",
                product="机动车商业保险", plate="津A12345", starts_at=NOW,
                ends_on=(NOW + timedelta(days=365)).date(), status="有效", premium_fen=300_000,
                payment="已缴清", details={},
            )
        )  # fmt: skip
        if bound:
            uow.session.get_one(Conversation, talk).customer_id = customer.id

    branch.ways.run(work)
