"""Signed links to a survey or an upload: ``kind.conversation.subject.expiry.signature``.

Nothing in them is secret and nothing is stored: the signature covers all of it, and the
conversation says whose link it is.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from storage.crypto import Cipher

Kind = Literal["survey", "upload"]
_SIGNED = 40
# domain.md 9.6: a short link is good for 72 hours.
GOOD_FOR = timedelta(hours=72)


@dataclass(frozen=True)
class WebLink:
    """What a good link leads to: a survey's id or a claim's number."""

    kind: Kind
    conversation_id: int
    subject: str


def make(cipher: Cipher, link: WebLink, now: datetime) -> str:
    """Return the address below ``/links``."""
    stamp = f"{int((now + GOOD_FOR).timestamp()):x}"
    told = f"{link.kind}.{link.conversation_id:x}.{link.subject}.{stamp}"
    return f"{told}.{_signature(cipher, told)}"


def read(cipher: Cipher, token: str, now: datetime) -> WebLink | None:
    """Return what a link leads to; None whatever is wrong with it."""
    told, _, signature = token.rpartition(".")
    right = _signature(cipher, told)
    if not hmac.compare_digest(right.encode(), signature.encode("utf-8", "replace")):
        return None
    kind, conversation, subject, stamp = told.split(".")
    if datetime.fromtimestamp(int(stamp, 16), UTC) <= now:
        return None
    return WebLink("survey" if kind == "survey" else "upload", int(conversation, 16), subject)


def _signature(cipher: Cipher, told: str) -> str:
    return cipher.blind(f"web link|{told}")[:_SIGNED]
