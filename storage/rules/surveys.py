"""When customers are asked what they think of us, as a table that a clerk can edit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.errors import ConfigurationError
from bot.yaml_text import safe_load

_FILE = Path(__file__).with_name("surveys.yaml")
BUTTONS = ("5", "4", "3", "2", "1")


@dataclass(frozen=True)
class Episode:
    """One occasion to ask."""

    about: str
    label: str
    after: str
    wait: timedelta
    valid: timedelta
    cap: timedelta
    within: timedelta
    ask: str


@dataclass(frozen=True)
class Rules:
    """The whole table; ``regular`` is an occasion without a cause."""

    episodes: tuple[Episode, ...]
    regular: Episode
    per_stratum: int
    active: timedelta
    most: int
    most_within: timedelta
    low_score: int
    comment: timedelta
    quiet_from: time
    quiet_to: time
    tags: tuple[str, ...]
    dimensions: dict[str, str]
    open_question: str

    def label(self, about: str) -> str:
        """Return what an occasion is called; an older table may have known others."""
        known = {one.about: one.label for one in (*self.episodes, self.regular)}
        return known.get(about, about)


@lru_cache(maxsize=1)
def rules() -> Rules:
    """Return the table; raise ConfigurationError with file, place and remedy."""
    raw: dict[str, Any] = safe_load(_FILE.read_text(encoding="utf-8"))
    regular = raw["regular"]
    return Rules(
        tuple(map(_episode, raw["episodes"])),
        _episode({"after": "", "wait_hours": 0, "within_days": 0, **regular}),
        regular["per_stratum"],
        timedelta(days=regular["active_days"]),
        raw["most"]["count"],
        timedelta(days=raw["most"]["days"]),
        raw["low_score"],
        timedelta(days=raw["comment_days"]),
        time.fromisoformat(raw["quiet"]["from"]),
        time.fromisoformat(raw["quiet"]["to"]),
        tuple(raw["tags"]),
        raw["dimensions"],
        raw["open_question"],
    )


def _episode(raw: dict[str, Any]) -> Episode:
    try:
        return Episode(
            raw["about"],
            raw["label"],
            raw["after"],
            timedelta(hours=raw["wait_hours"]),
            timedelta(hours=raw["valid_hours"]),
            timedelta(days=raw["cap_days"]),
            timedelta(days=raw["within_days"]),
            raw["ask"],
        )
    except (KeyError, TypeError) as error:
        raise ConfigurationError(
            f"{_FILE.name}：{raw.get('about')} 这一种缺少或写错了 {error}，请照别的行补全"
        ) from None
