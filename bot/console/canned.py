"""Ready-made sentences of the agents, from a file a clerk can edit."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.errors import ConfigurationError
from bot.yaml_text import safe_load

_FILE = Path(__file__).with_name("canned.yaml")


class Canned(BaseModel):
    """A sentence and the short word that calls it up; 〔…〕 is filled in by the agent."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    short: str
    title: str
    text: str


@lru_cache(maxsize=1)
def replies() -> tuple[Canned, ...]:
    """Return the sentences; raise ConfigurationError with file, place and remedy."""
    rows = safe_load(_FILE.read_text(encoding="utf-8")) or []
    found = []
    for number, row in enumerate(rows, start=1):
        try:
            found.append(Canned.model_validate(row))
        except ValidationError as error:
            place = ".".join(map(str, error.errors()[0]["loc"]))
            raise ConfigurationError(
                f"{_FILE.name}：第 {number} 条的 {place} 不对：要写文字，数字请加引号"
            ) from None
    shorts = [one.short for one in found]
    if twice := {short for short in shorts if shorts.count(short) > 1}:
        raise ConfigurationError(f"{_FILE.name}：简写 {'、'.join(twice)} 用了两次，请换一个")
    return tuple(found)
