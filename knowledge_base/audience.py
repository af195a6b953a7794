"""For whom an entry is: everybody, or customers of some channels, products, or verified ones.

Written as one line a clerk can read: ``public``, ``verified``, ``channel:wechat,webchat
product:auto verified``. All conditions must hold.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

PUBLIC = "public"
KINDS = ("channel", "product")
REMEDY = "请写 public，或用空格分开的条件：verified、channel:wechat,webchat、product:auto。"


@dataclass(frozen=True)
class Audience:
    """The conditions; an empty one is no condition."""

    channels: frozenset[str] = frozenset()
    products: frozenset[str] = frozenset()
    verified: bool = False

    def admits(self, channel: str, *, verified: bool) -> bool:
        """Tell whether a customer on this channel may hear the answer.

        The product says what the answer is about and is for search and reports: what a customer
        asks about is not known before the question is understood.
        """
        return (not self.channels or channel in self.channels) and (verified or not self.verified)


@lru_cache(maxsize=512)
def parse(line: str) -> Audience:
    """Return the conditions; raise ValueError with the word that is none."""
    found: dict[str, frozenset[str]] = {}
    verified = False
    for word in line.split():
        kind, _, names = word.partition(":")
        if word == "verified":
            verified = True
        elif kind in KINDS and names.strip(","):
            found[kind] = frozenset(filter(None, names.split(",")))
        elif word != PUBLIC:
            raise ValueError(word)
    nothing: frozenset[str] = frozenset()
    return Audience(found.get("channel", nothing), found.get("product", nothing), verified)


def problem(line: str) -> str:
    """Return what is wrong with a line, '' when nothing is."""
    try:
        parse(line)
    except ValueError as error:
        return f"不认识的受众条件“{error}”"
    return ""
