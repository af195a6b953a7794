"""A copy of somebody's data that people can read and print; the JSON beside it holds the same."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson
from jinja2 import Environment, FileSystemLoader, Template

from bot.yaml_text import safe_load

_FOLDER = Path(__file__).parent


def page(copy: Mapping[str, Any], request: str) -> str:
    """Return the page; every word in it is escaped."""
    return _template().render(
        request=request, made_at=copy["made_at"], tables=copy["tables"], names=names()
    )


@lru_cache(maxsize=1)
def _template() -> Template:
    environment = Environment(loader=FileSystemLoader(_FOLDER), autoescape=True)
    environment.filters["tojson_zh"] = lambda value: orjson.dumps(value).decode()
    return environment.get_template("export.html")


@lru_cache(maxsize=1)
def names() -> dict[str, str]:
    """Return the columns' names for people."""
    text = (_FOLDER / "column_names.yaml").read_text(encoding="utf-8")
    found: dict[str, str] = safe_load(text)
    return found
