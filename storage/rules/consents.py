"""The consent texts with their versions, from a clerk's table; pure."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.desks.identity import ConsentText
from bot.errors import ConfigurationError
from bot.yaml_text import safe_load

_FILE = Path(__file__).with_name("consents.yaml")
_KEYS = {"code", "version", "title", "separate", "text", "withdraw", "on_withdraw"}
_AFTER = ("", "unbind")


@lru_cache(maxsize=1)
def texts() -> Mapping[str, ConsentText]:
    """Return the texts by code; raise ConfigurationError with file, place and remedy."""
    return read(_FILE)


def read(file: Path) -> Mapping[str, ConsentText]:
    """Return the texts of a file."""
    rows: list[dict[str, Any]] = safe_load(file.read_text(encoding="utf-8")) or []
    made = [_text(file, number, row) for number, row in enumerate(rows, 1)]
    by_code = {text.code: text for text in made}
    if len(by_code) < len(made):
        raise ConfigurationError(f"{file.name}：code 有重复，每段同意文本只写一次（当前版本）")
    if "identity" not in by_code:
        raise ConfigurationError(f"{file.name}：缺少 identity（核对身份）这一段，请补上")
    return by_code


def _text(file: Path, number: int, row: dict[str, Any]) -> ConsentText:
    where = f"{file.name} 第 {number} 段"
    if not isinstance(row, dict) or set(row) != _KEYS:
        raise ConfigurationError(f"{where}：要有且只有 {'、'.join(sorted(_KEYS))}")
    if wrong := [k for k in _KEYS - {"separate"} if not isinstance(row[k], str)]:
        raise ConfigurationError(f"{where}：{'、'.join(wrong)} 要加引号，写成文字")
    if row["on_withdraw"] not in _AFTER:
        raise ConfigurationError(f"{where}：on_withdraw 只能留空或写 unbind")
    return ConsentText(**{key: row[key] for key in _KEYS})
