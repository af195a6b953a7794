"""The tags that conversations may carry, from a file a clerk can edit."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from bot.errors import ConfigurationError
from bot.yaml_text import safe_load

_FILE = Path(__file__).with_name("tags.yaml")
_LONGEST = 12


@lru_cache(maxsize=1)
def words() -> tuple[str, ...]:
    """Return the tags to choose from."""
    return read(_FILE)


def read(file: Path) -> tuple[str, ...]:
    """Return the tags of a file; raise ConfigurationError with file, line and remedy."""
    found: list[str] = []
    for number, row in enumerate(safe_load(file.read_text(encoding="utf-8")) or [], 1):
        if not isinstance(row, str) or not 0 < len(row) <= _LONGEST:
            raise ConfigurationError(f"{file.name}：第 {number} 个要写 1 到 {_LONGEST} 个字")
        if row in found:
            raise ConfigurationError(f"{file.name}：「{row}」写了两次，请删掉一个")
        found.append(row)
    return tuple(found)
