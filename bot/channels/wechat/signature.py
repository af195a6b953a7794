"""Who signed a callback: SHA-1 signatures, their freshness, and pairs used before."""

from __future__ import annotations

import re
from collections import OrderedDict
from dataclasses import dataclass
from hashlib import blake2b, sha1
from hmac import compare_digest
from urllib.parse import unquote_plus

from bot.errors import BadRequest, Forbidden

_MAX_QUERY = 2048
_MAX_PARAMETERS = 16
_NONCE = re.compile(r"[!-~]{1,128}")
_TIMESTAMP = re.compile(r"[0-9]{1,11}")
_SIGNATURE = re.compile(r"[0-9a-f]{40}")


def sign(*parts: str) -> str:
    """Return the platform's signature of ``parts``: SHA-1 over the sorted, joined strings."""
    return sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def fits(given: str, *parts: str) -> bool:
    """Say in constant time whether ``given`` is the signature of ``parts``."""
    return compare_digest(sign(*parts).encode(), given.encode())


@dataclass(frozen=True, slots=True)
class Query:
    """The signed parameters of a callback URL, checked for shape only."""

    signature: str
    timestamp: str
    nonce: str
    msg_signature: str
    encrypt_type: str
    echostr: str | None

    @property
    def sent_at(self) -> int:
        """Return the sender's stamp in epoch seconds."""
        return int(self.timestamp)


def read_query(raw: bytes) -> Query:
    """Parse a query string; raise BadRequest when it is not one that the platform sends."""
    given = _parameters(raw)
    query = Query(
        signature=given.get("signature", ""),
        timestamp=given.get("timestamp", ""),
        nonce=given.get("nonce", ""),
        msg_signature=given.get("msg_signature", ""),
        encrypt_type=given.get("encrypt_type", ""),
        echostr=given.get("echostr"),
    )
    _check_shape(query)
    return query


def _parameters(raw: bytes) -> dict[str, str]:
    if len(raw) > _MAX_QUERY:
        raise BadRequest("query too long")
    try:
        text = raw.decode("ascii")
        parts = text.split("&") if text else []
        given = dict(map(_pair, parts)) if len(parts) <= _MAX_PARAMETERS else {}
    except ValueError:
        raise BadRequest("query malformed") from None
    if len(given) != len(parts):
        raise BadRequest("query parameters repeated or too many")
    return given


def _pair(part: str) -> tuple[str, str]:
    name, _, value = part.partition("=")
    if "%" in part or "+" in part:
        return unquote_plus(name, errors="strict"), unquote_plus(value, errors="strict")
    return name, value


def _check_shape(query: Query) -> None:
    if not _TIMESTAMP.fullmatch(query.timestamp):
        raise BadRequest("timestamp malformed")
    if not _NONCE.fullmatch(query.nonce):
        raise BadRequest("nonce malformed")
    if not _SIGNATURE.fullmatch(query.signature):
        raise Forbidden("signature malformed")
    if query.msg_signature and not _SIGNATURE.fullmatch(query.msg_signature):
        raise Forbidden("msg_signature malformed")


class UsedPairs:
    """Remembers (timestamp, nonce) pairs of plain mode, where no signature covers the body.

    The same body under the same pair passes: de-duplication makes it harmless. When the
    memory is full, whatever is as old as the pair that made room is refused from then on.
    """

    def __init__(self, window: float, limit: int = 200_000) -> None:
        self._window = window
        self._limit = limit
        self._bodies: OrderedDict[bytes, tuple[int, bytes]] = OrderedDict()
        self._floor = 0

    def __len__(self) -> int:
        """Return how many pairs are remembered."""
        return len(self._bodies)

    def check(self, query: Query, body: bytes, now: float) -> None:
        """Raise Forbidden when the pair came before with another body."""
        if query.sent_at <= self._floor:
            raise Forbidden("timestamp below the floor")
        pair = _digest(f"{query.timestamp} {query.nonce}".encode())
        content = _digest(body)
        _, known = self._bodies.setdefault(pair, (query.sent_at, content))
        self._make_room(now)
        if not compare_digest(known, content):
            raise Forbidden("timestamp and nonce were used for another body")

    def _make_room(self, now: float) -> None:
        """Forget pairs that freshness refuses anyway; then the oldest ones above the limit."""
        while self._bodies:
            sent_at, _ = next(iter(self._bodies.values()))
            expired = sent_at < now - self._window
            if not expired and len(self._bodies) <= self._limit:
                return
            self._bodies.popitem(last=False)
            if not expired:
                self._floor = max(self._floor, sent_at)


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=12).digest()
