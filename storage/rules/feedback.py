"""What kind of feedback words are, by the table a clerk can edit."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from bot.errors import ConfigurationError

_FILE = Path(__file__).with_name("feedback.yaml")


def nature(text: str) -> str:
    """Return whether it is a hint of a complaint, praise, a suggestion or a remark."""
    return _first("nature", text)


def category(text: str) -> str:
    """Return what it is about."""
    return _first("category", text)


def _first(part: str, text: str) -> str:
    fitting = (rule for rule in _rules()[part] if any(word in text for word in rule["words"]))
    return str(next(fitting, _rules()[part][-1])["name"])


@lru_cache(maxsize=1)
def _rules() -> dict[str, list[dict[str, Any]]]:
    table: dict[str, list[dict[str, Any]]] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    for part in ("nature", "category"):
        for rule in table.get(part) or [{}]:
            words = rule.get("words")
            if "name" not in rule or not isinstance(words, list):
                raise ConfigurationError(f"{_FILE.name}：{part} 的每一条都要有 name 和 words")
            # A number in YAML is no word: 12378 without quotes is one a customer may write.
            rule["words"] = [str(word) for word in words]
    return table
