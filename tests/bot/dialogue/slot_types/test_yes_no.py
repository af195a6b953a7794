"""Yes and no in all the ways people say them."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.dialogue.slot_types.yes_no import yes_no

NOW = datetime.fromisoformat("2026-11-24T17:20:00+08:00")

YES = (
    "嗯",
    "嗯呐",
    "对",
    "对头",
    "对,就这样",
    "是的",
    "没错",
    "可以",
    "行",
    "好",
    "好的",
    "中",
    "OK",
    "ok",
    "提交",
    "就这些",
    "没问题",
    "确认",
    "确定",
    "得嘞",
    "齐活",
    "没别的,提交",
    "对对对",
    "是是",
    "不错",
    "没毛病",
    "无误",
    "没意见",
    "不用改",
    "是啊",
    "行吧",
    "嗯嗯",
    "没有问题",
    "好嘞",
    "yes",
    "1",
    "恩",
    "就这样吧",
    "确认提交",
    "对,没错",
    "好像是",
    "要的",
)
NO = (
    "不",
    "不是",
    "没有",
    "没",
    "不对",
    "错了",
    "否",
    "甭",
    "不用",
    "先别",
    "好像不是",
    "不行",
    "没呢",
    "还没",
    "不要",
    "别提交",
    "算了",
    "等会儿",
    "不太对",
    "no",
    "不可以",
    "不同意",
    "取消",
    "没啊",
    "不,时间不对",
    "没有的",
)
NEITHER = (
    "不知道",
    "什么意思",
    "为什么",
    "是什么",
    "要多久",
    "车在南京路",
    "怎么改",
    "对方跑了",
    "可能吧",
    "没错但是不对",
    "咋办",
    "有没有",
)


@pytest.mark.parametrize("text", YES)
def test_yes(text: str) -> None:
    """Assent, also with a negative word in it."""
    found = yes_no.answer(text, NOW)
    assert found is not None
    assert found.value is True


@pytest.mark.parametrize("text", NO)
def test_no(text: str) -> None:
    """Refusal and denial."""
    found = yes_no.answer(text, NOW)
    assert found is not None
    assert found.value is False


@pytest.mark.parametrize("text", NEITHER)
def test_neither(text: str) -> None:
    """Questions, doubts and other matters answer nothing."""
    assert yes_no.answer(text, NOW) is None


def test_never_volunteered() -> None:
    """A yes to nothing is no value."""
    assert yes_no.find("对", NOW) is None
    assert not yes_no.volunteered
