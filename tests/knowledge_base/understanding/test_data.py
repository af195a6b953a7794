"""Mistakes in the data files are told with file, line and remedy."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.errors import ConfigurationError
from knowledge_base.understanding.reader import FOLDER, load_parts


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Return a copy of the data to spoil."""
    folder = tmp_path / "understanding"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("*.py", "*.json", "__pycache__"))
    return folder


MISTAKES = [
    ("intents/invoice.yaml", "code: invoice", "code: invoise", "第 1 行", "改名"),
    ("intents/invoice.yaml", "title: 发票", "titel: 发票", "第 2 行", "title"),
    ("intents/invoice.yaml", "    weight: 4\n", "    weight: 很多\n", "分数", "0 到 10"),
    ("intents/invoice.yaml", "unless: [negated]", "unless: [denied]", "denied", "negated"),
    ("intents/invoice.yaml", "  - say: '发票|", "  - say: '发票(|", "规则写法有误", "括号"),
    ("intents/invoice.yaml", "  - say: '发票|", "  - say: '|发票|", "什么都能匹配", "删除"),
    ("intents/invoice.yaml", "  - say: '发票|", "  - say: '<发票词>|", "没有词组", "words.yaml"),
    ("intents/invoice.yaml", "  - '开专票'", "  - '发票呢'", "重复", "删除"),
    ("intents/invoice.yaml", "examples:", "title: 再来\nexamples:", "写了两次", "合并"),
    ("intents/invoice.yaml", "cues:", "against: 一句\ncues:", "写了两次", "合并"),
    ("intents/invoice.yaml", "examples:", "examples: [", "YAML 写法有误", "缩进"),
    ("escalation.yaml", "  level: P0", "  level: P9", "P9", "P0、P1"),
    ("escalation.yaml", "  start: claim_report", "  start: claim_repot", "claim_repot", "意图代码"),
    ("escalation.yaml", "  start: claim_report", "  strat: claim_report", "strat", "start"),
    ("escalation.yaml", "{injury: 10}", "{injry: 10}", "injry", "intents/"),
]


@pytest.mark.parametrize(("name", "right", "wrong", "problem", "remedy"), MISTAKES)
def test_mistakes(data: Path, name: str, right: str, wrong: str, problem: str, remedy: str) -> None:
    """The message names the file, a line, what is wrong and what to do."""
    path = data / name
    text = path.read_text("utf-8")
    assert right in text
    path.write_text(text.replace(right, wrong, 1), "utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load_parts(data)
    message = str(caught.value)
    assert str(path) in message
    assert "行" in message
    assert problem in message
    assert remedy in message


def test_too_few_examples(data: Path) -> None:
    """Thirty wordings are the least."""
    path = data / "intents" / "invoice.yaml"
    path.write_text("code: invoice\ntitle: 发票\nexamples:\n  - 开票\n", "utf-8")
    with pytest.raises(ConfigurationError, match="至少写 30 个"):
        load_parts(data)


@pytest.mark.parametrize("content", ["", "\x00", "- 1\n"])
def test_not_a_data_file(data: Path, content: str) -> None:
    """An empty, broken or foreign file is told as such."""
    (data / "intents" / "invoice.yaml").write_text(content, "utf-8")
    with pytest.raises(ConfigurationError, match="第 1 行"):
        load_parts(data)


def test_not_utf8(data: Path) -> None:
    """A file in another encoding is told as such."""
    (data / "intents" / "invoice.yaml").write_bytes("code: 发票".encode("gbk"))
    with pytest.raises(ConfigurationError, match="UTF-8"):
        load_parts(data)
