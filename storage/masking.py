"""Personal data with its middle hidden (`domain.md` 5.7)."""

from __future__ import annotations


def mask_name(name: str) -> str:
    """Return the family name and stars."""
    return name[:1] + "*" * max(1, min(len(name) - 1, 3))


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
