"""The words of policies explained, with the clause they come from: a clerk's table; pure."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.desks.policies import TermNote
from bot.errors import ConfigurationError
from bot.yaml_text import safe_load

_FILE = Path(__file__).with_name("policy_terms.yaml")
_KEYS = {"code", "name", "called", "kinds", "text", "clause"}


@lru_cache(maxsize=1)
def notes() -> Sequence[TermNote]:
    """Return the notes; raise ConfigurationError with file, place and remedy."""
    return read(_FILE)


def read(file: Path) -> Sequence[TermNote]:
    """Return the notes of a file."""
    rows: list[dict[str, Any]] = safe_load(file.read_text(encoding="utf-8")) or []
    made = [_note(file, number, row) for number, row in enumerate(rows, 1)]
    if len({note.code for note in made}) < len(made):
        raise ConfigurationError(f"{file.name}：code 有重复，请给每个词一个自己的 code")
    return made


def _note(file: Path, number: int, row: dict[str, Any]) -> TermNote:
    where = f"{file.name} 第 {number} 个词"
    if not isinstance(row, dict) or set(row) != _KEYS:
        raise ConfigurationError(f"{where}：要有且只有 {'、'.join(sorted(_KEYS))}")
    if not row["called"] or not row["text"] or not row["clause"]:
        raise ConfigurationError(f"{where}：called、text、clause 都不能空；没有出处的解释不能上线")
    return TermNote(
        code=str(row["code"]),
        name=str(row["name"]),
        called=tuple(map(str, row["called"])),
        text=str(row["text"]),
        clause=str(row["clause"]),
        kinds=tuple(map(str, row["kinds"])),
    )
