"""Severity and category of a complaint from its words, by the table a clerk can edit."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from bot.errors import ConfigurationError

_FILE = Path(__file__).with_name("complaint.yaml")


def severity(text: str) -> str:
    """Return P0–P3 for a complaint in these words."""
    return _first(rules()["severity"], "level", text)


def category(text: str) -> str:
    """Return the business stage that a complaint in these words is about."""
    return _first(rules()["category"], "name", text)


def _first(rules: list[dict[str, Any]], key: str, text: str) -> str:
    """Return the first rule with a word in ``text``; the last rule is the default."""
    fitting = (rule for rule in rules if any(word in text for word in rule["words"]))
    return str(next(fitting, rules[-1])[key])


@lru_cache(maxsize=1)
def rules() -> dict[str, list[dict[str, Any]]]:
    """Return the table; raise ConfigurationError with file, place and remedy."""
    table: dict[str, list[dict[str, Any]]] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    for part, key in (("severity", "level"), ("category", "name")):
        for rule in table.get(part) or [{}]:
            _check(part, key, rule)
    return table


def _check(part: str, key: str, rule: dict[str, Any]) -> None:
    words = rule.get("words")
    if key not in rule or not isinstance(words, list):
        raise ConfigurationError(
            f"{_FILE.name}：{part} 的每一条都要有 {key} 和 words（词的列表），请补全 {rule}"
        )
    if numbers := [word for word in words if not isinstance(word, str)]:
        raise ConfigurationError(f"{_FILE.name}：{part} 里的 {numbers} 请加引号，写成文字")
