"""Who asks cannot guess, in one session or in many; nothing tells what was wrong."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, select

from bot.clock import SHANGHAI
from bot.dialogue.message import InboundMessage
from bot.settings import Identity as Rules
from storage.crypto import Cipher
from storage.identity import Identity
from storage.models.base import table_of
from storage.models.customer import Customer
from storage.models.outbox import OutboxItem
from storage.transactions import Transactions, transactions
from storage.unit_of_work import UnitOfWork
from tests.conftest import SECRET

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=SHANGHAI)
CIPHER = Cipher(SECRET)
PHONE, DOCUMENT = "13800000001", "990101198001011234"


@pytest.fixture
def writes(database: Engine) -> Iterator[Transactions]:
    """A database with one customer."""
    made = transactions(database)
    customer = Customer(
        ref="c1", kind="person", name="张伟", id_number=DOCUMENT, id_blind=CIPHER.blind(DOCUMENT),
        phone=PHONE, phone_blind=CIPHER.blind(PHONE),
    )  # fmt: skip
    made.run(lambda uow: uow.session.add(customer))
    yield made
    made.close()


def identity(uow: UnitOfWork, peer: str, at: datetime = NOW) -> Identity:
    """Return the identity of a web session."""
    message = InboundMessage("webchat", "web", peer, "k", at)
    conversation = uow.conversations.open(message, at)
    return Identity(uow, conversation, CIPHER, Rules(), at)


def prove(uow: UnitOfWork, peer: str, tail: str, at: datetime = NOW) -> bool:
    """Go through phone, code and document as a customer does."""
    who = identity(uow, peer, at)
    who.send_code(PHONE)
    who.check_code(PHONE, code(uow))
    return who.identify(PHONE, {"id_tail": tail})


def code(uow: UnitOfWork) -> str:
    """Return the code that was sent last."""
    table = table_of(OutboxItem)
    body = (
        uow.connection.execute(select(table.c.body).order_by(table.c.id.desc())).scalars().first()
    )
    return "".join(c for c in str((body or {})["text"]) if c.isdigit())[:6]


def test_the_right_proof_binds(writes: Transactions) -> None:
    """Phone, code and six last characters make a verified customer."""
    assert writes.run(lambda uow: prove(uow, "s1", "011234")) is True
    assert writes.run(lambda uow: identity(uow, "s1").verified) is True


def test_a_code_works_once(writes: Transactions) -> None:
    """A used code is refused, and a new one may be asked for at once."""

    def work(uow: UnitOfWork) -> tuple[bool, bool, str]:
        who = identity(uow, "s1")
        who.send_code(PHONE)
        digits = code(uow)
        return who.check_code(PHONE, digits), who.check_code(PHONE, digits), who.send_code(PHONE)

    assert writes.run(work) == (True, False, "sent")


def test_guessing_does_not_go_on_in_new_sessions(writes: Transactions) -> None:
    """Three failures lock the phone for everybody; the right proof waits until it opens."""
    for n in range(3):
        later = NOW + timedelta(minutes=n * 2)
        assert writes.run(lambda uow, n=n, at=later: prove(uow, f"s{n}", "999999", at)) is False  # type: ignore[misc]
    soon, after = NOW + timedelta(minutes=10), NOW + timedelta(minutes=40)
    assert writes.run(lambda uow: prove(uow, "s9", "011234", soon)) is False
    assert writes.run(lambda uow: prove(uow, "s10", "011234", after)) is True


def test_no_phone_stands_readable_in_the_outbox(writes: Transactions) -> None:
    """The number a code goes to is in the encrypted body only."""
    writes.run(lambda uow: identity(uow, "s1").send_code(PHONE))
    table = table_of(OutboxItem)
    peer = writes.read(lambda uow: uow.connection.execute(select(table.c.peer)).scalar())
    assert peer == CIPHER.blind(PHONE)
