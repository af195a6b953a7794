"""Is a dialogue script written as it must be? A mistake is told with line and remedy."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

CHANNELS = ("web", "wechat", "telegram")
_SPAN = re.compile(r"^\d{1,6}[smhd]$")
_COUNT = re.compile(r"^(>=)?\d+$")
_KEYS_OF_ROWS = {"policies": ("policy_no",)}


def _a_text(raw: Any) -> bool:
    return isinstance(raw, str | int | float)


def _fragments(raw: Any) -> bool:
    return isinstance(raw, str) or (isinstance(raw, list) and all(map(_a_text, raw)))


def _expression(raw: Any) -> bool:
    try:
        re.compile(raw)
    except (re.error, TypeError):
        return False
    return True


def _point(raw: Any) -> bool:
    numbers = isinstance(raw, dict) and [raw.get("lat"), raw.get("lon")]
    return bool(numbers) and all(isinstance(n, int | float) for n in numbers or ())


def _number(raw: Any) -> bool:
    return isinstance(raw, int) and not isinstance(raw, bool)


# key → (what it must be, how that is said)
_TURN: dict[str, tuple[Callable[[Any], bool], str]] = {
    "user": (_a_text, "一句话"),
    "agent": (_a_text, "一句话"),
    "agent_action": (lambda raw: raw in ("take", "hand_back"), "take 或 hand_back"),
    "after": (lambda raw: bool(_SPAN.match(str(raw))), "30s、5m、2h 或 1d 这样的时长"),
    "image": (_number, "照片张数，一个整数"),
    "burst": (lambda raw: isinstance(raw, list), "几句话的列表"),
    "location": (_point, "{lat: 39.1, lon: 117.2, label: 地名}"),
    "expect_any": (lambda raw: isinstance(raw, list), "几个片段的列表"),
    "expect_all": (lambda raw: isinstance(raw, list), "几个片段的列表"),
    "expect_none": (lambda raw: isinstance(raw, list), "几个片段的列表"),
    "expect_regex": (_expression, "一个正确的正则表达式"),
    "bot": (_fragments, "一个片段，或几个片段的列表"),
}


def problems(raw: Any) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield the path and the remedy of every mistake in one script."""
    if not isinstance(raw, dict):
        yield (), "每段对话要写成 id、now、turns 几项"
        return
    if not raw.get("id") and not raw.get("scenario"):
        yield (), "缺少 id"
    if raw.get("channel", "web") not in CHANNELS:
        yield ("channel",), f"channel 要写成 {'、'.join(CHANNELS)} 之一"
    if not _is_time(raw.get("now")):
        yield ("now",), "now 要写成 2026-11-25T14:00:00+08:00 这样的时间"
    turns = raw.get("turns")
    if not isinstance(turns, list):
        yield ("turns",), "turns 要写成一轮一轮的列表"
    for number, turn in enumerate(turns if isinstance(turns, list) else ()):
        yield from _of_turn(turn, number)
    yield from _of_rows(raw.get("given"), "given")
    yield from _of_rows(raw.get("records"), "records")


def _of_turn(turn: Any, number: int) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if not isinstance(turn, dict):
        yield ("turns", number), "一轮要写成 user: 一句话 这样的几项"
        return
    for key, value in turn.items():
        right, words = _TURN.get(str(key), (lambda _: True, ""))
        if not right(value):
            yield ("turns", number, str(key)), f"{key} 要写成{words}"


def _of_rows(raw: Any, where: str) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Check the records of ``given`` and those expected at the end."""
    if raw is not None and not isinstance(raw, dict):
        yield (where,), f"{where} 要写成 claims、policies 这样的几项"
        return
    for kind, rows in (raw or {}).items():
        path = (where, str(kind))
        if kind == "handoffs":
            if not _COUNT.match(str(rows)):
                yield path, 'handoffs 要写成一个数，或 ">=1"'
        elif where == "given" and not isinstance(rows, list):
            yield path, f"{kind} 要写成一条一条的列表"
        for number, row in enumerate(rows if _has_rows(kind, rows) else ()):
            yield from _of_row(row, (*path, number), _KEYS_OF_ROWS.get(kind, ()), where)


def _has_rows(kind: Any, rows: Any) -> bool:
    return isinstance(rows, list) and kind not in ("handoff_level", "unsubscribed")


def _of_row(
    row: Any, path: tuple[str | int, ...], needed: tuple[str, ...], where: str
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if not isinstance(row, dict):
        yield path, "一条要写成 {名: 值} 这样的几项"
        return
    lacking = [key for key in needed if key not in row] if where == "given" else []
    if lacking:
        yield path, f"缺少 {'、'.join(lacking)}"
    for key, value in row.items():
        if str(key).endswith("_at") and value is not None and not _is_time(value):
            yield (*path, str(key)), f"{key} 要写成 2026-11-25T14:00:00+08:00 这样的时间"


def _is_time(raw: Any) -> bool:
    try:
        datetime.fromisoformat(str(raw))
    except ValueError:
        return False
    return True
