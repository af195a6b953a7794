"""说法 → a date of birth."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from bot.dialogue.slot_types.birthday import birthday

NOW = datetime.fromisoformat("2026-11-24T17:20:00+08:00")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1985年3月2日", date(1985, 3, 2)),
        ("85年3月2号", date(1985, 3, 2)),
        ("08年12月31日生的", date(2008, 12, 31)),
        ("一九八五年三月二号", date(1985, 3, 2)),
        ("八五年三月二号出生", date(1985, 3, 2)),
        ("1985-03-02", date(1985, 3, 2)),
        ("1985.3.2", date(1985, 3, 2)),
        ("19850302", date(1985, 3, 2)),
        ("生日是2020/2/29", date(2020, 2, 29)),
        ("11010519491231002X", date(1949, 12, 31)),
    ],
)
def test_birthdays(text: str, value: date) -> None:
    """Asked for it, every way of writing a date is read, and that of an identity card."""
    found = birthday.answer(text, NOW)
    assert found is not None
    assert found.value == value
    assert birthday.load(birthday.dump(value)) == value


@pytest.mark.parametrize(
    "text", ["1985年2月30日", "2027年1月1日", "1890年1月1日", "85年农历三月初二", "85年13月1日"]
)
def test_days_on_which_nobody_is_born(text: str) -> None:
    """A day that does not exist, is to come, too long ago or of the moon is told to be wrong."""
    found = birthday.answer(text, NOW)
    assert found is not None
    assert found.value is None
    assert found.problem


@pytest.mark.parametrize("text", ["2026年11月20日追尾了", "13920001122", "我35了", "不想说"])
def test_other_dates_are_no_birthday(text: str) -> None:
    """Unasked, a date is a birthday only where birth is spoken of."""
    assert birthday.find(text, NOW) is None


def test_a_birthday_is_shown_in_full() -> None:
    """Year, month and day, without zeros in front."""
    assert birthday.show(date(1985, 3, 2)) == "1985年3月2日"
