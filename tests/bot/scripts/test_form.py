"""A dialogue script that is written wrong is refused with line and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.bootstrap import App
from bot.errors import BadRequest
from bot.scripts.player import Mode, Play, Stage
from bot.scripts.script import load

HEAD = '- id: x\n  now: "2026-11-25T14:00:00+08:00"\n'


@pytest.mark.parametrize(
    ("script", "line", "remedy"),
    [
        (HEAD + "  turns: 5\n", 3, "turns 要写成"),
        ("- id: x\n  now: zzz\n  turns: [{user: 你好}]\n", 2, "now 要写成"),
        (HEAD + "  channel: smoke\n  turns: []\n", 3, "channel 要写成 web、wechat、telegram"),
        (HEAD + "  turns:\n    - 你好\n", 4, "一轮要写成"),
        (HEAD + "  turns:\n    - user: 你好\n    - user: 好\n      after: 3\n", 6, "after 要写成"),
        (HEAD + "  turns:\n    - after: 99999999999d\n", 4, "after 要写成"),
        (HEAD + "  turns:\n    - user: 你好\n      expect_any: 5\n", 5, "expect_any 要写成"),
        (HEAD + '  turns:\n    - user: 你好\n      expect_regex: "("\n', 5, "正则表达式"),
        (HEAD + "  turns:\n    - location: 5\n", 4, "location 要写成"),
        (HEAD + "  turns:\n    - image: many\n", 4, "image 要写成"),
        (HEAD + "  given: {policies: [{plate: 津A12345}]}\n  turns: []\n", 3, "缺少 policy_no"),
        (HEAD + "  given: {claims: [5]}\n  turns: []\n", 3, "一条要写成"),
        (HEAD + "  turns: []\n  records: {handoffs: abc}\n", 4, "handoffs 要写成"),
        (HEAD + "  turns: []\n  records: {claims: [{happened_at: x}]}\n", 4, "happened_at 要写成"),
        (HEAD + "  turns: [\n", 4, "不是正确的 YAML"),
    ],
)
def test_mistakes(tmp_path: Path, script: str, line: int, remedy: str) -> None:
    """The first mistake is named: file, line, and what to write instead."""
    file = tmp_path / "说错.yaml"
    file.write_text(script, encoding="utf-8")
    with pytest.raises(BadRequest) as refused:
        load(file)
    assert f"说错.yaml 第 {line} 行" in str(refused.value)
    assert remedy in str(refused.value)


@pytest.mark.parametrize("script", ["- {now: 2026-11-25, turns: []}\n", "a: 1\n", "- 5\n"])
def test_what_is_no_script(tmp_path: Path, script: str) -> None:
    """Without an id, or without a list of dialogues, nothing is played."""
    file = tmp_path / "x.yaml"
    file.write_text(script, encoding="utf-8")
    with pytest.raises(BadRequest):
        load(file)


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("policies: [{policy_no: X, ends: soon}]", "policies 第 1 条写得不对"),
        ("policies: [{policy_no: X}, {policy_no: X}]", "policies 第 2 条和前面的重复了"),
        ("claims: [{paid: much}]", "claims 第 1 条写得不对"),
    ],
)
def test_records_that_cannot_be_made(parts: App, tmp_path: Path, rows: str, told: str) -> None:
    """The record is named, and nothing is played."""
    file = tmp_path / "x.yaml"
    file.write_text(f"{HEAD}  given: {{{rows}}}\n  turns: []\n", encoding="utf-8")
    with pytest.raises(BadRequest, match=told):
        Play(Stage(parts, tmp_path), load(file)[0], Mode()).run()
