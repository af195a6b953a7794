"""Read the word lists under ``lexicon/`` and say which line is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bot.errors import ConfigurationError

FOLDER = Path(__file__).parent / "lexicon"


class LexiconError(ConfigurationError):
    """A word list has a line we cannot use."""

    def __init__(self, path: Path, number: int, problem: str, remedy: str) -> None:
        super().__init__(f"{path} 第 {number} 行：{problem}。{remedy}")


def lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the number and text of every line that is neither blank nor a comment."""
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            text = line.partition("#")[0].strip()
            if text:
                yield number, text


def read_words(path: Path) -> list[str]:
    """Read one word a line; a word listed twice is refused."""
    seen: dict[str, int] = {}
    for number, word in lines(path):
        if word in seen:
            raise LexiconError(
                path, number, f"“{word}”与第 {seen[word]} 行重复", "请删除其中一行。"
            )
        seen[word] = number
    return list(seen)


def read_pairs(path: Path) -> dict[str, str]:
    """Read ``written=meant`` lines."""
    pairs: dict[str, str] = {}
    for number, line in lines(path):
        written, sign, meant = (part.strip() for part in line.partition("="))
        if not (sign and written and meant):
            raise LexiconError(path, number, f"“{line}”不是“写法=意思”", "请补上等号和两边的词。")
        if pairs.get(written, meant) != meant:
            problem = f"“{written}”前面已写作“{pairs[written]}”"
            raise LexiconError(path, number, problem, "请只保留一种意思。")
        pairs[written] = meant
    return pairs


def read_groups(path: Path) -> list[list[str]]:
    """Read lines of two or more words of one meaning; the first word stands for all."""
    groups: list[list[str]] = []
    seen: dict[str, int] = {}
    for number, line in lines(path):
        words = line.split()
        if len(words) < 2:
            raise LexiconError(
                path, number, f"“{line}”只有一个词", "同义词一行至少两个，用空格分开。"
            )
        for word in words:
            if word in seen:
                problem = f"“{word}”已在第 {seen[word]} 行"
                raise LexiconError(path, number, problem, "一个词只能属于一组，请合并或删除。")
            seen[word] = number
        groups.append(words)
    return groups
