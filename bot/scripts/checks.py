"""Compare what happened with what a script expects; every failure is one sentence."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from bot.dialogue.message import Reply
from bot.scripts.script import moment

_BLANK = re.compile(r"[\s·]")


def squeeze(text: str) -> str:
    """Return ``text`` without blanks and middle dots."""
    return _BLANK.sub("", text)


def turn_failures(
    turn: Mapping[str, Any], replies: Sequence[Reply], flow: str | None = None
) -> list[str]:
    """Return which checks of a turn its replies, and the flow that is open then, miss."""
    heard = squeeze("\n".join(reply.text for reply in replies))
    failed = [] if turn.get("flow", flow or "") == (flow or "") else [f"flow is {flow}"]
    if turn.get("silent") and heard:
        failed.append("silent")
    wanted = turn.get("expect_any") or []
    if wanted and not any(squeeze(str(w)) in heard for w in wanted):
        failed.append(f"expect_any {wanted}")
    failed += [
        f"expect_all {w}" for w in turn.get("expect_all", ()) if squeeze(str(w)) not in heard
    ]
    failed += [f"expect_none {w}" for w in turn.get("expect_none", ()) if squeeze(str(w)) in heard]
    if (regex := turn.get("expect_regex")) and not re.search(regex, heard):
        failed.append(f"expect_regex {regex}")
    return failed


def record_failures(expected: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
    """Return which expected records are missing or different."""
    failed = []
    for kind, wanted in expected.items():
        if problem := _kind(kind, wanted, found):
            failed.append(problem)
    return failed


def _kind(kind: str, wanted: Any, found: Mapping[str, Any]) -> str | None:
    if kind == "handoffs":
        return _count(wanted, found["handoffs"])
    if kind == "handoff_level":
        levels = wanted if isinstance(wanted, list) else [wanted]
        right = bool(found["handoff_levels"]) and found["handoff_levels"][-1] in levels
        return None if right else f"handoff_level {wanted}: {found['handoff_levels']}"
    if kind == "new_claims":
        return (
            None if found["new_claims"] == wanted else f"new_claims {wanted}: {found['new_claims']}"
        )
    if kind == "unsubscribed":
        return None if set(wanted) <= set(found[kind]) else f"unsubscribed {wanted}: {found[kind]}"
    if isinstance(wanted, list):
        return _rows(kind, wanted, found.get(kind, []))
    return None if found.get(kind) == wanted else f"{kind} {wanted}: {found.get(kind)}"


def _count(wanted: Any, count: int) -> str | None:
    if isinstance(wanted, str) and wanted.startswith(">="):
        return None if count >= int(wanted[2:]) else f"handoffs {wanted}: {count}"
    return None if count == int(wanted) else f"handoffs {wanted}: {count}"


def _rows(kind: str, wanted: list[dict[str, Any]], rows: list[dict[str, Any]]) -> str | None:
    if not wanted:
        return f"{kind} should be empty: {rows}" if rows else None
    for row in wanted:
        if not any(fits(row, candidate) for candidate in rows):
            return f"{kind} {row} not among {rows}"
    return None


def fits(wanted: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    """Tell whether a stored row has all wanted values."""
    tolerance = timedelta(minutes=int(wanted.get("tolerance_min", 1)))
    return all(
        _value_fits(key, value, row, tolerance)
        for key, value in wanted.items()
        if key != "tolerance_min"
    )


def _value_fits(key: str, value: Any, row: Mapping[str, Any], tolerance: timedelta) -> bool:
    if key.endswith("_ending"):
        return str(row.get(key.removesuffix("_ending")) or "").endswith(str(value))
    if key.endswith("_contains"):
        return str(value) in str(row.get(key.removesuffix("_contains")) or "")
    if key == "happened_at" and row.get(key):
        return abs(moment(row[key]) - moment(value)) <= tolerance
    if isinstance(value, list):
        return row.get(key) in value
    return bool(row.get(key) == value)
