"""Words, sounds and typed pinyin."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge_base.correct import Corrector
from knowledge_base.noise import spoil
from knowledge_base.segment import Segmenter, general_frequencies, segmenter
from knowledge_base.sound import PRIVATE_USE, sounds
from knowledge_base.tokens import content_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("查理赔", ["查理赔"]),
        ("无赔款优待系数", ["无赔款优待系数"]),
        ("代位求偿", ["代位求偿"]),
        ("交强险和商业险", ["交强险", "和", "商业险"]),
        ("车损险保什么", ["车损险", "保", "什么"]),
        ("12378", ["12378"]),
        ("95505电话", ["95505", "电话"]),
        ("", []),
    ],
)
def test_insurance_terms_stay_whole(text: str, words: list[str]) -> None:
    """Our terms are not cut."""
    assert segmenter().cut(text) == words


SENTENCES = (
    "我的车昨天在小区里被人刮了怎么办",
    "保险公司多长时间赔付",
    "今天天气怎么样适合出门吗",
    "中国人民财产保险股份有限公司",
    "他说的确实在理",
    "研究生命的起源",
)


def jieba_of(frequencies: dict[str, int]) -> Any:
    """Return jieba itself, given the same dictionary."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import jieba  # noqa: PLC0415 - it warns on import
    tokenizer = jieba.Tokenizer()
    tokenizer.FREQ = dict(frequencies)
    tokenizer.total = sum(frequencies.values())
    for word in frequencies:
        for end in range(1, len(word)):
            tokenizer.FREQ.setdefault(word[:end], 0)
    tokenizer.initialized = True
    return tokenizer


def test_we_cut_as_jieba_does() -> None:
    """With the same dictionary our segmenter and jieba's agree."""
    frequencies = general_frequencies()
    jieba = jieba_of(frequencies)
    ours = Segmenter(frequencies)
    for sentence in SENTENCES:
        assert ours.cut(sentence) == list(jieba.cut(sentence, HMM=False))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("保单", "宝丹"),
        ("理赔", "李培"),
        ("是", "四"),
        ("张", "脏"),
        ("生效", "升孝"),
        ("林", "铃"),
    ],
)
def test_alike_sounds_are_one(one: str, other: str) -> None:
    """Homophones, also forgiving ones, have one sound."""
    assert sounds().of(one) == sounds().of(other)


@pytest.mark.parametrize(
    ("pinyin", "text"),
    [("baoan", "报案"), ("lipei", "理赔"), ("toubao", "投保"), ("tuibao", "退保")],
)
def test_typed_pinyin_sounds_like_the_word(pinyin: str, text: str) -> None:
    """A run of latin letters that is pinyin becomes its sounds."""
    assert sounds().of(pinyin) == sounds().of(text)


@pytest.mark.parametrize("word", ["vip", "hello", "etc", "wifi", "pdf", "xyz", "iphone"])
def test_other_latin_words_stay(word: str) -> None:
    """What is not pinyin is not taken for it."""
    assert all(char < chr(PRIVATE_USE) for char in sounds().of(word))


def test_synonyms_become_one_word() -> None:
    """Two wordings of one meaning share their words."""
    assert content_words("咋退险") == content_words("怎么退保")


def test_stopwords_go_unless_nothing_else_is_left() -> None:
    """A question of stopwords only keeps them."""
    assert content_words("我的") == ["我", "的"]
    assert "的" not in content_words("我的保单")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("理裴进度", "理赔进度"), ("baoan", "报案"), ("我要tuibao", "我要退保"), ("报案", "报案")],
)
def test_words_typed_by_sound_are_restored(typed: str, meant: str) -> None:
    """Known words are recognised by their sound."""
    corrector = Corrector({"理赔": 9, "进度": 5, "报案": 8, "退保": 7})
    assert corrector.correct(typed) == meant


@pytest.mark.parametrize("text", ["煎饼馃子加什么", "今天天气", "hello world", ""])
def test_other_words_are_left_alone(text: str) -> None:
    """Nothing is bent into a known word without a shared character."""
    assert Corrector({"智驾": 3, "理赔": 9, "天津": 2}).correct(text) == text


@settings(deadline=None)
@given(st.text(max_size=80))
def test_words_rebuild_the_text(text: str) -> None:
    """Cutting loses nothing but spaces."""
    assert "".join(segmenter().cut(text)) == "".join(text.split())


@settings(deadline=None)
@given(st.text(alphabet="车险怎么退保理赔", min_size=1, max_size=20), st.randoms())
def test_noise_never_fails(text: str, chance: Any) -> None:
    """Spoiling works on any text."""
    assert spoil(text, chance)
