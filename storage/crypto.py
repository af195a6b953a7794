"""Encrypted columns: AES-256-GCM with the column's name as associated data, and a blind index.

A stored value is: one byte key id, 12 bytes nonce, ciphertext with tag. The blind index is a
keyed hash, so that a phone can be looked up without being readable.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from typing import Any
from weakref import WeakKeyDictionary

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Connection, Dialect, Engine, LargeBinary
from sqlalchemy.types import TypeDecorator

from bot.errors import ConfigurationError

_KEY_ID = b"\x01"
_NONCE = 12
_ciphers: WeakKeyDictionary[Dialect, Cipher] = WeakKeyDictionary()


class Cipher:
    """Encrypts values and computes blind indexes with keys derived from one secret."""

    def __init__(self, secret: bytes) -> None:
        self._box = AESGCM(_derive(secret, b"anda column encryption"))
        self._index_key = _derive(secret, b"anda blind index")
        self._audit_key = _derive(secret, b"anda audit chain")

    def seal(self, plain: bytes, place: bytes) -> bytes:
        """Encrypt ``plain`` for the column ``place``."""
        nonce = os.urandom(_NONCE)
        return _KEY_ID + nonce + self._box.encrypt(nonce, plain, place)

    def open(self, sealed: bytes, place: bytes) -> bytes:
        """Decrypt what :meth:`seal` made; raise ConfigurationError when the key is another."""
        try:
            return self._box.decrypt(sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :], place)
        except InvalidTag:
            raise ConfigurationError(
                "数据无法解密：ANDA_SECRET_KEY（或 var/secret.key）与写入数据时的密钥不一致"
            ) from None

    def blind(self, value: str) -> str:
        """Return the keyed hash under which ``value`` can be looked up."""
        return hmac.new(self._index_key, value.encode(), hashlib.sha256).hexdigest()

    def sign(self, content: bytes) -> str:
        """Return the keyed hash that nobody without the secret can make of ``content``."""
        return hmac.new(self._audit_key, content, hashlib.sha256).hexdigest()


def _derive(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt=None, info=purpose).derive(secret)


def bind(engine: Engine, cipher: Cipher) -> None:
    """Let the encrypted columns of ``engine`` use ``cipher``."""
    _ciphers[engine.dialect] = cipher


def cipher_of(connection: Connection) -> Cipher:
    """Return the cipher that the columns of this connection use."""
    return _ciphers[connection.dialect]


class EncryptedText(TypeDecorator[str]):
    """A text column that is ciphertext in the database. ``place`` names table and column."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, place: str) -> None:
        super().__init__()
        self.place = place

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        """Encrypt on the way in."""
        if value is None:
            return None
        return _ciphers[dialect].seal(value.encode("utf-8", "replace"), self.place.encode())

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        """Decrypt on the way out."""
        if value is None:
            return None
        return _ciphers[dialect].open(value, self.place.encode()).decode()


class EncryptedJson(TypeDecorator[Any]):
    """A JSON column that is ciphertext in the database."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, place: str) -> None:
        super().__init__()
        self.place = place

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        """Encrypt on the way in."""
        if value is None:
            return None
        return _ciphers[dialect].seal(orjson.dumps(value), self.place.encode())

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Any:
        """Decrypt on the way out."""
        if value is None:
            return None
        return orjson.loads(_ciphers[dialect].open(value, self.place.encode()))


class EncryptedBytes(TypeDecorator[bytes]):
    """A column of bytes that is ciphertext in the database."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, place: str) -> None:
        super().__init__()
        self.place = place

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """Encrypt on the way in."""
        return None if value is None else _ciphers[dialect].seal(value, self.place.encode())

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """Decrypt on the way out."""
        return None if value is None else _ciphers[dialect].open(value, self.place.encode())
