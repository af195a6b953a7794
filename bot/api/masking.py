"""Personal data with its middle hidden (`domain.md` 5.7)."""

from __future__ import annotations

from storage.masking import mask_id, mask_name, mask_phone

__all__ = ["mask_id", "mask_name", "mask_peer", "mask_phone"]


def mask_peer(channel: str, peer: str) -> str:
    """Return a phone masked; the ids of other channels stay secret: one is a session key."""
    return mask_phone(peer) if channel == "sms" else "****"
