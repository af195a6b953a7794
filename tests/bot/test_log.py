"""What may never stand in a log line."""

from __future__ import annotations

import pytest

from bot.log import mask


@pytest.mark.parametrize(
    "secret",
    ["13812345678", "138 1234 5678", "138-1234-5678", "120101199001010012", "TATJ20260208000155"],
)
@pytest.mark.parametrize(
    "around", ["{}", "手机{}，谢谢", "电话是{}", "a={} b", "「{}」", "{}的保单"]
)
def test_numbers_are_masked_whatever_touches_them(secret: str, around: str) -> None:
    """Customers put no blank between a word and their number."""
    assert secret not in mask(around.format(secret))


@pytest.mark.parametrize("plate", ["津A12345", "津AD12345", "津A·12345"])
def test_plates_are_masked(plate: str) -> None:
    """A plate names a person."""
    assert plate not in mask(f"我的车{plate}被撞了")


def test_control_characters_cannot_forge_a_line() -> None:
    """Carriage returns and escape codes of a customer end as blanks."""
    assert "\x1b" not in mask("\x1b[31m")
    assert "\r" not in mask("a\rb")
