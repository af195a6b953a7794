"""A branch with customers, policies and WeChat conversations, for the tests of touches."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, select, text

from bot.clock import SHANGHAI
from bot.settings import Settings
from storage.crypto import Cipher
from storage.models.conversation import Conversation, Message
from storage.models.customer import Customer
from storage.models.outbox import OutboxItem
from storage.models.policy import Policy
from storage.models.tables import Base
from storage.outbound import planning
from storage.outbound.letters import Configured, Letter
from storage.outbound.touches import Touches
from storage.rules.outbound import Rules, rules
from storage.transactions import Transactions, transactions
from tests.conftest import SECRET

NOW = datetime(2026, 11, 25, 9, 30, tzinfo=SHANGHAI)
TODAY = NOW.date()
ALL_TEMPLATES = {"policy_expiring": False, "claim_progress": False, "knowledge": True}


@dataclass
class Outside:
    """A branch and the time; ``configured`` says which ways are open."""

    ways: Transactions
    rules: Rules = field(default_factory=rules)
    now: datetime = NOW
    configured: Configured = field(default_factory=lambda: Configured(ALL_TEMPLATES))
    cipher: Cipher = field(default_factory=lambda: Cipher(SECRET))
    settings: Settings = field(default_factory=lambda: Settings(secret_key=SECRET.decode()))

    def add(self, *rows: Base) -> None:
        """Store rows."""
        self.ways.run(lambda uow: uow.session.add_all(rows))

    def customer(self, number: int = 1, phone: str = "13900000001") -> None:
        """Add a customer."""
        self.add(
            Customer(
                id=number, ref=f"C{number}", kind="person", name=f"白{number}", phone=phone,
                id_number=f"1{number}", id_blind=f"b{number}",
                phone_blind=self.cipher.blind(phone) if phone else "",
            )
        )  # fmt: skip

    def policy(self, number: str = "P1", customer: int = 1, days: int = 30, **more: Any) -> None:
        """Add a policy that ends in some days."""
        values: dict[str, Any] = {
            "line": "auto", "product": "机动车商业保险", "plate": "津X09M33", "status": "有效",
            "starts_at": NOW - timedelta(days=335), "premium_fen": 1, "payment": "已缴清",
            "details": {}, "ends_on": TODAY + timedelta(days=days),
        }  # fmt: skip
        self.add(Policy(number=number, customer_id=customer, **(values | more)))

    def chat(self, number: int = 1, customer: int | None = 1, **more: Any) -> None:
        """Add a WeChat conversation."""
        values: dict[str, Any] = {
            "channel": "wechat", "account": "wx1", "peer": f"o{number}", "state": {},
            "owner": "bot", "owner_rev": 0, "fence_rev": 0, "subscribed": True, "last_seq": 0,
            "opened_at": NOW, "last_at": NOW,
        }  # fmt: skip
        self.add(Conversation(id=number, customer_id=customer, **(values | more)))

    def wrote(self, at: datetime, number: int = 1, event: str = "") -> None:
        """Let a customer write, or tap."""

        def work(uow: Any) -> None:
            row = uow.session.get(Conversation, number)
            row.last_seq += 1
            body = {"type": "text", "text": "在吗"} | ({"event": event} if event else {})
            uow.session.add(
                Message(
                    conversation_id=number, seq=row.last_seq, author="customer", owner_rev=0,
                    key=f"k{row.last_seq}", body=body, at=at,
                )
            )  # fmt: skip

        self.ways.run(work)

    def plan(self, family: str = "renewal", day: date | None = None) -> int:
        """Plan a day."""
        waves = planning.waves(self.rules, family, day or self.now.date())
        return planning.plan(self.ways, self.rules, waves, self.now)

    def touches(self, uow: Any) -> Touches:
        """Return the touches as of now."""
        return Touches(uow, self.rules, self.configured, self.now)

    def leaving(self, worker: str = "w") -> list[Letter]:
        """Take what is due and put it on its way."""

        ids = self.ways.run(lambda uow: self.touches(uow).take(worker, 60, 50))
        return list(self.ways.run(lambda uow: self.touches(uow).begin(ids, worker)).letters)

    def send(self, worker: str = "w") -> list[Letter]:
        """Send what is due; it arrives."""
        letters = self.leaving(worker)
        for letter in letters:
            self.ways.run(lambda uow, i=letter.id: self.touches(uow).settle(i, "sent"))  # type: ignore[misc]
        return letters

    def items(self) -> list[OutboxItem]:
        """Return all rows of the outbox."""
        query = select(OutboxItem).order_by(OutboxItem.id)
        return self.ways.read(lambda uow: list(uow.session.scalars(query)))

    def ends(self) -> list[tuple[str, str]]:
        """Return status and reason of all rows."""
        return [(item.status, item.reason) for item in self.items()]

    def say(self, statement: str) -> None:
        """Change something by hand."""
        self.ways.run(lambda uow: uow.connection.execute(text(statement)))


def outside(database: Engine) -> Outside:
    """Return a branch on an empty database."""
    return Outside(transactions(database))
