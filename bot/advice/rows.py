"""Read a clerk's YAML table and remember the line of everything in it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from bot.errors import ConfigurationError
from bot.yaml_text import SafeLoader, load_with

_BLANK = re.compile(r"(?<=[^\x00-\x7f]) (?=[^\x00-\x7f])")


class TableError(ConfigurationError):
    """A table cannot be used: which file, which line, what to do."""

    def __init__(self, file: Path, line: int, problem: str, remedy: str) -> None:
        super().__init__(f"{file.name} 第 {line} 行：{problem}。{remedy}")
        self.file = file
        self.line = line


class Row(dict[str, Any]):
    """A YAML mapping that knows its file and its lines."""

    file: Path = Path()
    line: int = 1
    lines: Mapping[str, int] = {}

    def line_of(self, key: str) -> int:
        """Return the line of a key, or of the mapping when the key is absent."""
        return self.lines.get(key, self.line)

    def wrong(self, key: str, problem: str, remedy: str) -> TableError:
        """Return the error for what stands at ``key``."""
        return TableError(self.file, self.line_of(key), problem, remedy)

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text that must be there unless there is a default."""
        if key not in self and default is not None:
            return default
        value = self.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(key, f"{key} 应是文字", f"请写上 {key}；含特殊符号时加引号。")
        # A folded line break becomes a blank, which Chinese does not want.
        return _BLANK.sub("", value.strip())

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts; an absent key is an empty list."""
        value = self.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.wrong(key, f"{key} 应是文字的列表", "请写成 [甲, 乙]；数字请加引号。")
        return tuple(value)

    def names(self, key: str, known: Collection[str]) -> tuple[str, ...]:
        """Return a list of names, all of which must be known."""
        found = self.texts(key)
        if strays := [name for name in found if name not in known]:
            problem = f"{key} 里的 {'、'.join(strays)} 没有定义"
            raise self.wrong(key, problem, f"可用：{'、'.join(known)}。")
        return found

    def row(self, key: str) -> Row:
        """Return a mapping; an absent key is an empty one."""
        value = self.get(key)
        if value is None:
            return _empty(self)
        if not isinstance(value, Row):
            raise self.wrong(key, f"{key} 应是“键: 值”的一组", "请检查缩进。")
        return value

    def rows(self, key: str) -> list[Row]:
        """Return a list of mappings."""
        value = self.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, Row) for item in value):
            raise self.wrong(key, f"{key} 应是一列“- 键: 值”", "请检查缩进和短横线。")
        return value

    def named_rows(self, key: str) -> Iterator[tuple[str, Row]]:
        """Yield the mappings below ``key`` by name."""
        group = self.row(key)
        for name in group:
            yield name, group.row(name)

    def whole(self, key: str, default: int | None = None) -> int:
        """Return a whole number."""
        value = self.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise self.wrong(key, f"{key} 应是 0 以上的整数", "请写数字，不加引号。")
        return value

    def day(self, key: str) -> date:
        """Return a date."""
        value = self.get(key)
        if type(value) is not date:
            raise self.wrong(key, f"{key} 应是日期", "请写成 2026-11-25 的样子。")
        return value

    def only(self, *keys: str) -> None:
        """Refuse keys that mean nothing: a misspelt one would be forgotten silently."""
        for key in self:
            if key not in keys:
                raise self.wrong(key, f"不认识的字段 {key}", f"可用的字段：{'、'.join(keys)}。")


def _empty(parent: Row) -> Row:
    row = Row()
    row.file, row.line = parent.file, parent.line
    return row


class _Loader(SafeLoader):
    """A safe loader whose mappings are Rows; a key written twice is refused."""

    def row(self, node: yaml.MappingNode) -> Row:
        """Build one mapping."""
        row, lines = Row(), {}
        for key_node, value_node in node.value:
            key = str(self.construct_object(key_node, deep=True))
            if key in row:
                raise yaml.constructor.ConstructorError(
                    None, None, f"字段 {key} 写了两次", key_node.start_mark
                )
            row[key] = self.construct_object(value_node, deep=True)
            lines[key] = key_node.start_mark.line + 1
        row.file, row.line, row.lines = Path(node.start_mark.name), node.start_mark.line + 1, lines
        return row


_Loader.add_constructor("tag:yaml.org,2002:map", _Loader.row)


def load_table(file: Path) -> Row:
    """Return the mapping that a file holds; raise TableError with file, line and remedy."""
    try:
        with file.open(encoding="utf-8") as stream:
            content = load_with(_Loader, stream)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        remedy = "请检查缩进、冒号后的空格，以及含特殊符号的文字是否加了引号。"
        raise TableError(file, line, f"不是合法的 YAML：{error.problem}", remedy) from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise TableError(file, 1, f"读不出来：{error}", "请另存为 UTF-8 编码的 YAML。") from error
    if not isinstance(content, Row):
        raise TableError(file, 1, "文件不是“键: 值”的一组", "请对照仓库里的原文件改正。")
    return content
