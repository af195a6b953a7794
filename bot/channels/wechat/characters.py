"""Which characters may go into XML and JSON, and which are taken out."""

from __future__ import annotations

import re

# What XML 1.0 does not allow at all; the platform has been seen to push some of these.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def xml_safe(text: str) -> str:
    """Return ``text`` without the characters that no XML document may hold."""
    return _NOT_XML.sub("", text)


def clean(text: str) -> str:
    """Return ``text`` without control characters and lone surrogates; newline is ``\\n``."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _UNWANTED.sub("", text)
