"""What a customer was shown and confirmed in a form: texts with versions, when, in which words.

It lies in the frame's ``kept`` as plain JSON until the form is handed in.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from bot.advice.form import Point
from bot.dialogue.flow import Flow
from bot.dialogue.slot_types.base import Json

_POINTS, _SEEN = "points", "seen"
_LONGEST_WORDS = 100
_RECORDED = ("key", "label", "text", "version")


def show(flow: Flow, points: Iterable[Point], groups: Collection[str]) -> None:
    """Keep the texts that are to be confirmed; what was confirmed of older ones counts no more."""
    flow.kept[_POINTS] = [dict(vars(point)) for point in points]
    flow.kept[_SEEN] = {name: record for name, record in _seen(flow).items() if name not in groups}


def shown(flow: Flow, keys: Collection[str]) -> list[dict[str, Any]]:
    """Return the texts of these points, as they were kept."""
    kept = flow.kept.get(_POINTS)
    points = [point for point in kept if isinstance(point, dict)] if isinstance(kept, list) else []
    return [point for point in points if point["key"] in keys]


def note(flow: Flow, name: str, at: str) -> None:
    """Note that something was confirmed just now, in the customer's words."""
    flow.kept[_SEEN] = {**_seen(flow), name: {"at": at, "said": flow.utterance[:_LONGEST_WORDS]}}


def record(flow: Flow, name: str, keys: Collection[str]) -> list[dict[str, Any]]:
    """Return the points that were confirmed under ``name``, with when and how."""
    return [
        {**{part: point[part] for part in _RECORDED}, **confirmed(flow, name)}
        for point in shown(flow, keys)
    ]


def confirmed(flow: Flow, name: str) -> dict[str, Json]:
    """Return when and in which words something was confirmed."""
    found = _seen(flow).get(name)
    return found if isinstance(found, dict) else {}


def _seen(flow: Flow) -> dict[str, Json]:
    kept = flow.kept.get(_SEEN)
    return kept if isinstance(kept, dict) else {}
