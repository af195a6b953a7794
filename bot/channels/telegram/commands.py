"""The menu of commands, from a file that a clerk can read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from bot.errors import ConfigurationError

FILE = Path(__file__).with_name("commands.yaml")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
_FIELDS = {"command", "shows", "says"}


@dataclass(frozen=True)
class MenuCommand:
    """One command: its name, what the menu shows, and what the customer says by it."""

    name: str
    shows: str
    says: str


@cache
def menu(path: Path = FILE) -> Sequence[MenuCommand]:
    """Return the commands; raise ConfigurationError with file, line and remedy for a mistake."""
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), yaml.SafeLoader)
    except (OSError, yaml.YAMLError) as error:
        raise ConfigurationError(f"{path} 读不了：{error}") from None
    items = node.value if isinstance(node, yaml.SequenceNode) else []
    if not items:
        raise ConfigurationError(f"{path} 第 1 行：应是一个列表，每个命令一项")
    found = [_command(path, item) for item in items]
    names = [command.name for command in found]
    if len(set(names)) < len(names) or "start" in names:
        raise ConfigurationError(f"{path}：命令不能重复，也不能叫 start")
    return tuple(found)


def _command(path: Path, item: yaml.Node) -> MenuCommand:
    where = f"{path} 第 {item.start_mark.line + 1} 行"
    pairs = item.value if isinstance(item, yaml.MappingNode) else []
    raw = {key.value: str(value.value).strip() for key, value in pairs}
    if raw.keys() != _FIELDS or not all(raw.values()):
        raise ConfigurationError(f"{where}：每项写 command、shows、says 三样，都不能空")
    if not _NAME.fullmatch(raw["command"]):
        raise ConfigurationError(f"{where}：command 用小写英文字母开头，最多 32 个字符")
    if len(raw["shows"]) > 256:
        raise ConfigurationError(f"{where}：shows 最多 256 字")
    return MenuCommand(raw["command"], raw["shows"], raw["says"])
