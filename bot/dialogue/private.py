"""Numbers that identify a person, hidden where their owner's words are repeated to them."""

from __future__ import annotations

import re

_MOBILE = re.compile(r"(?<![0-9A-Za-z])(1[3-9]\d)[ \-]?\d{4}[ \-]?(\d{4})(?![0-9A-Za-z])")
_IDENTITY = re.compile(r"(?<![0-9A-Za-z])(\d{3})\d{11}(\d{3}[\dXx])(?![0-9A-Za-z])")


def without_numbers(text: str) -> str:
    """Return a text with mobile and identity numbers as the summary shows them."""
    return _IDENTITY.sub(r"\1***********\2", _MOBILE.sub(r"\1****\2", text))
