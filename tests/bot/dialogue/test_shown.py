"""Questions that name no policy: whose they are tells what was shown last."""

from __future__ import annotations

import re

import pytest

from bot.dialogue.question_words import COVER_ASKED, SHOWN_ASKED

COVER = [
    "有哪些保障", "都保什么", "保啥", "都保哪些东西呢", "保障内容是什么", "里面含什么保障",
    "保险责任有哪些", "能赔什么？", "这份保单都保些什么", "它包括哪些险种", "保障范围", "它管什么",
]  # fmt: skip
SHOWN = [
    "什么时候到期", "哪天到期", "这份几号到期啊", "到期日是哪天", "还有多久到期", "它什么时候生效",
    "保费多少钱", "被保险人是谁", "还剩几天就到期了", "多会儿到期",
]  # fmt: skip
OTHERS = [
    "家财险保什么", "交强险有哪些保障", "理赔要什么材料", "保证金多少", "何时赔", "交了多少钱",
    "车撞了赔什么钱", "不保什么", "保什么意思", "谁是受益人", "案子什么时候到", "有什么优惠", "",
]  # fmt: skip


@pytest.mark.parametrize("text", COVER)
def test_what_is_covered_is_asked_of_what_is_on_the_screen(text: str) -> None:
    """It names nothing, so it needs something that was shown."""
    assert re.fullmatch(COVER_ASKED, text)


@pytest.mark.parametrize("text", SHOWN)
def test_what_stands_on_a_policy_is_asked_of_the_one_shown(text: str) -> None:
    """Its dates, its price, its people."""
    assert re.fullmatch(SHOWN_ASKED, text)
    assert not re.fullmatch(COVER_ASKED, text)


@pytest.mark.parametrize("text", OTHERS)
def test_other_questions_are_about_no_policy_in_particular(text: str) -> None:
    """They name what they are about, or ask something else."""
    assert not re.fullmatch(f"{COVER_ASKED}|{SHOWN_ASKED}", text)
