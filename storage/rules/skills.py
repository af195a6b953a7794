"""Which group of people a request for a person goes to, by the table a clerk can edit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.errors import ConfigurationError
from bot.yaml_text import safe_load

_FILE = Path(__file__).with_name("skills.yaml")


class Skill(BaseModel):
    """A group: what its people are called, and what brings a request to them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str
    title: str
    flows: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    role: str = ""

    def fits(self, flows: Sequence[str], reason: str) -> bool:
        """Tell whether this group is meant; the group without conditions takes everything."""
        if not self.flows and not self.words:
            return True
        return any(flow in self.flows for flow in flows) or any(w in reason for w in self.words)


@dataclass(frozen=True)
class Skills:
    """All groups in the order in which they are tried."""

    all: tuple[Skill, ...]

    def of(self, flows: Sequence[str], reason: str) -> str:
        """Return the code of the first group that fits."""
        return next(skill.code for skill in self.all if skill.fits(flows, reason))

    def by_role(self) -> dict[str, str]:
        """Return the one group that a role serves; agents and leads serve all."""
        return {skill.role: skill.code for skill in self.all if skill.role}

    def title(self, code: str) -> str:
        """Return what customers and staff call a group; the code itself for an unknown one."""
        return next((skill.title for skill in self.all if skill.code == code), code)


@lru_cache(maxsize=1)
def skills() -> Skills:
    """Return the table; raise ConfigurationError with file, place and remedy."""
    rows = (safe_load(_FILE.read_text(encoding="utf-8")) or {}).get("skills") or []
    found: list[Skill] = []
    for number, row in enumerate(rows, start=1):
        try:
            found.append(Skill.model_validate(row))
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(map(str, first["loc"]))
            raise ConfigurationError(
                f"{_FILE.name}：第 {number} 组的 {place} 不对：要写文字，数字请加引号"
            ) from None
    if not found or found[-1].flows or found[-1].words:
        raise ConfigurationError(
            f"{_FILE.name}：最后一组不要写 flows 和 words，好收下其余的转人工；请补上"
        )
    return Skills(tuple(found))
