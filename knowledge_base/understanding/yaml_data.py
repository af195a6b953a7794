"""Read YAML data so that every complaint names the file, the line and the remedy."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TypeAlias

import yaml

from bot.errors import ConfigurationError
from bot.yaml_text import SafeLoader

Node: TypeAlias = yaml.nodes.Node


class DataError(ConfigurationError):
    """A data file of the understanding is wrong."""

    def __init__(self, path: Path, line: int, problem: str, remedy: str) -> None:
        super().__init__(f"{path} 第 {line} 行：{problem}。{remedy}")


class Document:
    """One YAML file as nodes that remember their lines."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            node = yaml.compose(path.read_text(encoding="utf-8"), Loader=SafeLoader)
        except UnicodeDecodeError as error:
            raise DataError(path, 1, "不是 UTF-8 编码", "请另存为 UTF-8。") from error
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            problem = f"YAML 写法有误（{error.problem}）"
            raise DataError(path, line, problem, "请检查缩进、引号和冒号。") from error
        except yaml.YAMLError as error:
            raise DataError(path, 1, "含有不能用的字符", "请删除看不见的特殊字符。") from error
        if node is None:
            raise DataError(path, 1, "文件是空的", "请照着旁边的文件填写，或删除它。")
        self.root: Node = node

    def wrong(self, node: Node, problem: str, remedy: str) -> DataError:
        """Return the error for ``node``."""
        return DataError(self.path, node.start_mark.line + 1, problem, remedy)

    def fields(self, node: Node, allowed: tuple[str, ...], needed: int) -> dict[str, Node]:
        """Return the fields of a mapping; the first ``needed`` of ``allowed`` must be there."""
        found = dict(self.pairs(node))
        for name, value in found.items():
            if name not in allowed:
                raise self.wrong(value, f"不认识“{name}”", f"可以写的是：{'、'.join(allowed)}。")
        for name in allowed[:needed]:
            if name not in found:
                raise self.wrong(node, f"缺少“{name}”", f"请补上一行“{name}: …”。")
        return found

    def pairs(self, node: Node) -> Iterator[tuple[str, Node]]:
        """Yield key and value of a mapping; a key given twice is refused."""
        if not isinstance(node, yaml.MappingNode):
            raise self.wrong(node, "这里应是“名称: 内容”", "请检查缩进和冒号。")
        seen: set[str] = set()
        for key, value in node.value:
            name = self.text(key)
            if name in seen:
                raise self.wrong(key, f"“{name}”写了两次", "请合并成一处。")
            seen.add(name)
            yield name, value

    def items(self, node: Node | None) -> list[Node]:
        """Return the items of a list; a missing list is empty."""
        if node is None:
            return []
        if not isinstance(node, yaml.SequenceNode):
            raise self.wrong(node, "这里应是列表", "请每行以“- ”开头。")
        return list(node.value)

    def text(self, node: Node) -> str:
        """Return a text."""
        if not isinstance(node, yaml.ScalarNode):
            raise self.wrong(node, "这里应是一句话", "请写成一行，必要时加引号。")
        return str(node.value).strip()

    def number(self, node: Node) -> float:
        """Return a number above zero and at most ten."""
        try:
            value = float(self.text(node))
        except ValueError:
            value = 0.0
        if not 0 < value <= 10:
            raise self.wrong(node, f"分数“{self.text(node)}”不对", "请写 0 到 10 之间的数。")
        return value

    def names(self, node: Node | None, known: Mapping[str, object], what: str) -> tuple[str, ...]:
        """Return a list of names that all must be ``known``."""
        found = []
        for item in self.items(node):
            name = self.text(item)
            if name not in known:
                raise self.wrong(item, f"没有叫“{name}”的{what}", f"可用：{'、'.join(known)}。")
            found.append(name)
        return tuple(found)

    def pattern(self, node: Node, write: Callable[[str], str]) -> re.Pattern[str]:
        """Return the compiled regular expression of a text."""
        source = self.text(node)
        try:
            found = re.compile(write(source))
        except KeyError as error:
            raise self.wrong(
                node, f"没有词组<{error.args[0]}>", "请先在 words.yaml 里写。"
            ) from error
        except re.error as error:
            remedy = "请检查括号是否成对；普通词之间用 | 隔开即可。"
            raise self.wrong(node, f"规则写法有误（{error}）", remedy) from error
        if found.match(""):
            raise self.wrong(node, "这条规则什么都能匹配", "请删除多余的 | 或 *。")
        return found
