"""Opens and seals encrypted bodies: AES-256-CBC as in section 1.2 of the platform notes."""

from __future__ import annotations

import os
from base64 import b64decode
from binascii import a2b_base64, b2a_base64
from hmac import compare_digest

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC

from bot.errors import ConfigurationError, Forbidden

_BLOCK = 32
_RANDOM = 16
_HEAD = _RANDOM + 4
_PADS = [bytes((count,)) * count for count in range(_BLOCK + 1)]


class BodyCipher:
    """One EncodingAESKey; holds the key schedule, because every message needs it."""

    def __init__(self, aes_key: str, app_id: str) -> None:
        key = _key(aes_key)
        # The platform fixes CBC with this IV; we may not choose a better mode.
        self._cipher = Cipher(AES256(key), CBC(key[:16]))
        self._app_id = app_id.encode()

    def open(self, encrypted: str) -> str:
        """Return the XML inside ``encrypted``; raise one and the same Forbidden otherwise."""
        plain = self._decrypted(encrypted)
        pad = plain[-1]
        end = _HEAD + int.from_bytes(plain[_RANDOM:_HEAD], "big")
        stop = len(plain) - pad
        padded = 1 <= pad <= _BLOCK and compare_digest(plain[stop:], _PADS[min(pad, _BLOCK)])
        ours = compare_digest(plain[end : max(stop, 0)], self._app_id)
        # Both are always computed: which of them failed must not show.
        if not (padded & ours):
            raise Forbidden("body does not open")
        try:
            return plain[_HEAD:end].decode()
        except UnicodeDecodeError:
            raise Forbidden("body does not open") from None

    def seal(self, text: str) -> str:
        """Return ``text`` encrypted for the platform, as base64."""
        content = text.encode()
        head = os.urandom(_RANDOM) + len(content).to_bytes(4, "big")
        plain = head + content + self._app_id
        plain += _PADS[_BLOCK - len(plain) % _BLOCK]
        encryptor = self._cipher.encryptor()
        return b2a_base64(encryptor.update(plain) + encryptor.finalize(), newline=False).decode()

    def _decrypted(self, encrypted: str) -> bytes:
        try:
            sealed = a2b_base64(encrypted.encode("ascii"), strict_mode=True)
        except ValueError:
            raise Forbidden("body does not open") from None
        if not sealed or len(sealed) % _BLOCK:
            raise Forbidden("body does not open")
        decryptor = self._cipher.decryptor()
        return decryptor.update(sealed) + decryptor.finalize()


def _key(aes_key: str) -> bytes:
    try:
        key = b64decode(aes_key + "=", validate=True)
    except ValueError:
        key = b""
    if len(key) != 32:
        raise ConfigurationError("wechat.aes_key 须为公众平台后台的 43 个字母和数字，请重新复制")
    return key
