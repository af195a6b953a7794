"""The token of one form: ours, fresh, and good for one piece of feedback only.

Nobody logs in, so there is no session to ride on; what the token keeps out is other sites' forms
and programs that post without having opened the page.
"""

from __future__ import annotations

import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from storage.crypto import Cipher

LEAST, MOST = timedelta(seconds=2), timedelta(hours=12)
_SHAPE = re.compile(r"(\d{10})\.([0-9a-f]{32})\.([0-9a-f]{32})")
Verdict = Literal["good", "early", "stale", "false"]


@dataclass(frozen=True)
class FormTokens:
    """Makes and judges tokens."""

    cipher: Cipher

    def make(self, now: datetime) -> str:
        """Return a token that nobody else has."""
        begun, nonce = f"{int(now.timestamp()):010d}", secrets.token_hex(16)
        return f"{begun}.{nonce}.{self._seal(begun, nonce)}"

    def judge(self, token: str, now: datetime) -> tuple[Verdict, str]:
        """Return whether it is good now, and the nonce that tells one form from another."""
        found = _SHAPE.fullmatch(token)
        if found is None or not hmac.compare_digest(self._seal(found[1], found[2]), found[3]):
            return "false", ""
        age = timedelta(seconds=now.timestamp() - int(found[1]))
        if age > MOST:
            return "stale", found[2]
        # A whole second is lost in writing the time down.
        return ("early" if age < LEAST else "good"), found[2]

    def _seal(self, begun: str, nonce: str) -> str:
        return self.cipher.blind(f"feedback form|{begun}|{nonce}")[:32]
