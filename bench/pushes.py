"""Plays the platform: builds encrypted pushes before the clock runs, opens replies after."""

from __future__ import annotations

import hashlib
import re
import secrets
import time
from dataclasses import dataclass

from wechatpy.crypto import PrpCrypto, WeChatCrypto

from bench.questions import Query

APP_ID = "wx0123456789abcdef"
TOKEN = "BenchToken"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
OURS = "gh_0123456789ab"
_FIELD = r"<{0}>\s*(?:<!\[CDATA\[)?(.*?)(?:\]\]>)?\s*</{0}>"


@dataclass(frozen=True)
class Push:
    """One request as bytes, and what its answer must be."""

    request: bytes
    openid: str
    query: Query


class Platform:
    """Signs and encrypts as the official account's platform does in safe mode."""

    def __init__(self) -> None:
        self._crypto = WeChatCrypto(TOKEN, AES_KEY, APP_ID)
        self._next = time.time_ns()

    def push(self, openid: str, query: Query, port: int) -> Push:
        """Return the complete HTTP request that delivers a text message."""
        self._next += 1
        at = int(time.time())
        xml = (
            f"<xml><ToUserName><![CDATA[{OURS}]]></ToUserName>"
            f"<FromUserName><![CDATA[{openid}]]></FromUserName><CreateTime>{at}</CreateTime>"
            f"<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{query.text}]]></Content>"
            f"<MsgId>{self._next}</MsgId></xml>"
        )
        sealed = PrpCrypto(self._crypto.key).encrypt(xml, APP_ID).decode()
        return Push(_request(sealed, at, port), openid, query)

    def open(self, push: Push, body: bytes) -> tuple[str, str]:
        """Return addressee and content of a reply; raise ValueError when it does not open."""
        outer = body.decode()
        stamp, nonce = _field(outer, "TimeStamp"), _field(outer, "Nonce")
        signed = _field(outer, "MsgSignature")
        xml = str(self._crypto.decrypt_message(outer, signed, stamp, nonce))
        return _field(xml, "ToUserName"), _field(xml, "Content")


def _request(sealed: str, at: int, port: int) -> bytes:
    nonce = secrets.token_hex(5)
    body = (
        f"<xml><ToUserName><![CDATA[{OURS}]]></ToUserName>"
        f"<Encrypt><![CDATA[{sealed}]]></Encrypt></xml>"
    )
    query = (
        f"signature={_sign(TOKEN, str(at), nonce)}&timestamp={at}&nonce={nonce}"
        f"&encrypt_type=aes&msg_signature={_sign(TOKEN, str(at), nonce, sealed)}"
    )
    head = (
        f"POST /wechat/callback?{query} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        f"Content-Type: text/xml\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return (head + body).encode()


def _sign(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()


def _field(xml: str, name: str) -> str:
    found = re.search(_FIELD.format(name), xml, re.DOTALL)
    if found is None:
        raise ValueError(f"no {name} in a reply")
    return found.group(1)
