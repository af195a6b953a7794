"""The reader on held-out sentences, and its promises."""

from __future__ import annotations

import string
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge_base.understanding.reader import FOLDER, SentenceReader, lessons, load_parts
from tests.effort import is_cut_first

from .conftest import Case

CODES = 37


def share_right(reader: SentenceReader, cases: list[Case]) -> float:
    """Return the share of sentences read as an acceptable intent."""
    return sum(reader.read(case.say).intent in case.intents for case in cases) / len(cases)


@pytest.mark.parametrize(
    ("group", "floor"),
    [
        ("plain", 0.95),
        ("confusable", 0.95),
        ("danger", 0.85),
        ("later", 0.95),
        ("look_alike", 0.92),
        ("unseen", 0.95),
    ],
)
def test_accuracy_may_not_fall(
    reader: SentenceReader, cases: dict[str, list[Case]], group: str, floor: float
) -> None:
    """Held-out sentences are read right at least this often."""
    assert share_right(reader, cases[group]) >= floor


@pytest.mark.parametrize("group", ["plain", "confusable", "danger", "later", "unseen"])
def test_the_right_level(reader: SentenceReader, cases: dict[str, list[Case]], group: str) -> None:
    """Every held-out sentence fires the level it should, or none."""
    levels = {case.say: reader.read(case.say).escalation.level for case in cases[group]}
    assert [c.say for c in cases[group] if levels[c.say] not in c.levels] == []


def test_dangers_in_unknown_words(reader: SentenceReader, cases: dict[str, list[Case]]) -> None:
    """Injuries told in words that no pattern foresaw are still noticed."""
    missed = [c.say for c in cases["told_danger"] if reader.read(c.say).escalation.level != "P0"]
    assert len(missed) <= 1, missed


def test_harmless_words_of_danger(reader: SentenceReader, cases: dict[str, list[Case]]) -> None:
    """Sayings that only sound like danger rarely fire."""
    fired = [c.say for c in cases["near_danger"] if reader.read(c.say).escalation.level == "P0"]
    assert len(fired) <= 4, fired


def test_confidence_is_calibrated(reader: SentenceReader, cases: dict[str, list[Case]]) -> None:
    """What is said with 90 % confidence is right about that often; the unsure is less often."""
    sure, unsure = Counter[bool](), Counter[bool]()
    for case in cases["plain"] + cases["confusable"] + cases["later"]:
        reading = reader.read(case.say)
        (sure if reading.confidence >= 0.9 else unsure)[reading.intent in case.intents] += 1
    assert sure[True] / sure.total() >= 0.97
    assert unsure[True] / unsure.total() < sure[True] / sure.total()


def test_confidence_says_how_often_it_is_right(
    reader: SentenceReader, cases: dict[str, list[Case]]
) -> None:
    """Over all held-out sentences the mean confidence is near the share that is right."""
    held_out = cases["plain"] + cases["confusable"] + cases["later"]
    readings = [(reader.read(case.say), case) for case in held_out]
    right = sum(reading.intent in case.intents for reading, case in readings) / len(readings)
    sure = sum(reading.confidence for reading, _ in readings) / len(readings)
    assert abs(right - sure) <= 0.06


def test_all_codes_have_cases_and_titles(
    reader: SentenceReader, cases: dict[str, list[Case]]
) -> None:
    """Each of the 37 codes has a button and at least five held-out sentences."""
    titles = reader.titles()
    counts = Counter(code for group in cases.values() for c in group for code in c.intents[:1])
    assert len(titles) == CODES
    assert all(titles.values())
    assert [code for code in titles if counts[code] < 5] == []


def test_cases_are_held_out(reader: SentenceReader, cases: dict[str, list[Case]]) -> None:
    """No held-out sentence is an example."""
    *_, examples = load_parts(FOLDER)
    known = {text for _, text in examples}
    plain = load_parts(FOLDER)[0].wording.plain
    # Words that leave no choice (退了, the pinyin of 我要退保) may be both.
    assert [
        c.say
        for rows in cases.values()
        for c in rows
        if len(plain(c.say)) > 5 and plain(c.say) in known
    ] == []


def test_learned_files_are_fresh() -> None:
    """After a change of the data: python -m knowledge_base.understanding.train."""
    rules, _, dangers, examples = load_parts(FOLDER)
    for name, lesson in lessons(FOLDER, rules, dangers, examples).items():
        assert lesson.mark in (FOLDER / name).read_text("utf-8")[:200], name


def test_wishes_in_the_order_said(reader: SentenceReader) -> None:
    """Several wishes come as parts, first said first."""
    reading = reader.read("先帮我报个案，再问下续保多少钱，顺便开张发票")
    assert reading.intent == "multi"
    assert reading.parts == ("claim_report", "renew", "invoice")


@pytest.mark.parametrize(
    "text",
    ["我撞车了怎么报案", "剐蹭了一下 人没事 要报案", "续保多少钱 什么时候到期", "你好 我想查保单"],
)
def test_one_wish_in_several_words(reader: SentenceReader, text: str) -> None:
    """A matter told at length is not two."""
    assert reader.read(text).parts == ()


def test_examples_of_a_flow() -> None:
    """A flow may teach examples, and even a new intent."""
    reader = SentenceReader.load()
    assert reader.read("我想参加春节抽奖送红灯笼活动").intent != "lottery"
    reader.add_examples("lottery", ["我想参加春节抽奖送红灯笼活动"], "抽奖")
    assert reader.read("我想参加春节抽奖送红灯笼活动").intent == "lottery"
    assert reader.titles()["lottery"] == "抽奖"


def test_reasons_and_alternatives(reader: SentenceReader) -> None:
    """A reading says why, and what else it might have been."""
    reading = reader.read("发票抬头开错了")
    assert reading.reasons
    assert len(reading.alternatives) == 3
    assert all(0 <= probability <= 1 for _, probability in reading.alternatives)


@pytest.mark.parametrize("text", ["", " ", "\n\t", "\u200b", "\ud800", "\x00", "。。。", "😀" * 9])
def test_nothing_said(reader: SentenceReader, text: str) -> None:
    """Texts without words are read without complaint."""
    assert reader.read(text).escalation.level == "none"


@pytest.mark.parametrize("text", ["撞", "你好", "人老", "嗯是的", "，", "不要", "万一", "a b"])
def test_a_flood_is_cheap(reader: SentenceReader, text: str) -> None:
    """Of a pasted flood only the beginning is read."""
    assert is_cut_first(reader.read, text)


@settings(max_examples=300, deadline=None)
@given(
    st.text(max_size=400)
    | st.text(alphabet="撞人伤火不没要是的话投诉转人工保险赔吗，。！ 1a", max_size=400)
)
def test_never_raises(text: str) -> None:
    """Whatever is said gets a reading with a probability."""
    reading = READER.read(text)
    assert 0 <= reading.confidence <= 1
    assert reading.intent


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=string.printable, max_size=2000))
def test_never_raises_on_latin(text: str) -> None:
    """Latin text and control characters are no exception."""
    assert READER.read(text).intent


READER = SentenceReader.load()
