"""What the person is told about an erasure, from the table that a clerk can edit; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from bot.errors import ConfigurationError
from bot.yaml_text import safe_load

_FILE = Path(__file__).with_name("erasure.yaml")
KINDS: Final = ("policy", "claim", "complaint", "service_request", "application", "ticket")
# Every text with the places that are filled in.
_PLACES: Final[Mapping[str, frozenset[str]]] = {
    "partly": frozenset({"number", "erased", "left", "when"}),
    "when_day": frozenset({"until"}),
    "when_open": frozenset(),
    "announced": frozenset({"number", "sealed"}),
    "announced_sealed": frozenset({"count", "until"}),
    "sealed": frozenset({"erased", "left", "until"}),
    "item": frozenset({"what", "reason", "until"}),
    "item_until": frozenset({"until"}),
    "nothing": frozenset(),
}


@dataclass(frozen=True)
class Wordings:
    """The table: how kinds of records are called, and the texts."""

    kinds: Mapping[str, str]
    texts: Mapping[str, str]

    def say(self, code: str, **values: object) -> str:
        """Return a text with its places filled in."""
        return self.texts[code].format(**values)


@lru_cache(maxsize=1)
def wordings() -> Wordings:
    """Return the table; raise ConfigurationError with file, place and remedy."""
    return read(safe_load(_FILE.read_text(encoding="utf-8")))


def read(raw: Mapping[str, Any]) -> Wordings:
    """Return the table of parsed YAML, checked row by row."""
    kinds, texts = raw.get("kinds") or {}, raw.get("texts") or {}
    for name, known, said in (("kinds", set(KINDS), kinds), ("texts", set(_PLACES), texts)):
        if lacking := sorted(known - set(said)):
            raise _wrong(name, f"缺少 {'、'.join(lacking)}，请补上")
        if strays := sorted(set(said) - known):
            raise _wrong(name, f"不认识 {'、'.join(strays)}，请改正或删去")
    for code, places in _PLACES.items():
        try:
            str(texts[code]).format_map(dict.fromkeys(places, ""))
        except (KeyError, IndexError, ValueError):
            allowed = "、".join(sorted(places)) or "没有"
            raise _wrong(f"texts.{code}", f"里的 {{…}} 不对，可以用的：{allowed}") from None
        if lost := sorted(p for p in places if f"{{{p}}}" not in str(texts[code])):
            raise _wrong(f"texts.{code}", f"少了 {{{'}、{'.join(lost)}}}，请补上")
    return Wordings(
        {code: str(word) for code, word in kinds.items()},
        {code: str(text) for code, text in texts.items()},
    )


def _wrong(place: str, remedy: str) -> ConfigurationError:
    return ConfigurationError(f"{_FILE.name}：{place} {remedy}")
