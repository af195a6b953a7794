"""Plays the platform: signs and encrypts pushes, opens replies. Independent of our own code."""

from __future__ import annotations

import random
from typing import Any

import xmltodict
from wechatpy.crypto import PrpCrypto, WeChatCrypto
from wechatpy.utils import WeChatSigner

from bot.settings import WeChat

OURS = "gh_0123456789ab"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"

_random = random.Random()


def settings(**changes: Any) -> WeChat:
    """Return the settings of a test account in safe mode."""
    values: dict[str, Any] = {
        "app_id": "wx0123456789abcdef",
        "app_secret": "the-secret",
        "token": "TheToken123",
        "aes_key": AES_KEY,
        **changes,
    }
    return WeChat(**values)


def signature(*parts: str) -> str:
    """Return the platform's signature of ``parts``."""
    signer = WeChatSigner()
    signer.add_data(*parts)
    return str(signer.signature)


def signed_query(settings: WeChat, at: int, **more: str) -> dict[str, str]:
    """Return the parameters that every request of the platform carries."""
    nonce = str(_random.randrange(10**9, 10**10))
    token = settings.token.get_secret_value()
    signed = {"signature": signature(token, str(at), nonce), "timestamp": str(at), "nonce": nonce}
    return signed | more


def encrypt(settings: WeChat, xml: str, key: str = "", app_id: str = "") -> str:
    """Return ``xml`` as the platform encrypts it."""
    crypto = WeChatCrypto("", key or settings.aes_key.get_secret_value(), settings.app_id)
    return str(PrpCrypto(crypto.key).encrypt(xml, app_id or settings.app_id).decode())


def wrap(settings: WeChat, encrypted: str, at: int) -> tuple[dict[str, str], bytes]:
    """Return query and body that carry ``encrypted``, signed as the platform does."""
    query = signed_query(settings, at, encrypt_type="aes")
    token = settings.token.get_secret_value()
    query["msg_signature"] = signature(token, query["timestamp"], query["nonce"], encrypted)
    body = (
        f"<xml><ToUserName><![CDATA[{OURS}]]></ToUserName>"
        f"<Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"
    )
    return query, body.encode()


def push(settings: WeChat, xml: str, at: int) -> tuple[dict[str, str], bytes]:
    """Return query and body of one delivery of ``xml`` in the mode of ``settings``."""
    if settings.mode == "plain":
        return signed_query(settings, at), xml.encode()
    query, body = wrap(settings, encrypt(settings, xml), at)
    if settings.mode == "compat":
        # The compatible mode repeats the plain fields beside the encrypted ones.
        body = body.replace(b"</xml>", xml.encode().removeprefix(b"<xml>"))
        body = body.replace(f"<ToUserName><![CDATA[{OURS}]]></ToUserName>".encode(), b"", 1)
    return query, body


def open_reply(settings: WeChat, body: bytes) -> str:
    """Return the XML of a passive reply, checked and decrypted as the platform does."""
    if settings.mode == "plain":
        return body.decode()
    fields = xmltodict.parse(body)["xml"]
    crypto = WeChatCrypto(
        settings.token.get_secret_value(), settings.aes_key.get_secret_value(), settings.app_id
    )
    return str(
        crypto.decrypt_message(body, fields["MsgSignature"], fields["TimeStamp"], fields["Nonce"])
    )


def message_xml(openid: str, created: int, fields: str) -> str:
    """Return the XML of a push with ``fields`` after the common ones."""
    return (
        f"<xml><ToUserName><![CDATA[{OURS}]]></ToUserName>"
        f"<FromUserName><![CDATA[{openid}]]></FromUserName>"
        f"<CreateTime>{created}</CreateTime>{fields}</xml>"
    )


def text_xml(openid: str, content: str, msg_id: int | str, created: int) -> str:
    """Return the XML of a text message."""
    safe = content.replace("]]>", "]]]]><![CDATA[>")
    return message_xml(
        openid,
        created,
        f"<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{safe}]]></Content>"
        f"<MsgId>{msg_id}</MsgId>",
    )


def event_xml(openid: str, event: str, created: int, fields: str = "") -> str:
    """Return the XML of an event."""
    return message_xml(
        openid,
        created,
        f"<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[{event}]]></Event>{fields}",
    )
