"""The menu: what the shipped file becomes, and what is refused with line and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.bootstrap import App
from bot.channels.wechat.menu import FILE, load
from bot.errors import ConfigurationError

TAPS = {"报案", "查保单"}
ITEM = "{name: 报案, says: 报案}"
COLUMN = f"- name: 一栏\n  items: [{ITEM}]\n"


def test_the_shipped_menu_is_right(parts: App) -> None:
    """Every item of the shipped file is a button that the bot knows."""
    taps = {tap for flow in parts.registry.flows.values() for tap in flow.taps}
    menu = load(FILE, taps)
    columns = menu["button"]
    assert len(columns) == 3
    assert columns[0]["sub_button"][0] == {"type": "click", "name": "我要报案", "key": "报案"}


def test_columns_may_be_buttons_and_links(tmp_path: Path) -> None:
    """A column without items is a button itself; an item may open a page."""
    file = tmp_path / "menu.yaml"
    file.write_text(
        "- {name: 报案, says: 报案}\n"
        "- name: 更多\n  items:\n    - {name: 官网, url: 'https://a.example.cn/x'}\n",
        encoding="utf-8",
    )
    assert load(file, TAPS)["button"] == [
        {"type": "click", "name": "报案", "key": "报案"},
        {
            "name": "更多",
            "sub_button": [{"type": "view", "name": "官网", "url": "https://a.example.cn/x"}],
        },
    ]


@pytest.mark.parametrize(
    ("text", "line", "remedy"),
    [
        ("", 1, "1 到 3 项"),
        ("a: 1", 1, "1 到 3 项"),
        (COLUMN * 4, 1, "现在是 4 项"),
        (f"- name: 一栏\n  items: [{', '.join([ITEM] * 6)}]\n", 2, "1 到 5 项"),
        (f"{COLUMN}- name: 五个汉字啊\n  items: [{ITEM}]\n", 3, "最多 4 个汉字"),
        ("- name: 一栏\n  items:\n    - {name: 这一项的名字有点长, says: 报案}\n", 3, "最多 7 个"),
        ("- {name: 一栏, says: 没有的按钮}\n", 1, "机器人认得的按钮"),
        ("- {name: 一栏, url: 'http://a.example.cn'}\n", 1, "https"),
        ("- {name: 一栏}\n", 1, "name 和 says"),
        ("- {name: 一栏, says: 报案, url: 'https://a.cn'}\n", 1, "name 和 says"),
        (f"- {{name: 一栏, says: 报案, items: [{ITEM}]}}\n", 1, "只写 name 和 items"),
        ("- [", 1, "读不了"),
    ],
)
def test_a_mistake_is_told_with_line_and_remedy(
    tmp_path: Path, text: str, line: int, remedy: str
) -> None:
    """Nothing wrong is published: the clerk learns where and how to put it right."""
    file = tmp_path / "menu.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=remedy) as caught:
        load(file, TAPS)
    assert "读不了" in remedy or f"第 {line} 行" in str(caught.value)
