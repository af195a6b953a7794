"""Seals and blocks made by hand, as somebody would who means harm."""

from __future__ import annotations

import base64
import os

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC

from tests.bot.channels.wechat.asgi import AT, OPENID
from tests.bot.channels.wechat.platform import AES_KEY, text_xml

TEXT = text_xml(OPENID, "我要报案", 1, AT)


BOMB = (
    '<!DOCTYPE xml [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(9))
    + "]>"
)


EXTERNAL = '<!DOCTYPE xml SYSTEM "file:///etc/passwd">'


def raw_seal(plain: bytes, key: str = AES_KEY) -> str:
    """Return ``plain`` encrypted as it is, without any padding of ours."""
    secret = base64.b64decode(key + "=")
    encryptor = Cipher(AES256(secret), CBC(secret[:16])).encryptor()
    return base64.b64encode(encryptor.update(plain) + encryptor.finalize()).decode()


def block(
    xml: bytes, length: int | None = None, app_id: bytes = b"wx0123456789abcdef", pad: int = 0
) -> bytes:
    """Return a plaintext with a right padding, or one whose padding byte is ``pad``."""
    size = len(xml) if length is None else length
    content = os.urandom(16) + size.to_bytes(4, "big") + xml + app_id
    missing = 32 - len(content) % 32
    return content + bytes([pad or missing]) * missing
