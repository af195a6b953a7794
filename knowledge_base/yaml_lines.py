"""Load YAML and remember on which line every mapping and every key stands."""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

from bot.errors import ConfigurationError
from bot.yaml_text import SafeLoader, load_with


class KnowledgeError(ConfigurationError):
    """A knowledge file cannot be used."""

    def __init__(self, path: Path, line: int, problem: str, remedy: str) -> None:
        super().__init__(f"{path} 第 {line} 行：{problem}。{remedy}")
        self.path = path
        self.line = line


class Row(dict[str, Any]):
    """A YAML mapping that knows its lines."""

    line: int
    lines: dict[str, int]

    def line_of(self, key: str) -> int:
        """Return the line of a key, or of the mapping when the key is absent."""
        return self.lines.get(key, self.line)


class LineLoader(SafeLoader):
    """A safe loader whose mappings are Rows; a key written twice is refused."""

    def row(self, node: yaml.MappingNode) -> Row:
        """Build one mapping."""
        row = Row()
        row.line = node.start_mark.line + 1
        row.lines = {}
        for key_node, value_node in node.value:
            key: Hashable = self.construct_object(key_node, deep=True)
            line = key_node.start_mark.line + 1
            if key in row:
                raise yaml.constructor.ConstructorError(
                    None, None, f"字段 {key} 写了两次", key_node.start_mark
                )
            row[str(key)] = self.construct_object(value_node, deep=True)
            row.lines[str(key)] = line
        return row


LineLoader.add_constructor("tag:yaml.org,2002:map", LineLoader.row)


def load_rows(path: Path) -> list[Row]:
    """Return the rows of a YAML list of mappings."""
    try:
        content = load_with(LineLoader, path.read_text(encoding="utf-8"))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        remedy = "请检查缩进、冒号后的空格，以及含特殊符号的文字是否加了引号。"
        raise KnowledgeError(path, line, f"不是合法的 YAML：{error.problem}", remedy) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise KnowledgeError(
            path, 1, f"读不出来：{error}", "请另存为 UTF-8 编码的 YAML。"
        ) from error
    if not isinstance(content, list):
        raise KnowledgeError(path, 1, "文件不是条目的列表", "请让每个条目以“- id:”开头。")
    for row in content:
        if not isinstance(row, Row):
            raise KnowledgeError(path, 1, f"“{row}”不是条目", "请让每个条目以“- id:”开头。")
    return content
