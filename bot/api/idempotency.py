"""The same POST, sent again, has no second effect and gets the first answer."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.api.problems import Problem
from storage.crypto import Cipher
from storage.models.staff import IdempotentRequest
from storage.unit_of_work import UnitOfWork

_PLACE = b"idempotent_request.response"
_CREATED = 201


@dataclass(frozen=True)
class Asked:
    """A request as far as it decides what happens. ``key`` is None when it may repeat."""

    key: str | None
    method: str
    path: str
    body: str


def once(
    uow: UnitOfWork, cipher: Cipher, asked: Asked, now: datetime, work: Callable[[], bytes]
) -> tuple[bytes, bool]:
    """Return the answer and whether it is a stored one.

    The key is claimed inside the transaction of the work: a concurrent duplicate waits at the
    unique key until this one is committed, and when this one fails, the key is free again.
    """
    if asked.key is None:
        return work(), False
    # Keyed hash: a plain one of a phone number could be guessed back.
    fingerprint = cipher.blind("\n".join((asked.method, asked.path, asked.body)))
    if not _claim(uow, asked.key, fingerprint, now):
        return _stored(uow, cipher, asked.key, fingerprint), True
    body = work()
    sealed = base64.b64encode(cipher.seal(body, _PLACE)).decode()
    uow.connection.execute(
        update(IdempotentRequest).where(IdempotentRequest.key == asked.key).values(response=sealed)
    )
    return body, False


def _claim(uow: UnitOfWork, key: str, fingerprint: str, now: datetime) -> bool:
    dialect = postgresql if uow.connection.dialect.name == "postgresql" else sqlite
    claimed = uow.connection.execute(
        dialect.insert(IdempotentRequest)
        .values(key=key, request_hash=fingerprint, status=_CREATED, response="", at=now)
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(IdempotentRequest.key)
    )
    return claimed.first() is not None


def _stored(uow: UnitOfWork, cipher: Cipher, key: str, fingerprint: str) -> bytes:
    query = select(IdempotentRequest.request_hash, IdempotentRequest.response)
    row = uow.connection.execute(query.where(IdempotentRequest.key == key)).one()
    if not hmac.compare_digest(row.request_hash, fingerprint):
        raise Problem("key_reused", "这个 Idempotency-Key 已用于内容不同的请求，请换一个新键。")
    return cipher.open(base64.b64decode(row.response), _PLACE)
