"""The words of questions: cutting, gaps, places in a list, and answers that did not help."""

from __future__ import annotations

import pytest

from bot.dialogue import question_words as words
from bot.dialogue.questions import parts


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("退保多少钱，几天到账", ["退保多少钱", "几天到账"]),
        ("退保多少钱 几天到账", ["退保多少钱", "几天到账"]),
        ("退保多少钱？还有，几天到账？", ["退保多少钱", "几天到账"]),
        ("交强险赔多少，商业险呢，三者保多少合适", ["交强险赔多少", "商业险呢", "三者保多少合适"]),
        ("您好，请问发票怎么开？顺便问一下哪天能拿到", ["请问发票怎么开", "哪天能拿到"]),
        ("车卖了，退保能退多少，几天到账", ["车卖了，退保能退多少", "几天到账"]),
        ("退保带什么，本人去还是可以代办", ["退保带什么", "本人去还是可以代办"]),
    ],
)
def test_several_questions_are_cut(text: str, asked: list[str]) -> None:
    """One question after the other, with what was told to it."""
    assert parts(text) == asked


@pytest.mark.parametrize(
    "text",
    [
        "退保多少钱",
        "在吗，退保多少钱",
        "退保几天到账，可以吗",
        "车被撞了，对方跑了，怎么办",
        "报过案好几天了，到哪一步了",
        "如果不属于保险责任，多久通知我",
        "我的车牌是津A12345，帮我查一下",
        "还有的钱怎么退",
        "",
    ],
)
def test_one_question_stays_whole(text: str) -> None:
    """Greetings, what is told, conditions and bare «可以吗» are no questions of their own."""
    assert len(parts(text)) == 1


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("那商业的呢", "商业"),
        ("商业险呢？", "商业险"),
        ("家财险也是吗", "家财险"),
        ("那要是玻璃也赔吗", "玻璃"),
        ("换成三者险怎么样", "三者险"),
        ("然后呢", ""),
        ("你呢", ""),
        ("多久呢", ""),
        ("交强险赔多少", ""),
    ],
)
def test_what_a_variation_names(text: str, other: str) -> None:
    """«那商业的呢» asks the same about something else."""
    assert words.variation(text) == other


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("2", 1),
        ("第二个", 1),
        ("选第1个", 0),
        ("第三个吧", 2),
        ("后面那个", 2),
        ("最后一个", 2),
        ("上面那个", 0),
        ("中间那个", 1),
        ("4", None),
        ("12", None),
        ("第二天能到账吗", None),
        ("后面那辆车", None),
    ],
)
def test_places_in_a_list_of_three(text: str, place: int | None) -> None:
    """A candidate may be called by its place."""
    assert words.place_in_list(text, 3) == place


@pytest.mark.parametrize(
    "text",
    ["没解决", "还是没解决我的问题", "还是不懂", "没说清", "看不懂你说的", "没用", "答非所问"],
)
def test_answers_that_did_not_help(text: str) -> None:
    """These say that the answer was in vain."""
    assert words.UNSOLVED.match(text)


@pytest.mark.parametrize(
    "text",
    ["没解决的话能投诉吗", "这辆车没用了能退保吗", "看不懂保单怎么办", "已解决", "没事了"],
)
def test_words_that_only_sound_like_it(text: str) -> None:
    """These ask something, or are content."""
    assert not words.UNSOLVED.match(text)
