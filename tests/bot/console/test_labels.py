"""Cells that say what their column is called."""

from __future__ import annotations

import pytest

from bot.console.labels import labelled


def _list(head: str, row: str) -> str:
    return f'<table class="list"><thead><tr>{head}</tr></thead><tbody>{row}</tbody></table>'


@pytest.mark.parametrize(
    ("head", "row", "expected"),
    [
        (
            '<th>姓名</th><th class="num">分 <small>x</small></th>',
            '<tr class="low"><td>王敏</td><td class="num">5</td></tr>',
            '<tr class="low"><td data-label="姓名">王敏</td>'
            '<td class="num" data-label="分 x">5</td></tr>',
        ),
        (
            "<th>号</th><th></th>",
            '<tr><td><a href="/x">TK1</a></td><td>好</td></tr>',
            '<tr><td><a href="/x">TK1</a></td><td>好</td></tr>',
        ),
        (
            "<th>甲</th><th>乙</th>",
            '<tr><td colspan="2">空</td></tr>',
            '<tr><td colspan="2">空</td></tr>',
        ),
        ("", "<tr><td>甲</td></tr>", "<tr><td>甲</td></tr>"),
    ],
)  # fmt: skip
def test_cells_carry_the_name_of_their_column(head: str, row: str, expected: str) -> None:
    """Tags of the head are dropped; headlines, unnamed columns and odd rows stay as they are."""
    assert labelled(_list(head, row)) == _list(head, expected)


def test_other_tables_and_what_people_wrote_are_left_alone() -> None:
    """What customers wrote is escaped before; documents and tables of mails are no lists."""
    html = "<table><tr><th>甲</th></tr><tr><td>乙</td></tr></table>&lt;td&gt;"
    assert labelled(html) == html
