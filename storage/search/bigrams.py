"""Text as the index sees it: pairs of neighbouring characters, as Chinese has no spaces."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.uint32]

SHORTEST = 2
_NOISE = re.compile(r"[\W_]+")
_SPREAD = np.uint32(2_654_435_761)


def normal(text: str) -> str:
    """Return a text without case, width, spaces and punctuation."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text).casefold())


def terms(query: str) -> list[str]:
    """Return the words of a query, each of which must occur."""
    return [word for part in query.split() if (word := normal(part))]


def codes(plain: str) -> Codes:
    """Return a number for every pair of neighbours; two pairs may share one by chance."""
    points = np.frombuffer(plain.encode("utf-32-le", "replace"), dtype="<u4").astype(np.uint32)
    return points[:-1] * _SPREAD ^ points[1:]


def words_of(body: Mapping[str, Any]) -> str:
    """Return what can be looked for in a message."""
    place = str((body.get("location") or {}).get("label") or "")
    return f"{body.get('text') or ''} {place}".strip()
