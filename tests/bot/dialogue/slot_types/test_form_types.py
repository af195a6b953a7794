"""The slot types of forms: a day to come, a frame number, several of a few options."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from bot.clock import SHANGHAI
from bot.dialogue.slot_types.age_band import AgeBand
from bot.dialogue.slot_types.frame_number import frame_number
from bot.dialogue.slot_types.future_day import day_said_early, future_day
from bot.dialogue.slot_types.headcount import headcount
from bot.dialogue.slot_types.several import Several

# A Wednesday.
NOW = datetime(2026, 11, 25, 10, 0, tzinfo=SHANGHAI)
WORRIES = Several(
    (("fire", "着火", "火|烧"), ("water", "漏水", "水|淹"), ("theft", "被偷", "偷|盗")),
    volunteered=True,
)


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("今天", "2026-11-25"),
        ("明天零点", "2026-11-26"),
        ("明儿个", "2026-11-26"),
        ("大后天吧", "2026-11-28"),
        ("越快越好", "2026-11-26"),
        ("3天后", "2026-11-28"),
        ("两周以后", "2026-12-09"),
        ("下周一", "2026-11-30"),
        ("周五", "2026-11-27"),
        ("周一", "2026-11-30"),
        ("12月1日", "2026-12-01"),
        ("十二月一号零点", "2026-12-01"),
        ("12.1", "2026-12-01"),
        ("1月3号", "2027-01-03"),
        ("下个月5号", "2026-12-05"),
        ("下月初", "2026-12-01"),
        ("28号", "2026-11-28"),
        ("3号", "2026-12-03"),
        ("2026-12-31", "2026-12-31"),
        ("2026年12月31日起", "2026-12-31"),
    ],
)
def test_a_day_to_come(said: str, day: str) -> None:
    """Said in any of these ways, it is that day; it survives storing and is shown whole."""
    found = future_day.answer(said, NOW)
    assert found is not None
    assert found.value == date.fromisoformat(day)
    assert future_day.load(future_day.dump(found.value)) == found.value
    assert f"{found.value.year}年" in future_day.show(found.value)


@pytest.mark.parametrize("said", ["11月20日", "2026-11-24", "2月30号", "13月1号", "2026年2月30日"])
def test_a_day_that_will_not_do(said: str) -> None:
    """Past or impossible: told at once, with what to write."""
    found = future_day.answer(said, NOW)
    assert found is not None
    assert found.value is None
    assert found.problem


@pytest.mark.parametrize("said", ["不知道", "随便问问", "三者200万", "13902012345", "", "号"])
def test_no_day(said: str) -> None:
    """Nothing is read into what names no day; and unasked, no day is ever read."""
    assert future_day.answer(said, NOW) is None
    assert future_day.find("明天", NOW) is None


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("LSVAA49J132047371", "LSVAA49J132047371"),
        ("车架号是 lsvaa49j132047371", "LSVAA49J132047371"),
        ("LSVAA49J1 3204 7371", "LSVAA49J132047371"),
    ],
)
def test_a_frame_number(said: str, value: str) -> None:
    """17 characters, however spaced and cased."""
    found = frame_number.answer(said.upper() if "lsv" in said else said, NOW)
    assert found is not None
    assert found.value == value


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ("LSVAA49J1320473", "15 位"),
        ("LSVAA49J13204737111", "19 位"),
        ("LSVAA49J132O47371", "I、O、Q"),
    ],
)
def test_what_is_nearly_a_frame_number(said: str, problem: str) -> None:
    """A wrong length or letter is said at once (S35)."""
    found = frame_number.answer(said, NOW)
    assert found is not None
    assert found.value is None
    assert problem in str(found.problem)


@pytest.mark.parametrize(
    ("said", "values"),
    [
        ("怕着火，也怕漏水", ["fire", "water"]),
        ("1、3", ["fire", "theft"]),
        ("第二个", ["water"]),
        ("都担心", ["fire", "water", "theft"]),
        ("全都要", ["fire", "water", "theft"]),
        ("不怕着火，怕被偷", ["theft"]),
    ],
)
def test_several_at_once(said: str, values: list[str]) -> None:
    """All that are named, by words or number; what is denied is not."""
    found = WORRIES.answer(said, NOW)
    if said.startswith("不怕"):
        # «不怕…怕…» may be read or asked again, never turned round.
        assert found is None or found.value == values
        return
    assert found is not None
    assert found.value == values
    assert WORRIES.load(WORRIES.dump(values)) == values


@pytest.mark.parametrize("said", ["都不担心", "9", "没有", "不知道"])
def test_none_of_them(said: str) -> None:
    """Nothing named is nothing taken; a number beyond the list is none."""
    assert WORRIES.answer(said, NOW) is None
    with pytest.raises(ValueError, match="are not options"):
        WORRIES.load(["fire", "ghosts"])


@pytest.mark.parametrize(
    ("said", "count"),
    [
        ("八九个人吧", 8),
        ("七八个", 7),
        ("二三十号人", 20),
        ("十几个", 10),
        ("几十人", 20),
        ("10到15个人", 10),
        ("百十来人", 100),
        ("就我自己", 1),
        ("8个人", 8),
        ("十二个员工", 12),
        ("30", 30),
    ],
)
def test_about_how_many(said: str, count: int) -> None:
    """A rough number is a number: of a range, the lower end."""
    found = headcount.answer(said, NOW)
    assert found is not None
    assert found.value == count


def test_no_headcount() -> None:
    """Nothing is counted where nothing was said."""
    assert headcount.answer("不清楚", NOW) is None


@pytest.mark.parametrize(
    ("said", "month", "day"), [("12月10号", 12, 10), ("那就明天起保", 11, 26), ("后天", 11, 27)]
)
def test_a_day_said_early(said: str, month: int, day: int) -> None:
    """A day that is all that was said, or is called the beginning, is taken before its turn."""
    found = day_said_early.find(said, datetime(2026, 11, 25, 10, tzinfo=SHANGHAI))
    assert found is not None
    assert found.value is not None
    assert (found.value.month, found.value.day) == (month, day)


@pytest.mark.parametrize("said", ["3.5", "都行", "明天我再来", "12月撞过一次", "200万"])
def test_no_day_said_early(said: str) -> None:
    """A figure, or a day in a sentence about something else, is no beginning."""
    assert day_said_early.find(said, datetime(2026, 11, 25, 10, tzinfo=SHANGHAI)) is None


@pytest.mark.parametrize("said", ["昨天", "前天起保", "11月20号"])
def test_a_day_that_is_past(said: str) -> None:
    """Why a day cannot be taken is said."""
    found = day_said_early.find(said, datetime(2026, 11, 25, 10, tzinfo=SHANGHAI))
    assert found is not None
    assert "今天" in (found.problem or "")


_BANDS = AgeBand(
    (
        ("child", "未成年", r"(?<!\d)([1-9]|1[0-7])岁"),
        ("adult", "成年", r"(?<!\d)(1[89]|[2-5]\d)岁"),
        ("old", "老年", r"(?<!\d)([6-9]\d)岁"),
    )
)


@pytest.mark.parametrize(
    ("said", "band"),
    [
        ("41岁", "adult"),
        ("41", "adult"),
        ("今年16了", "child"),
        ("1985年3月", "adult"),
        ("50年的", "old"),
        ("2015年生的", "child"),
        ("成年", "adult"),
        ("2", "adult"),
        ("8888", None),
        ("不想说", None),
    ],
)
def test_age_bands(said: str, band: str | None) -> None:
    """An age, a year of birth, a label or the place of a button names the bracket."""
    found = _BANDS.answer(said, datetime(2026, 11, 25, 10, tzinfo=SHANGHAI))
    assert (found.value if found else None) == band
