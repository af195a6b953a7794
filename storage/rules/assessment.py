"""How people are assessed, as a table that a manager can edit."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.errors import ConfigurationError
from bot.yaml_text import safe_load
from storage.kpi.figures import DEFINITIONS

_FILE = Path(__file__).with_name("assessment.yaml")


@dataclass(frozen=True)
class Measure:
    """One figure in an assessment: what counts as nothing, what as full marks, and its weight."""

    code: str
    weight: float
    floor: float
    target: float


@dataclass(frozen=True)
class Grade:
    """A grade from a total on, with the factor it suggests."""

    grade: str
    least: float
    bonus: float


@dataclass(frozen=True)
class Rules:
    """The whole table."""

    shrink: int
    least: int
    usable: float
    cap: float
    margin: float
    bands: tuple[int, ...]
    grades: tuple[Grade, ...]
    merits: dict[str, dict[str, Any]]
    train_below: float
    retest_days: int
    appeal_working_days: int
    posts: dict[str, tuple[Measure, ...]]
    topics: dict[str, str]

    def grade(self, total: float) -> Grade:
        """Return the grade of a total."""
        return next((g for g in self.grades if total >= g.least), self.grades[-1])

    def band(self, size: int) -> int:
        """Return the workload band that a number of rows falls into."""
        return max((low for low in self.bands if size >= low), default=0)


@lru_cache(maxsize=1)
def rules() -> Rules:
    """Return the table; raise ConfigurationError with file, place and remedy."""
    raw: dict[str, Any] = safe_load(_FILE.read_text(encoding="utf-8"))
    return Rules(
        raw["shrink"],
        raw["least"],
        raw["usable"],
        raw["cap"],
        raw["margin"],
        tuple(raw["bands"]),
        tuple(Grade(g["grade"], g["from"], g["bonus"]) for g in raw["grades"]),
        raw["merits"],
        raw["train_below"],
        raw["retest_days"],
        raw["appeal_working_days"],
        {post: tuple(_measures(raw, post, p["weights"])) for post, p in raw["posts"].items()},
        raw["topics"],
    )


def _measures(raw: dict[str, Any], post: str, weights: dict[str, float]) -> list[Measure]:
    if sum(weights.values()) != 100:
        raise ConfigurationError(f"{_FILE.name}：岗位 {post} 的权重之和须为 100")
    return [_measure(raw, post, code, weight) for code, weight in weights.items()]


def _measure(raw: dict[str, Any], post: str, code: str, weight: float) -> Measure:
    if code in raw["not_yet"]:
        return Measure(code, weight, 0.0, 1.0)
    if code not in DEFINITIONS:
        raise ConfigurationError(
            f"{_FILE.name}：岗位 {post} 的 {code} 不是指标代码；还没有数据来源的请列进 not_yet"
        )
    target = raw["targets"].get(code, DEFINITIONS[code].target)
    floor = raw["floors"].get(code)
    if target is None or floor is None or target == floor:
        raise ConfigurationError(f"{_FILE.name}：{code} 要有 floors 和 targets，且两者不同")
    return Measure(code, weight, float(floor), float(target))
