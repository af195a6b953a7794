"""A branch with one customer, two policies and a conversation, at a time that the test moves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import Engine, select

from bot.clock import SHANGHAI
from bot.settings import Settings
from storage.back_office import TransactionBackOffice
from storage.conversations import OpenConversation
from storage.crypto import Cipher
from storage.models.base import table_of
from storage.models.case import CaseEvent
from storage.models.conversation import Conversation
from storage.models.customer import AccessLog, Customer
from storage.models.outbox import Media, OutboxItem
from storage.models.policy import Policy
from storage.models.service import PolicyDelivery, PolicyLink, ServiceRequest
from storage.services import Services
from storage.transactions import Transactions, transactions
from storage.unit_of_work import UnitOfWork

T = TypeVar("T")
SECRET = b"a secret for tests only, 32 bytes or more"
NOW = datetime(2026, 11, 25, 10, 0, tzinfo=SHANGHAI)
DOCUMENT = "990101198001124421"
CAR, COMPULSORY, HOME = "TATJ20260208000155", "TATJ20260208000156", "TATJ20260208000157"
STAFF = "api:承保小赵"


@dataclass
class Branch:
    """Works on services, one transaction for each piece of work."""

    ways: Transactions
    settings: Settings
    now: datetime = NOW
    cipher: Cipher = field(default_factory=lambda: Cipher(SECRET))

    def customer(self, number: int = 1, name: str = "白露") -> None:
        """Add a customer with three policies and a conversation of the same id."""

        def add(uow: UnitOfWork) -> None:
            document = DOCUMENT[:-1] + str(number)
            phone = f"1392011662{number}"
            uow.session.add(
                Customer(
                    id=number,
                    ref=f"C{number}",
                    kind="person",
                    name=name,
                    id_number=document,
                    id_blind=self.cipher.blind(document),
                    phone=phone,
                    phone_blind=self.cipher.blind(phone),
                )
            )
            uow.session.flush()
            uow.session.add_all(self._policies(number))
            uow.session.add(self._conversation(number))

        self.ways.run(add)

    def _policies(self, number: int) -> list[Policy]:
        kinds = (
            (CAR, "机动车商业保险", "auto", "津X09M33"),
            (COMPULSORY, "机动车交通事故责任强制保险", "auto", "津X09M33"),
            (HOME, "家庭财产保险", "home", None),
        )
        cover = {"name": "第三者责任保险", "limit_yuan": 2_000_000, "deductible": ""}
        return [
            Policy(
                number=policy if number == 1 else f"{policy}{number}",
                customer_id=number,
                line=line,
                product=product,
                plate=plate,
                starts_at=NOW - timedelta(days=290),
                ends_on=date(2027, 2, 7),
                status="有效",
                premium_fen=300_000,
                payment="已缴清",
                details={"coverages": [cover], "special": "无其他约定。"},
            )
            for policy, product, line, plate in kinds
        ]

    def _conversation(self, number: int) -> Conversation:
        return Conversation(
            id=number,
            channel="wechat",
            account="gh_1",
            peer=f"peer-{number}",
            state={},
            owner="bot",
            owner_rev=0,
            subscribed=True,
            last_seq=0,
            opened_at=NOW,
            last_at=NOW,
            customer_id=number,
            verified_until=NOW + timedelta(days=30),
        )

    def turn(self, do: Callable[[TransactionBackOffice], T], conversation: int = 1) -> T:
        """Let the customer of a conversation do something."""

        def run(uow: UnitOfWork) -> T:
            table = table_of(Conversation)
            query = select(table).where(table.c.id == conversation)
            row = uow.connection.execute(query).mappings().one()
            opened = OpenConversation.of({**row, "repeat_of": None})
            return do(
                TransactionBackOffice(uow, opened, "wechat", self.settings, self.cipher, self.now)
            )

        return self.ways.run(run)

    def work(self, do: Callable[[Services], T], actor: str = STAFF) -> T:
        """Do something with the services and commit it."""
        return self.ways.run(
            lambda uow: do(Services(uow, self.cipher, self.settings, self.now, actor))
        )

    def ask(self, kind: str, policy: str = CAR, family: Any = "endorsement", **said: Any) -> str:
        """Ask for a service and return its number."""
        view = self.turn(lambda office: office.request_service(family, kind, policy, said))
        assert view is not None
        return view.number

    def move(self, number: str, to: str, **given: Any) -> None:
        """Take a request to another state."""
        self.work(lambda book: book.move(_found(book, number), to, given))

    def all_documents(self, number: str) -> None:
        """Receive everything that is required."""

        def receive(book: Services) -> None:
            for name in book.documents.outstanding(number):
                book.document(_found(book, number), name, "received", "")

        self.work(receive)

    def request(self, number: str) -> ServiceRequest:
        """Return a request."""
        return self.work(lambda book: _found(book, number))

    def photo(self, conversation: int = 1) -> str:
        """Let the customer send a photo; return its reference."""

        def add(uow: UnitOfWork) -> str:
            media = Media(
                conversation_id=conversation,
                kind="image",
                ref="a.jpg",
                status="stored",
                at=self.now,
            )
            uow.session.add(media)
            uow.session.flush()
            return str(media.id)

        return self.ways.run(add)

    def rows(self, model: type[T]) -> list[T]:
        """Return all rows of a table, oldest first."""
        query = select(model).order_by(model.id)  # type: ignore[attr-defined]
        return self.ways.read(lambda uow: list(uow.session.scalars(query)))

    def events(self, number: str) -> list[str]:
        """Return what happened to a request, in order."""
        return [e.kind for e in self.rows(CaseEvent) if e.case_number == number]

    def notices(self) -> list[tuple[str, str]]:
        """Return the channel and the text of every notice."""
        items = [item for item in self.rows(OutboxItem) if item.kind == "notice"]
        return [(item.channel, item.body["text"]) for item in items]

    def seen(self) -> list[str]:
        """Return what the access log says was shown."""
        return [entry.what for entry in self.rows(AccessLog)]

    def links(self) -> list[PolicyLink]:
        """Return the links."""
        return self.rows(PolicyLink)

    def deliveries(self) -> list[tuple[str, str]]:
        """Return way and state of every step of delivery."""
        return [(step.way, step.state) for step in self.rows(PolicyDelivery)]

    def later(self, **by: int) -> None:
        """Let time pass."""
        self.now += timedelta(**by)


def _found(book: Services, number: str) -> ServiceRequest:
    request = book.find(number, lock=True)
    assert request is not None
    return request


def branch_on(engine: Engine, **settings: Any) -> Branch:
    """Return a branch with its first customer on a database with the newest schema."""
    made = Branch(transactions(engine), Settings(secret_key=SECRET.decode(), **settings))
    made.customer()
    return made


def branch_at(engine: Engine) -> Branch:
    """Return the branch of a database that has its customer already."""
    return Branch(transactions(engine), Settings(secret_key=SECRET.decode()))
