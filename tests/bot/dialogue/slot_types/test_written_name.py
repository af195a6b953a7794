"""Names as they stand on a paper."""

from __future__ import annotations

import pytest

from bot.dialogue.slot_types.person import person_name
from bot.dialogue.slot_types.written_name import firm_written, person_written
from tests.bot.dialogue.slot_types.test_person import NOW


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (" 李明 ", "李明"),
        ("欧阳震华", "欧阳震华"),
        ("买买提•艾力", "买买提·艾力"),
        ("阿依努尔·买买提·艾力", "阿依努尔·买买提·艾力"),
        ("𠅤宇", "𠅤宇"),
        ("John  Smith Jr.", "John Smith Jr."),
        ("Renée O'Neil-Ørsted", "Renée O'Neil-Ørsted"),
        ("<b>李明</b>", ""),
        ("李明<script>alert(1)</script>", ""),
        ("李明😀", ""),
        ("李明❤", ""),
        ("李", ""),
        ("李明1", ""),
        ("李明=1+1", ""),
        ("李明\u200b", ""),
        ("李明\u202e", ""),
        ("·李明", ""),
        ("李明，王芳", ""),
        ("明" * 40, "明" * 40),
        ("明" * 41, ""),
        ("", ""),
    ],
)
def test_a_persons_name(text: str, kept: str) -> None:
    """Letters and what joins them; no markup, picture, digit, or character nobody sees."""
    assert person_written(text) == kept


@pytest.mark.parametrize("said", ["我叫李明", "王建国", "买买提·艾力", "免贵姓欧阳", "左前门"])
def test_what_the_chat_takes_for_a_name_is_one(said: str) -> None:
    """Whoever was called so in the chat can be called so in the record."""
    found = person_name.answer(said, NOW)
    name = found.value if found else ""
    assert name
    assert person_written(name or "") == name


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("天津海河物流有限公司（塘沽分公司）", "天津海河物流有限公司（塘沽分公司）"),
        ("3M中国有限公司", "3M中国有限公司"),
        ("A&B Trading Co.", "A&B Trading Co."),
        ("天津<b>公司", ""),
        ("天津公司🏢", ""),
        ("司" * 65, ""),
    ],
)
def test_a_firms_name(text: str, kept: str) -> None:
    """As on the licence, with digits and brackets, and no markup either."""
    assert firm_written(text) == kept
