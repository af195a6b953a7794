"""What reports call flows, entries, lines of business and lengths of time."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

import intents
from bot.dialogue.registry import find_flows
from bot.dialogue.slot_types import accident
from storage.kpi.definition import Definition
from storage.kpi.report import Report

# Whose turn it was while a process took its time.
SIDES: Final = {"wait": "等我们动手", "work": "我们在办", "customer": "等客户", "third": "等第三方"}
# Lines of policies that no claim is begun with by name.
_LINES: Final = {
    "health": "健康险",
    "surety": "保证险",
    "employer": "雇主责任险",
    "public": "公众责任险",
}


@lru_cache(maxsize=1)
def flow_titles() -> Mapping[str, str]:
    """Return what each flow is called."""
    return {flow.name: flow.title for flow in find_flows(intents)}


def matter(report: Report, label: str) -> str:
    """Return what a knowledge entry or a flow is called."""
    if question := report.entries.get(label):
        return f"{question}（{label}）"
    return flow_titles().get(label, label) or "没有归到主题"


def line_of(code: str) -> str:
    """Return a line of business as people say it."""
    return _LINES.get(code) or accident.line.show(code) or "—"


def hours(seconds: float) -> str:
    """Return a length of time in days, hours or minutes."""
    if seconds >= 48 * 3600:
        return f"{seconds / 86400:.1f} 天"
    return f"{seconds / 3600:.1f} 小时" if seconds >= 3600 else f"{seconds / 60:.1f} 分钟"


def target(definition: Definition) -> str:
    """Return the target of a figure, '' where there is none."""
    if definition.target is None:
        return ""
    return f"{definition.target:.0%}" if definition.kind == "share" else f"{definition.target:g}"


def percent(share: float | None) -> str:
    """Return a share, — where there is nothing to count."""
    return "—" if share is None else f"{share:.0%}"
