"""Personal columns are unreadable in the database and bound to their column and key."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from bot.errors import ConfigurationError
from storage.crypto import Cipher
from storage.models.customer import Customer
from storage.transactions import transactions

CIPHER = Cipher(b"one key")


@given(st.text())
def test_what_is_sealed_can_be_opened(plain: str) -> None:
    """Sealing and opening give the same text back."""
    data = plain.encode("utf-8", "replace")
    assert CIPHER.open(CIPHER.seal(data, b"t.c"), b"t.c") == data


def test_another_key_column_or_byte_is_refused() -> None:
    """Ciphertext cannot be moved to another column, opened with another key, or changed."""
    sealed = CIPHER.seal(b"13800000001", b"customer.phone")
    with pytest.raises(ConfigurationError):
        Cipher(b"another key").open(sealed, b"customer.phone")
    with pytest.raises(ConfigurationError):
        CIPHER.open(sealed, b"customer.name")
    with pytest.raises(ConfigurationError):
        CIPHER.open(sealed[:-1] + bytes([sealed[-1] ^ 1]), b"customer.phone")


def test_blind_index_is_stable_and_keyed() -> None:
    """The same phone has the same index under one key and another one under another key."""
    assert CIPHER.blind("13800000001") == CIPHER.blind("13800000001")
    assert CIPHER.blind("13800000001") != Cipher(b"another key").blind("13800000001")


def test_the_database_holds_no_readable_phone(database: Engine) -> None:
    """Neither phone nor identity number stands in the row as it is stored."""
    writes = transactions(database)
    customer = Customer(
        ref="r1", kind="person", name="张三", id_number="990101198001011234",
        id_blind="b1", phone="13800000001", phone_blind="b2",
    )  # fmt: skip
    writes.run(lambda uow: uow.session.add(customer))
    with database.connect() as connection:
        row = connection.execute(text("SELECT * FROM customer")).one()
    stored = b" ".join(
        bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode() for v in row
    )
    assert b"13800000001" not in stored
    assert b"990101198001011234" not in stored
    assert "张三".encode() not in stored
    phone = writes.read(lambda uow: uow.customers.by_phone("b2")[0].phone)
    assert phone == "13800000001"
    writes.close()
