"""How each line is renewed, from a clerk's table; pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.desks.renewal import RenewalAdvice
from bot.errors import ConfigurationError
from bot.yaml_text import safe_load

_FILE = Path(__file__).with_name("renewal.yaml")
_KEYS = {"line", "title", "earliest_days", "steps", "documents", "gap", "changes", "basis"}
_COMMON = "other"
# A person's price is never said here, nor anything that presses.
_NEVER = re.compile(r"\d+\s*(?:元|块|折)|优惠最后|马上停售|最划算|全网最低")


@lru_cache(maxsize=1)
def advice() -> Mapping[str, RenewalAdvice]:
    """Return the advice by line; raise ConfigurationError with file, place and remedy."""
    return read(_FILE)


def read(file: Path) -> Mapping[str, RenewalAdvice]:
    """Return the advice of a file."""
    rows: list[dict[str, Any]] = safe_load(file.read_text(encoding="utf-8")) or []
    made = {str(row.get("line")): _advice(file, row) for row in rows}
    if _COMMON not in made:
        raise ConfigurationError(f"{file.name}：缺少 line: other，没写到的险种都用它，请补上")
    return made


def _advice(file: Path, row: dict[str, Any]) -> RenewalAdvice:
    where = f"{file.name}：line {row.get('line')}"
    if set(row) != _KEYS:
        raise ConfigurationError(f"{where} 要有且只有 {'、'.join(sorted(_KEYS))}")
    if not isinstance(row["earliest_days"], int) or row["earliest_days"] < 1:
        raise ConfigurationError(f"{where} 的 earliest_days 要写天数，例如 30")
    if found := _NEVER.search(str(row)):
        raise ConfigurationError(f"{where} 里有“{found.group()}”：续保说明不写价格，也不催促")
    lists = {key: tuple(map(str, row[key])) for key in ("steps", "documents")}
    return RenewalAdvice(**{**row, **lists})


def of(line: str) -> RenewalAdvice:
    """Return the advice for a line."""
    return advice().get(line) or advice()[_COMMON]
