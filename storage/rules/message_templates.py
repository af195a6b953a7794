"""Template messages as data: which fields they have, checked against what the platform takes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from string import Formatter
from typing import Any, Final

from bot.errors import ConfigurationError
from bot.yaml_text import safe_load

_FILE = Path(__file__).with_name("message_templates.yaml")
# Type → most characters, and what its text must look like once filled in.
LIMITS: Final[Mapping[str, tuple[int, str]]] = {
    "thing": (20, r"[^\n]+"),
    "phrase": (5, r"[\u4e00-\u9fff]+"),
    "number": (32, r"[\d.]+"),
    "amount": (20, r"[¥￥]?[\d.,]+元?"),
    "time": (20, r"[\d年月日:：\- ]+"),
    "car_number": (8, r"[\u4e00-\u9fffA-Z0-9]+"),
    "phone_number": (17, r"[\d+\-]+"),
    "character_string": (32, r"[\x20-\x7e]+"),
}
WORDS: Final = frozenset(
    {"product", "object", "ends", "starts", "title", "text", "number", "time", "hotline"}
)


@dataclass(frozen=True)
class Field:
    """A field of the platform and what goes into it."""

    name: str
    type: str
    value: str


@dataclass(frozen=True)
class Template:
    """A template by our own name for it."""

    name: str
    title: str
    fields: tuple[Field, ...]

    def fill(self, words: Mapping[str, str]) -> dict[str, dict[str, str]]:
        """Return the data of a message, every field within its limit."""
        return {field.name: {"value": _fitted(field, words)} for field in self.fields}


def _fitted(field: Field, words: Mapping[str, str]) -> str:
    most, shape = LIMITS[field.type]
    known = {name: words.get(name, "") for name in WORDS}
    text = " ".join(field.value.format(**known).split()) or "-"
    text = text if len(text) <= most else text[: most - 1] + "…" * (field.type == "thing")
    if not re.fullmatch(shape, text):
        # A field that cannot hold this must not cost the message: a dash is always accepted.
        return {"thing": "-", "phrase": "无", "character_string": "-"}.get(field.type, "0")
    return text


@lru_cache(maxsize=1)
def templates() -> Mapping[str, Template]:
    """Return all templates by name; raise ConfigurationError with file, place and remedy."""
    return read(_FILE)


def read(file: Path) -> Mapping[str, Template]:
    """Return the templates of a file."""
    rows: dict[str, Any] = safe_load(file.read_text(encoding="utf-8")) or {}
    return {name: _template(f"{file.name}：{name}", name, row) for name, row in rows.items()}


def _template(where: str, name: str, row: Mapping[str, Any]) -> Template:
    if set(row) != {"title", "fields"} or not row["fields"]:
        raise ConfigurationError(f"{where} 要有且只有 title 和 fields，fields 至少一项")
    fields = tuple(_field(f"{where}.{key}", key, value) for key, value in row["fields"].items())
    return Template(name, str(row["title"]), fields)


def _field(where: str, name: str, row: Mapping[str, Any]) -> Field:
    if set(row) != {"type", "value"} or row["type"] not in LIMITS:
        raise ConfigurationError(f"{where} 要写 type（{'、'.join(LIMITS)}）和 value")
    value = str(row["value"])
    if "\n" in value:
        raise ConfigurationError(f"{where} 不能换行：平台会拒收，请写成一行")
    most, shape = LIMITS[row["type"]]
    try:
        parts = list(Formatter().parse(value))
    except ValueError:
        raise ConfigurationError(f"{where} 的花括号不成对，请改") from None
    if unknown := {key for _, key, _, _ in parts if key is not None} - WORDS:
        raise ConfigurationError(f"{where} 用了没有的 {unknown}，可用：{'、'.join(sorted(WORDS))}")
    fixed = "".join(text for text, *_ in parts)
    if len(fixed) > most:
        raise ConfigurationError(f"{where} 有 {len(fixed)} 个字，{row['type']} 最多 {most}，请缩短")
    if fixed == value and not re.fullmatch(shape, fixed):
        raise ConfigurationError(f"{where} 的内容不合 {row['type']} 的写法，请改")
    return Field(name, str(row["type"]), value)
