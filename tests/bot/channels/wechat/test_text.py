"""Merging, cutting and escaping of replies."""

from __future__ import annotations

import pytest
import xmltodict
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.channels.wechat.characters import clean
from bot.channels.wechat.text import MAX_BYTES, merged, plan, split, text_reply
from bot.dialogue.message import Reply

SENTENCES = st.lists(st.text(max_size=400) | st.sampled_from(["。", "！", "；\n", "保险" * 300]))
WORDS = SENTENCES.map("".join).map(clean)


@settings(deadline=None)
@given(WORDS, st.integers(8, 2048))
@example("一" * 683, 2048)
@example("👨\u200d👩\u200d👧" * 300, 2048)
@example("e" + "\u0301" * 3000, 2048)
def test_split_loses_nothing(text: str, limit: int) -> None:
    """The parts joined are the text, each of them fits, and each survives XML."""
    parts = split(text, limit)
    assert "".join(parts) == text
    assert all(0 < len(part.encode()) <= limit for part in parts)
    for part in parts:
        parsed = xmltodict.parse(text_reply("a", "b", part, 1), strip_whitespace=False)["xml"]
        assert parsed["Content"] == part


@settings(deadline=None)
@given(st.lists(st.builds(Reply, st.text(), st.lists(st.text(max_size=20)).map(tuple))))
def test_plan_fits_and_is_stable(replies: list[Reply]) -> None:
    """Every planned reply fits, has no buttons left, and planning it again changes nothing."""
    planned = plan(replies)
    assert len(planned.now) <= 1
    for reply in planned.now + planned.later:
        assert 0 < len(reply.text.encode()) <= MAX_BYTES
        assert not reply.buttons
        assert plan([reply]).now == (reply,)


def test_split_at_sentence_ends() -> None:
    """A cut comes after the last sentence that fits."""
    for mark in "。！？；\n":
        text = ("字" * 99 + mark) * 20
        parts = split(text)
        assert all(part.endswith(mark) for part in parts)
        assert len(parts) == 4


def test_glyphs_and_links_stay_whole() -> None:
    """A cut falls neither inside an emoji family nor inside a link."""
    family = "👨\u200d👩\u200d👧"
    assert all(part.startswith("👨") for part in split(family * 300))
    link = '<a href="https://e.cn/x">点这里。查看</a>'
    first, second = split("字" * 670 + link, MAX_BYTES)
    assert (first, second) == ("字" * 670, link)


def test_plan_of_a_turn() -> None:
    """Bubbles are separated by a blank line, all buttons make the last line."""
    turn = [Reply("已收到。\n", ("报案",)), Reply("  "), Reply("还要什么？", ("查保单", "报案"))]
    text = "已收到。\n\n还要什么？\n\n可以直接回复：报案、查保单"
    assert merged(turn) == text
    assert plan(turn).now == (Reply(text),)
    assert plan(turn).later == ()


def test_plan_of_nothing() -> None:
    """No replies and blank ones give an empty plan."""
    assert plan([]).now == plan([Reply("")]).now == plan([Reply("\n \n")]).now == ()


def test_overflow_goes_later() -> None:
    """What does not fit into the response is owed, in order and complete."""
    text = "保险责任以条款为准。" * 400
    planned = plan([Reply(text)])
    assert "".join(reply.text for reply in planned.now + planned.later) == text
    assert len(planned.later) == 5


@pytest.mark.parametrize("size", [682, 683])
def test_limit_in_characters(size: int) -> None:
    """682 Chinese characters fit into one text, 683 do not."""
    assert len(split("一" * size)) == size - 681


def test_large_text_is_cut_in_linear_time() -> None:
    """A megabyte without any sentence end does not stall us."""
    assert len(split("a" * 1_000_000)) == 489
