"""Personal data with its middle hidden (`domain.md` 5.7)."""

from __future__ import annotations

from storage.policies import mask_name

__all__ = ["mask_id", "mask_name", "mask_peer", "mask_phone"]


def mask_phone(phone: str) -> str:
    """Return 138****0000; of a landline the area code and the last four digits stay."""
    if len(phone) < 8:
        return "*" * len(phone)
    head = 3 if phone.startswith("1") else max(0, len(phone) - 8)
    return f"{phone[:head]}****{phone[-4:]}"


def mask_id(number: str) -> str:
    """Return 990***********0012."""
    if len(number) < 8:
        return "*" * len(number)
    return f"{number[:3]}{'*' * (len(number) - 7)}{number[-4:]}"


def mask_peer(channel: str, peer: str) -> str:
    """Return a phone masked; the ids of other channels stay secret: one is a session key."""
    return mask_phone(peer) if channel == "sms" else "****"
