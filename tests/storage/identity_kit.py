"""A customer, a bystander and their channel identities, for the tests of identity."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Engine, select

from bot.clock import SHANGHAI
from bot.dialogue.message import InboundMessage
from bot.settings import Settings
from storage.back_office import TransactionBackOffice
from storage.crypto import Cipher
from storage.models.base import table_of
from storage.models.customer import Customer
from storage.models.outbox import OutboxItem
from storage.models.policy import Policy
from storage.transactions import Transactions, transactions
from storage.unit_of_work import UnitOfWork

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=SHANGHAI)
SECRET = b"a secret for tests only, 32 bytes or more"
PHONE, DOCUMENT, PLATE = "13800000001", "990101198001011234", "津A00B00"
POLICY = "TATJ20260101000001"
GRANTEE = "13700008888"


@dataclass
class Town:
    """The way to a database with one customer in it."""

    ways: Transactions
    cipher: Cipher

    def office(
        self, uow: UnitOfWork, peer: str = "s1", at: datetime = NOW, channel: str = "wechat"
    ) -> TransactionBackOffice:
        """Return the branch as a channel identity sees it."""
        message = InboundMessage(channel, "acc", peer, "k", at)
        conversation = uow.conversations.open(message, at)
        return TransactionBackOffice(
            uow, conversation, channel, Settings(secret_key=SECRET.decode()), self.cipher, at
        )

    def code(self, uow: UnitOfWork) -> str:
        """Return the code that was sent last."""
        table = table_of(OutboxItem)
        query = select(table.c.body).order_by(table.c.id.desc()).limit(1)
        body = uow.connection.execute(query).scalar() or {}
        return "".join(c for c in str(body["text"]) if c.isdigit())[:6]

    def prove_phone(
        self, uow: UnitOfWork, phone: str, peer: str = "s1", at: datetime = NOW
    ) -> TransactionBackOffice:
        """Prove a phone by its code."""
        office = self.office(uow, peer, at)
        assert office.send_code(phone) == "sent"
        assert office.check_code(phone, self.code(uow))
        return office

    def bind(self, uow: UnitOfWork, peer: str = "s1", at: datetime = NOW) -> TransactionBackOffice:
        """Prove phone and document."""
        office = self.prove_phone(uow, PHONE, peer, at)
        assert office.identify(PHONE, {"document": DOCUMENT})
        return office

    def grant(self, uow: UnitOfWork, **values: object) -> str:
        """Bind the customer and let the grantee see; return the code."""
        said = {"name": "李四", "phone": GRANTEE, "relation": "family", "days": "30", **values}
        return self.bind(uow).grant_access(said).code


def town(engine: Engine) -> Town:
    """Return a town with its customer."""
    cipher = Cipher(SECRET)
    made = Town(transactions(engine), cipher)
    made.ways.run(lambda uow: _settle(uow, cipher))
    return made


def customer(cipher: Cipher, ref: str, phone: str, document: str) -> Customer:
    """Return a customer."""
    return Customer(
        ref=ref, kind="person", name="张伟", id_number=document, id_blind=cipher.blind(document),
        phone=phone, phone_blind=cipher.blind(phone),
    )  # fmt: skip


def policy(number: str, owner: int, plate: str | None = PLATE, left: int = 12) -> Policy:
    """Return a policy that ends ``left`` days from now."""
    return Policy(
        number=number,
        customer_id=owner,
        line="auto",
        product="机动车商业保险",
        plate=plate,
        starts_at=NOW - timedelta(days=300),
        ends_on=NOW.date() + timedelta(days=left),
        status="有效",
        premium_fen=100_000,
        payment="已缴清",
        details={
            "kind": "commercial",
            "coverages": [{"name": "车损险", "limit_yuan": 120_000, "deductible": "500 元"}],
            "payments": [{"paid_on": str(date(2026, 1, 1)), "amount_fen": 100_000, "way": "微信"}],
            "special": "仅限市内",
            "clause": "C-2020",
        },
    )


def _settle(uow: UnitOfWork, cipher: Cipher) -> None:
    one = customer(cipher, "c1", PHONE, DOCUMENT)
    uow.session.add(one)
    uow.session.flush()
    uow.session.add(policy(POLICY, one.id))
