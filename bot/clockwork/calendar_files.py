"""The announced years, read from ``calendar/*.yaml``, and the rules of one branch's week."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, time, timedelta
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

from bot.clockwork.workdays import Frame, SpecialDay, WorkCalendar
from bot.errors import ConfigurationError
from bot.yaml_text import safe_load

FOLDER = Path(__file__).with_name("calendar")


@lru_cache(maxsize=4)
def shipped(weekend: str = "6,7", frames: str = "08:30-12:00,13:30-17:30") -> WorkCalendar:
    """Return the calendar of the shipped years, with this branch's weekend and hours."""
    days: dict[date, SpecialDay] = {}
    years = set()
    for file in sorted(FOLDER.glob("*.yaml")):
        year, found = _year(file)
        years.add(year)
        days |= found
    try:
        return WorkCalendar(days, frozenset(years), parse_weekend(weekend), parse_frames(frames))
    except ValueError as error:
        raise ConfigurationError(f"config.yaml 的 calendar：{error}") from None


def parse_weekend(text: str) -> frozenset[int]:
    """Return the days off of a week, 1 for Monday to 7 for Sunday; raise ValueError."""
    days = frozenset(int(part) for part in text.split(",") if part.strip())
    if not days <= set(range(1, 8)) or len(days) > 6:
        raise ValueError(f"周末「{text}」应是 1（周一）到 7（周日），用逗号分开，至多 6 天")
    return days


def parse_frames(text: str) -> tuple[Frame, ...]:
    """Return work frames written like ``08:30-12:00,13:30-17:30``; raise ValueError."""
    frames = tuple(_frame(part) for part in text.replace("；", ",").split(",") if part.strip())
    if not frames or any(a.closes > b.opens for a, b in pairwise(frames)):
        raise ValueError(f"时段「{text}」应像 08:30-12:00,13:30-17:30，先后不重叠")
    return frames


def _frame(text: str) -> Frame:
    opens, _, closes = text.strip().partition("-")
    try:
        return Frame(time.fromisoformat(opens.strip()), time.fromisoformat(closes.strip()))
    except ValueError as error:
        raise ValueError(f"时段「{text}」应像 08:30-12:00（{error}）") from None


def _year(file: Path) -> tuple[int, dict[date, SpecialDay]]:
    try:
        raw: dict[str, Any] = safe_load(file.read_text(encoding="utf-8"))
        year = int(raw["year"])
        days = {
            **{day: SpecialDay(False, name) for name, day in _ranges(raw["holidays"])},
            **{row["day"]: SpecialDay(True, str(row["name"])) for row in raw["workdays"]},
        }
    except (KeyError, TypeError, ValueError, yaml.YAMLError) as error:
        raise ConfigurationError(
            f"{file.name}：读不懂（{error}），请照 2026.yaml 的样子写"
        ) from None
    if strays := [day for day in days if day.year != year]:
        raise ConfigurationError(f"{file.name}：{strays} 不在 {year} 年，请改到那一年的文件里")
    return year, days


def _ranges(rows: list[Mapping[str, Any]]) -> Iterator[tuple[str, date]]:
    for row in rows:
        day = row["from"]
        while day <= row["to"]:
            yield str(row["name"]), day
            day += timedelta(days=1)
