"""Dialogue scripts: whole conversations with checks, in YAML.

A file is a list of ``{id, goal?, channel, now, given?, state?, turns, records?}``; ``state`` is
a dialogue state stored earlier, perhaps by an older release, to begin with. A turn is one of
``user``, ``burst``, ``image`` (count), ``location``, ``voice``, ``agent``, ``agent_action``
(take, hand_back), ``event``; ``after: 1d`` moves the clock before it; ``{code}`` stands for the
one-time code just sent. Checks on its replies: ``expect_any``, ``expect_none``,
``expect_regex``, ``expect_all``. In our own transcripts a turn ``bot`` (a fragment or a list of
them) checks the replies to the last turn, ``silent: true`` that there were none, and
``flow`` which flow is open then ('' for none).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from bot.clock import SHANGHAI
from bot.errors import BadRequest

_SPAN = re.compile(r"^(\d+)([smhd])$")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


@dataclass(frozen=True)
class Script:
    """One conversation to play."""

    id: str
    channel: str
    now: datetime
    turns: list[dict[str, Any]]
    given: Mapping[str, list[dict[str, Any]]] = field(default_factory=dict)
    state: Mapping[str, Any] = field(default_factory=dict)
    records: Mapping[str, Any] = field(default_factory=dict)


def load(path: Path) -> list[Script]:
    """Return the scripts of a file; raise BadRequest with file and entry when one is malformed."""
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadRequest(f"对话脚本 {path} 读不了：{error}") from None
    if not isinstance(raw, list):
        raise BadRequest(f"对话脚本 {path} 应是一个列表，每段对话一项")
    return [_script(item, f"{path.name} 第 {number} 项") for number, item in enumerate(raw, 1)]


def _script(raw: Any, where: str) -> Script:
    try:
        return Script(
            id=str(raw.get("id") or raw["scenario"]),
            channel=str(raw.get("channel", "web")),
            now=moment(raw["now"]),
            turns=[dict(turn) for turn in raw["turns"]],
            given=raw.get("given") or {},
            state=raw.get("state") or {},
            records=raw.get("records") or {},
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise BadRequest(f"对话脚本{where}缺少或写错了 {error}") from None


def moment(raw: Any) -> datetime:
    """Return an aware time from YAML's own type or from ISO text."""
    value = raw if isinstance(raw, datetime) else datetime.fromisoformat(str(raw))
    return value.astimezone(SHANGHAI) if value.tzinfo else value.replace(tzinfo=SHANGHAI)


def span(text: str) -> timedelta:
    """Return the length of ``30s``, ``5m``, ``2h`` or ``1d``."""
    if match := _SPAN.match(str(text)):
        return timedelta(**{_UNITS[match.group(2)]: int(match.group(1))})
    raise BadRequest(f"after: {text} 看不懂，请写成 30s、5m、2h 或 1d")
