"""The account's menu, from a file that a clerk can read to what the platform takes."""

from __future__ import annotations

import unicodedata
from collections.abc import Set
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from bot.channels.wechat.api_errors import CallRefusedError
from bot.channels.wechat.client import WeChatApi
from bot.errors import ConfigurationError

FILE = Path(__file__).with_name("menu.yaml")
_MOST, _MOST_BELOW = 3, 5
_WIDE, _WIDE_BELOW = 4, 7  # Chinese characters that are shown; the rest is cut off
_KEY_BYTES, _URL_BYTES = 128, 1024
_NO_MENU = 46003
Json = dict[str, Any]


def load(file: Path, taps: Set[str]) -> Json:
    """Return the menu as the platform takes it; ``taps`` are the buttons that the bot knows.

    Raise ConfigurationError with file, line and remedy for a mistake.
    """
    try:
        node = yaml.compose(file.read_text(encoding="utf-8"), yaml.SafeLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigurationError(f"菜单 {file} 读不了：{error}") from None
    reading = _Reading(file, taps)
    return {"button": [reading.top(item) for item in reading.listed(node, _MOST)]}


class _Reading:
    """Reads one file; every complaint names the line."""

    def __init__(self, file: Path, taps: Set[str]) -> None:
        self._file = file
        self._taps = taps

    def listed(self, node: yaml.Node | None, most: int) -> list[yaml.Node]:
        """Return the items of a list that is not too long."""
        items = node.value if isinstance(node, yaml.SequenceNode) else []
        if not 1 <= len(items) <= most:
            raise self._wrong(node, f"要写成一个列表，1 到 {most} 项，现在是 {len(items)} 项")
        return list(items)

    def top(self, node: yaml.Node) -> Json:
        """Return one of the columns: with items below it, or a button itself."""
        fields = self._fields(node)
        name = self._name(node, fields, _WIDE)
        if "items" not in fields:
            return self._button(node, fields, name)
        if fields.keys() != {"name", "items"}:
            raise self._wrong(node, "有 items 的一栏只写 name 和 items")
        below = self.listed(fields["items"], _MOST_BELOW)
        return {"name": name, "sub_button": [self._below(item) for item in below]}

    def _below(self, node: yaml.Node) -> Json:
        fields = self._fields(node)
        return self._button(node, fields, self._name(node, fields, _WIDE_BELOW))

    def _fields(self, node: yaml.Node) -> dict[str, yaml.Node]:
        pairs = node.value if isinstance(node, yaml.MappingNode) else []
        return {str(key.value): value for key, value in pairs}

    def _name(self, node: yaml.Node, fields: dict[str, yaml.Node], wide: int) -> str:
        name = self._text(fields, "name")
        if not name or _width(name) > wide:
            raise self._wrong(node, f"name 要有，最多 {wide} 个汉字宽：{name}")
        return name

    def _button(self, node: yaml.Node, fields: dict[str, yaml.Node], name: str) -> Json:
        if fields.keys() == {"name", "says"}:
            return {"type": "click", "name": name, "key": self._says(node, fields)}
        if fields.keys() == {"name", "url"}:
            return {"type": "view", "name": name, "url": self._url(node, fields)}
        raise self._wrong(node, "每项写 name 和 says，或者 name 和 url")

    def _says(self, node: yaml.Node, fields: dict[str, yaml.Node]) -> str:
        says = self._text(fields, "says")
        if says not in self._taps or len(says.encode()) > _KEY_BYTES:
            raise self._wrong(node, f"says 要是机器人认得的按钮：{says}")
        return says

    def _url(self, node: yaml.Node, fields: dict[str, yaml.Node]) -> str:
        url = self._text(fields, "url")
        parts = urlsplit(url)
        if parts.scheme != "https" or not parts.hostname or len(url.encode()) > _URL_BYTES:
            raise self._wrong(node, f"url 要以 https:// 开头，最多 {_URL_BYTES} 字节：{url}")
        return url

    def _text(self, fields: dict[str, yaml.Node], name: str) -> str:
        value = fields.get(name)
        return str(value.value).strip() if isinstance(value, yaml.ScalarNode) else ""

    def _wrong(self, node: yaml.Node | None, remedy: str) -> ConfigurationError:
        line = node.start_mark.line + 1 if node else 1
        return ConfigurationError(f"菜单 {self._file} 第 {line} 行：{remedy}")


def _width(text: str) -> float:
    """Return the width in Chinese characters; a Latin letter is half of one."""
    return sum(1 if unicodedata.east_asian_width(c) in "WF" else 0.5 for c in text)


def push(api: WeChatApi, menu: Json) -> None:
    """Publish the menu; customers see it when they enter the next time, within minutes."""
    api.post("menu/create", data=menu)


def published(api: WeChatApi) -> Json | None:
    """Return the menu that customers see, None when there is none."""
    try:
        found = api.get("menu/get")
    except CallRefusedError as error:
        if error.code == _NO_MENU:
            return None
        raise
    return dict(found.get("menu") or {})
