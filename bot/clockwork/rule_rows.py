"""Rules of clocks from the rows of a table, each checked; the message names file, row, remedy."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from bot.clockwork.clocks import UNITS, Rule
from bot.errors import ConfigurationError

_NEEDED = ("code", "label", "value", "unit", "start", "stop", "basis")
_KEYS = {
    *_NEEDED, "start_label", "from", "warn", "pauses", "restarts", "side", "begins", "notice",
    "on_day_off",
}  # fmt: skip
_BEGINS = ("", "same_day", "next_opening")


def rule_of(
    row: Mapping[str, Any],
    *,
    file: str,
    kinds: Collection[str],
    pauses: Mapping[str, str],
    extra: Collection[str] = (),
) -> Rule:
    """Return the rule of a row; ``kinds`` are the events there are, ``extra`` further keys."""
    check(row, file, kinds, extra)
    return Rule(
        code=row["code"],
        label=row["label"],
        value=row["value"],
        unit=row["unit"],
        start=tuple(row["start"]),
        stop=tuple(row["stop"]),
        basis=row["basis"],
        start_label=row.get("start_label", ""),
        valid_from=row.get("from", date.min),
        warn=tuple(row.get("warn", ())),
        pauses=dict(pauses) if row.get("pauses") else {},
        restarts=bool(row.get("restarts")),
        side=row.get("side", "us"),
        begins=row.get("begins", ""),
        notice=bool(row.get("notice")),
        on_day_off=row.get("on_day_off", "keep"),
    )


def check(
    row: Mapping[str, Any], file: str, kinds: Collection[str], extra: Collection[str] = ()
) -> None:
    """Raise ConfigurationError for a row that is no rule."""
    place = f"{file}：{row.get('code', row)}"
    if lacking := [key for key in _NEEDED if key not in row]:
        raise ConfigurationError(f"{place} 缺少 {'、'.join(lacking)}，请补上")
    if strays := row.keys() - _KEYS - set(extra):
        raise ConfigurationError(f"{place} 不认识 {'、'.join(sorted(strays))}，请改正或删去")
    if row["unit"] not in UNITS or not isinstance(row["value"], int) or row["value"] < 1:
        raise ConfigurationError(f"{place} 的 value 须为正整数，unit 须是 {'、'.join(UNITS)} 之一")
    if row.get("begins", "") not in _BEGINS:
        raise ConfigurationError(f"{place} 的 begins 须是 same_day、next_opening，或不写")
    if not isinstance(row.get("from", date.min), date):
        raise ConfigurationError(f"{place} 的 from 要写成 2027-01-01 的样子")
    if unknown := {*row["start"], *row["stop"]} - set(kinds):
        raise ConfigurationError(f"{place} 的 {'、'.join(sorted(unknown))} 没有定义，请改正")
