"""The words that steer, and those that only look like them."""

from __future__ import annotations

import re

import pytest

from bot.dialogue import words


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (words.CANCEL, "算了，不报了"),
        (words.CANCEL, "取消吧"),
        (words.CANCEL, "我不想投诉了"),
        (words.CANCEL, "改天再说吧"),
        (words.BACK, "返回上一步"),
        (words.RESTART, "重新填吧"),
        (words.SKIP, "以后再补吧"),
        (words.SKIP, "这题先跳过"),
        (words.SKIP_WORD, "跳过吧"),
        (words.ASSENT, "确认"),
        (words.ASSENT, "好的"),
        (words.ALL_DONE, "不用了"),
        (words.ALL_DONE, "好的，不用了，谢谢您"),
        (words.ALL_DONE, "那先这样吧"),
        (words.ALL_DONE, "没啥事了，再见"),
        (words.HELP, "嘛意思"),
        (words.WAIT, "等会儿我找找行驶证"),
        (words.WAIT, "您先等一下"),
        (words.WAIT, "稍等啊"),
        (words.RESUME, "昨天没弄完，接着来"),
        (words.EDIT, "不对"),
    ],
)
def test_steering_words(pattern: re.Pattern[str], text: str) -> None:
    """These steer."""
    assert pattern.search(text)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (words.CANCEL, "取消订单能退钱吗"),
        (words.CANCEL, "不办了能退多少钱"),
        (words.WAIT, "等等我想问下交强险"),
        (words.WAIT, "等多久能赔？"),
        (words.BACK, "返回多少钱"),
        (words.SKIP, "不知道保单号怎么办"),
    ],
)
def test_words_that_only_look_like_steering(pattern: re.Pattern[str], text: str) -> None:
    """These say something else."""
    assert not pattern.search(text)


@pytest.mark.parametrize(
    "text",
    [
        "没别的了",
        "别的没了",
        "就这些",
        "没了，谢谢",
        "能开 别的没了",
        "提交吧",
        "没别的 提交",
        "齐活",
    ],
)
def test_finishing(text: str) -> None:
    """That was all."""
    assert words.finishes(text)


@pytest.mark.parametrize(
    "text", ["车没了", "人没了", "怎么提交", "先不提交", "钱没了吗", "材料没齐"]
)
def test_not_finishing(text: str) -> None:
    """A loss, a question or a refusal ends nothing."""
    assert not words.finishes(text)


def test_questions_are_split_from_facts() -> None:
    """Clause by clause."""
    assert words.split_question("津A12345，没人受伤，多久能赔") == ("多久能赔", "津A12345 没人受伤")
    assert words.split_question("多久能赔") == ("多久能赔", "")


@pytest.mark.parametrize(
    "text", ["咕噜咕噜", "哈哈哈哈哈哈", "asdfgh", "多久能赔下来", "？？？", ""]
)
def test_noise_is_no_remark(text: str) -> None:
    """Only sentences that state something are taken note of."""
    assert not words.is_remark(text)


@pytest.mark.parametrize("pattern", [v for v in vars(words).values() if isinstance(v, re.Pattern)])
def test_no_pattern_is_slow(pattern: re.Pattern[str]) -> None:
    """Two thousand characters of the worst kind take no time."""
    for text in ("等" * 2000, "没有了 " * 500, "不是" * 1000, "算了," * 500, "1 " * 1000):
        pattern.search(text)
        pattern.match(text)
