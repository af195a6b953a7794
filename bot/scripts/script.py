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
from bot.scripts import form
from bot.yaml_text import safe_load

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
    """Return the scripts of a file; raise BadRequest with file, line and remedy for a mistake."""
    try:
        text = path.read_text(encoding="utf-8")
        raw, tree = safe_load(text), yaml.compose(text, yaml.SafeLoader)
    except OSError:
        raise BadRequest(f"对话脚本 {path} 读不了，请检查路径和读的权限") from None
    except UnicodeDecodeError:
        raise BadRequest(f"对话脚本 {path} 不是 UTF-8 文字，请另存为 UTF-8") from None
    except yaml.YAMLError as error:
        raise BadRequest(f"对话脚本 {path} {_yaml_trouble(error)}") from None
    if not isinstance(raw, list):
        raise BadRequest(f"对话脚本 {path} 应是一个列表，每段对话一项")
    for number, item in enumerate(raw):
        for where, remedy in form.problems(item):
            line = _line(tree, (number, *where))
            raise BadRequest(f"对话脚本 {path} 第 {line} 行（第 {number + 1} 段）：{remedy}")
    return [_script(item) for item in raw]


def _yaml_trouble(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    where = f"第 {mark.line + 1} 行" if mark else ""
    return f"{where}不是正确的 YAML，请检查缩进、引号和括号"


def _line(node: yaml.Node | None, path: tuple[str | int, ...]) -> int:
    """Return the line of what ``path`` leads to, or of the nearest part above it."""
    line = 1
    for step in (*path, None):
        if node is None:
            break
        line = node.start_mark.line + 1
        node = _below(node, step)
    return line


def _below(node: yaml.Node, step: str | int | None) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == str(step)), None)
    known = isinstance(node, yaml.SequenceNode) and isinstance(step, int)
    return node.value[step] if known else None


def _script(raw: dict[str, Any]) -> Script:
    return Script(
        id=str(raw.get("id") or raw["scenario"]),
        channel=str(raw.get("channel", "web")),
        now=moment(raw["now"]),
        turns=[dict(turn) for turn in raw["turns"]],
        given=raw.get("given") or {},
        state=raw.get("state") or {},
        records=raw.get("records") or {},
    )


def moment(raw: Any) -> datetime:
    """Return an aware time from YAML's own type or from ISO text."""
    value = raw if isinstance(raw, datetime) else datetime.fromisoformat(str(raw))
    return value.astimezone(SHANGHAI) if value.tzinfo else value.replace(tzinfo=SHANGHAI)


def span(text: str) -> timedelta:
    """Return the length of ``30s``, ``5m``, ``2h`` or ``1d``."""
    if match := _SPAN.match(str(text)):
        return timedelta(**{_UNITS[match.group(2)]: int(match.group(1))})
    raise BadRequest(f"after: {text} 看不懂，请写成 30s、5m、2h 或 1d")
