"""Lets pushes in: signature, freshness and mode checks, then decryption (sections 1.1, 1.2)."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.channels.wechat.crypto import BodyCipher
from bot.channels.wechat.fields import only, read_fields
from bot.channels.wechat.parse import Push, Unknown, parse
from bot.channels.wechat.signature import Query, UsedPairs, fits, read_query, sign
from bot.errors import BadRequest, Forbidden
from bot.settings import WeChat

Seal = Callable[[str, datetime], str]


@dataclass(frozen=True, slots=True)
class Opened:
    """A push that is certainly the platform's, and how its reply has to be wrapped."""

    push: Push | Unknown
    seal: Seal


class Door:
    """Checks requests of one account; keeps the keys ready."""

    def __init__(self, settings: WeChat) -> None:
        self._settings = settings
        self._token = settings.token.get_secret_value()
        self._used = UsedPairs(window=settings.clock_skew_s)
        keys = (settings.aes_key, settings.aes_key_previous) if settings.mode != "plain" else ()
        self._ciphers = [
            BodyCipher(key.get_secret_value(), settings.app_id)
            for key in keys
            if key.get_secret_value()
        ]

    def verify(self, raw_query: bytes, now: datetime) -> str:
        """Return the echo text of a URL verification."""
        query = self._signed(raw_query, now)
        if not query.echostr:
            raise BadRequest("echostr missing")
        return query.echostr

    def admit(self, raw_query: bytes, now: datetime) -> Query:
        """Check the URL before the body is read; raise BadRequest or Forbidden."""
        query = self._signed(raw_query, now)
        sealed = query.encrypt_type == "aes"
        if sealed != bool(self._ciphers) or (sealed and not query.msg_signature):
            raise Forbidden(f"encrypt_type does not fit mode {self._settings.mode}")
        if not sealed and query.encrypt_type not in {"", "raw"}:
            raise Forbidden("encrypt_type unknown")
        return query

    def open(self, query: Query, body: bytes, now: datetime) -> Opened:
        """Return what an admitted request carries; raise BadRequest or Forbidden."""
        try:
            text = body.decode()
        except UnicodeDecodeError:
            raise BadRequest("body is not UTF-8") from None
        if not self._ciphers:
            self._used.check(query, body, now.timestamp())
            return Opened(self._parsed(text, now), seal=_unsealed)
        encrypted = only(read_fields(text), "Encrypt")
        if not fits(query.msg_signature, self._token, query.timestamp, query.nonce, encrypted):
            raise Forbidden("msg_signature does not fit")
        return self._decrypted(encrypted, now)

    def _signed(self, raw_query: bytes, now: datetime) -> Query:
        query = read_query(raw_query)
        if not fits(query.signature, self._token, query.timestamp, query.nonce):
            raise Forbidden("signature does not fit")
        if abs(now.timestamp() - query.sent_at) > self._settings.clock_skew_s:
            raise Forbidden("timestamp is too far away")
        return query

    def _decrypted(self, encrypted: str, now: datetime) -> Opened:
        for cipher in self._ciphers:
            try:
                text = cipher.open(encrypted)
            except Forbidden:
                continue
            # The reply takes the key of the push: the platform may still be using the old one.
            return Opened(self._sealed_push(text, now), seal=self._sealing(cipher))
        raise Forbidden("body does not open")

    def _sealed_push(self, text: str, now: datetime) -> Push | Unknown:
        """Parse decrypted text; what is wrong inside must look like what is wrong outside."""
        try:
            return self._parsed(text, now)
        except BadRequest as error:
            raise Forbidden(f"sealed {error}") from None

    def _parsed(self, text: str, now: datetime) -> Push | Unknown:
        return parse(text, self._settings.app_id, self._settings.original_id, now)

    def _sealing(self, cipher: BodyCipher) -> Seal:
        def seal(text: str, now: datetime) -> str:
            stamp, nonce = str(int(now.timestamp())), secrets.token_hex(8)
            encrypted = cipher.seal(text)
            return (
                f"<xml><Encrypt><![CDATA[{encrypted}]]></Encrypt><MsgSignature><![CDATA["
                f"{sign(self._token, stamp, nonce, encrypted)}]]></MsgSignature>"
                f"<TimeStamp>{stamp}</TimeStamp><Nonce><![CDATA[{nonce}]]></Nonce></xml>"
            )

        return seal


def _unsealed(text: str, _: datetime) -> str:
    return text
