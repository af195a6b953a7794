"""Why a delivery failed, in words that an agent can act on, from a file a clerk can edit."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from bot.errors import ConfigurationError
from bot.yaml_text import safe_load

_FILE = Path(__file__).with_name("reasons.yaml")
_FOREIGN = re.compile(r"[A-Za-z]{2}|\d{5}")


class _Reason(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    when: str
    say: str

    @field_validator("when")
    @classmethod
    def _is_pattern(cls, when: str) -> str:
        try:
            re.compile(when)
        except re.error as error:
            raise ValueError(f"不是正则：{error}") from None
        return when


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    other: str
    reasons: tuple[_Reason, ...]


@lru_cache(maxsize=1)
def _table() -> _Table:
    try:
        return _Table.model_validate(safe_load(_FILE.read_text(encoding="utf-8")))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise ConfigurationError(f"{_FILE.name}：{place} 不对：{first['msg']}") from None


def in_words(reason: str) -> str:
    """Return what staff read instead of a platform's code; what is plain already stays."""
    for one in _table().reasons:
        if re.search(one.when, reason):
            return one.say
    return _table().other if _FOREIGN.search(reason) else reason
