"""Documents and advice by line and accident type, from the table a clerk can edit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.errors import ConfigurationError
from bot.yaml_text import safe_load

_FILE = Path(__file__).with_name("claim.yaml")


def checklist(line: str, accident_type: str, *, injured: bool) -> Sequence[str]:
    """Return the documents of a claim, most needed first; those for injuries come on top."""
    needed = list(_pick("checklist", line, accident_type))
    if injured and line in rules()["injured_lines"]:
        extra = rules()["injured"]
        spared = {loose for name in extra for loose in alternatives(bare(name))}
        needed = [*extra, *(d for d in needed if d not in extra and bare(d) not in spared)]
    return needed


def bare(name: str) -> str:
    """Return the name of a document without the mark of the required."""
    return name.removesuffix("*").strip()


def alternatives(name: str) -> Sequence[str]:
    """Return the names under which a list asks for the same where the rules are others."""
    for strict, loose in rules()["instead_of"].items():
        if name in (strict, *loose):
            return [one for one in (strict, *loose) if one != name]
    return ()


def advice(line: str, accident_type: str, *, at_scene: bool = True) -> str:
    """Return what to do right now; ``later`` takes the place of ``default`` away from the scene."""
    by_type = rules()["advice"].get(line) or rules()["advice"]["auto"]
    general = by_type["default"] if at_scene else by_type.get("later", by_type["default"])
    return str(by_type.get(accident_type, general))


def photo_guide(line: str, accident_type: str) -> str:
    """Return what to take photos of."""
    return str(_pick("photo_guide", line, accident_type))


def at_hand(name: str, facts: Mapping[str, Any], photos: int) -> bool:
    """Tell whether a document need not be asked for: photos came, or we know it already."""
    key = rules()["known"].get(name)
    shown = photos > 0 and any(word in name for word in rules()["photo_words"])
    return shown or (key is not None and bool(facts.get(key)))


def _pick(part: str, line: str, accident_type: str) -> Any:
    by_type = rules()[part].get(line) or rules()[part]["auto"]
    return by_type.get(accident_type, by_type["default"])


@lru_cache(maxsize=1)
def rules() -> dict[str, Any]:
    """Return the table; raise ConfigurationError with file, place and remedy."""
    table: dict[str, Any] = safe_load(_FILE.read_text(encoding="utf-8"))
    for part in ("injured_lines", "instead_of", "photo_words", "known", "reminders", "silence"):
        if part not in table:
            raise ConfigurationError(f"{_FILE.name}：缺少 {part}，请补上")
    for part in ("checklist", "advice", "photo_guide"):
        for line, by_type in table[part].items():
            if "default" not in by_type:
                raise ConfigurationError(f"{_FILE.name}：{part}.{line} 缺少 default，请补上")
    return table
