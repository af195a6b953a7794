"""Names and relations of those who report."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.dialogue.slot_types.person import name_alone, person_name
from bot.dialogue.slot_types.relation import relation

NOW = datetime.fromisoformat("2026-11-24T17:20:00+08:00")


@pytest.mark.parametrize(
    ("text", "volunteered", "asked"),
    [
        ("我叫李明", "李明", "李明"),
        ("我姓穆", "穆", "穆"),
        ("姓名:赵子云", "赵子云", "赵子云"),
        ("联系人王秀英 13600001111", "王秀英", "王秀英"),
        ("田丽 13600001111", "田丽", "田丽"),
        ("免贵姓欧阳", "欧阳", "欧阳"),
        ("刘洋", "刘洋", "刘洋"),
        ("王建国。", "王建国", "王建国"),
        ("我叫郭淑兰", "郭淑兰", "郭淑兰"),
        ("左前门", None, "左前门"),
        ("高速", None, "高速"),
        ("于家堡", None, "于家堡"),
        ("平安", None, "平安"),
        ("是陈静", "陈静", "陈静"),
        ("王师傅", None, "王"),
        ("赵女士", None, "赵"),
        ("我叫王小明啊", None, "王小明"),
        ("买买提·艾力", None, "买买提·艾力"),
        ("电话13600001111", None, None),
        ("全责 13600001111", None, None),
        ("13812341111 王五", "王五", "王五"),
        ("没报警 能开 13012341234 吴江", "吴江", "吴江"),
        ("13600001111 全险", None, "全险"),
        ("13600001111 白天打", None, "白天打"),
        ("您贵姓", None, None),
        ("不想说", None, None),
        ("我叫什么", None, None),
        ("转人工", None, None),
        ("报警了", None, None),
        ("我姓石 石磊 13512340099", "石磊", "石磊"),
        ("我是她儿子 叫陆鸣", "陆鸣", "陆鸣"),
    ],
)
def test_names(text: str, volunteered: str | None, asked: str | None) -> None:
    """A name is called one, stands before a number, or answers our question."""
    found, answer = person_name.find(text, NOW), person_name.answer(text, NOW)
    assert (found and found.value) == volunteered
    assert (answer and answer.value) == asked


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("替我岳父报案", "family"),
        ("我妈的车被划了", "family"),
        ("我闺女骑车摔了", "family"),
        ("帮我姐报", "family"),
        ("朋友的车", "friend"),
        ("帮同事报个案", "friend"),
        ("邻居的车", "friend"),
        ("替客户报", "other"),
        ("我是修理厂的", "other"),
        ("我自己开的", "self"),
        ("我是车主", "self"),
        ("我给我爸打电话了", None),
        ("我爱人电话13600001111", None),
        ("朋友的车能报吗", None),
        ("车卖给我同事了", None),
        ("蹭了", None),
        ("要是我朋友的车呢", None),
        ("我哥们的车 他让我帮着报", "friend"),
        ("我闺女学校体育课崴了脚", "family"),
    ],
)
def test_relations(text: str, value: str | None) -> None:
    """Only who is concerned counts, not who is merely mentioned."""
    found = relation.find(text, NOW)
    assert (found and found.value) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("本人", "self"),
        ("2", "family"),
        ("我老婆", "family"),
        ("同事", "friend"),
        ("路人", "other"),
    ],
)
def test_relation_answers(text: str, value: str) -> None:
    """Asked for it, a word or number is enough."""
    answer = relation.answer(text, NOW)
    assert answer is not None
    assert answer.value == value
    assert relation.load(relation.dump(value)) == value
    assert relation.show(value)


@pytest.mark.parametrize("text", ["明白", "清楚", "收到", "嗯嗯", "知道了", "晓得", "我懂"])
def test_a_word_of_assent_is_no_name(text: str) -> None:
    """Whoever only nods has not told a name, also where one was asked for."""
    assert person_name.answer(text, NOW) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("王小明", "王小明"), ("姓名是王小明", "王小明"), ("投保人：欧阳明月", "欧阳明月"),
        ("应该是李四。", "李四"), ("明白", ""), ("王小明你好吗", ""), ("续保", ""), ("谢谢", ""),
        ("高速", ""), ("我要报案", ""),
    ],
)  # fmt: skip
def test_a_name_alone_is_told_from_other_words(text: str, name: str) -> None:
    """Only a surname with what goes with it, and nothing else."""
    assert name_alone(text) == name
