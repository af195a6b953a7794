"""Identity numbers, their tails, one-time codes and vehicle numbers."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.dialogue.slot_types.identity import (
    id_tail,
    identity_number,
    is_identity_number,
    one_time_code,
    vin,
    vin_is_plausible,
)

NOW = datetime.fromisoformat("2026-11-24T17:20:00+08:00")


@pytest.mark.parametrize(
    ("number", "valid"),
    [
        ("11010519491231002X", True),
        ("440524188001010014", True),
        ("110105194912310021", False),
        ("110105194902300020", False),
        ("01010519491231002X", False),
        ("1101051949123100", False),
        ("11010519491231002Y", False),
        ("", False),
    ],
)
def test_check_digit(number: str, valid: bool) -> None:
    """GB 11643: birthday and check character must fit."""
    assert is_identity_number(number) is valid


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("身份证11010519491231002x", "11010519491231002X"),
        ("110105 19491231 002X", "11010519491231002X"),
        ("110105194912310021", None),
        ("身份证号110105194912310", None),
    ],
)
def test_identity_numbers(text: str, value: str | None) -> None:
    """A wrong number is a problem, a right one is in upper case."""
    found = identity_number.find(text, NOW)
    assert found is not None
    assert found.value == value
    assert (found.problem is None) is (value is not None)


@pytest.mark.parametrize("text", ["13800000000", "TATJ20260208000155", "没带身份证", "津A12345"])
def test_other_numbers_are_no_identity(text: str) -> None:
    """Numbers of another shape are left to other slots."""
    assert identity_number.find(text, NOW) is None


@pytest.mark.parametrize(
    ("text", "volunteered", "asked"),
    [
        ("身份证尾号4421", "4421", "4421"),
        ("后六位 12345x", "12345X", "12345X"),
        ("最后四位是0014", "0014", "0014"),
        ("末四位002X", "002X", "002X"),
        ("4421", None, "4421"),
        ("11010519491231002X", None, "002X"),
        ("不记得", None, None),
        ("尾号几", None, None),
    ],
)
def test_tails(text: str, volunteered: str | None, asked: str | None) -> None:
    """Unasked, a tail must be called one."""
    found, answer = id_tail.find(text, NOW), id_tail.answer(text, NOW)
    assert (found and found.value) == volunteered
    assert (answer and answer.value) == asked


@pytest.mark.parametrize(
    ("text", "value"),
    [("123456", "123456"), ("验证码 123 456", "123456"), ("是003912", "003912"), ("没收到", None)],
)
def test_one_time_codes(text: str, value: str | None) -> None:
    """Six digits answer our question and nothing else does."""
    answer = one_time_code.answer(text, NOW)
    assert (answer and answer.value) == value
    assert one_time_code.find(text, NOW) is None


def test_short_code_is_a_problem() -> None:
    """Four digits are a mistyped code."""
    answer = one_time_code.answer("1234", NOW)
    assert answer is not None
    assert answer.problem


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("车架号1M8GDM9AXKP042788", "1M8GDM9AXKP042788"),
        ("1m8gdm9axkp042788", "1M8GDM9AXKP042788"),
        ("12345678901234567", None),
        ("1M8GDM9AXKP04278", None),
        ("1M8GDM9AXKP04278O", None),
    ],
)
def test_vin(text: str, value: str | None) -> None:
    """Seventeen characters without I, O and Q."""
    found = vin.find(text, NOW)
    assert (found and found.value) == value


def test_vin_check_only_warns() -> None:
    """Imported cars may have another check digit, so the value stays, less surely."""
    assert vin_is_plausible("1M8GDM9AXKP042788")
    wrong = vin.find("1M8GDM9A1KP042788", NOW)
    assert wrong is not None
    assert wrong.value
    assert wrong.confidence < 0.9


def test_shown_masked() -> None:
    """Identity numbers and codes are not shown whole."""
    assert identity_number.show("11010519491231002X") == "1101**********002X"
    assert one_time_code.show("123456") == "******"
    assert id_tail.show("4421") == "尾号4421"


@pytest.mark.parametrize("raw", ["110105194912310021", 5, None])
def test_bad_stored_numbers_are_refused(raw: str | int | None) -> None:
    """What is stored must still be an identity number."""
    with pytest.raises(ValueError, match=r"."):
        identity_number.load(raw)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("110105 1949 1231 002X", "11010519491231002X"),
        ("1101051949 1231 002x", "11010519491231002X"),
        ("身份证是11010519491231002末位X", "11010519491231002X"),
        ("身份证一一零一零五一九四九一二三一零零二叉", "11010519491231002X"),
    ],
)
def test_identity_numbers_in_pieces(text: str, value: str) -> None:
    """Groups, digits read out and an X apart are one number, where it checks."""
    found = identity_number.find(text, NOW)
    assert found is not None
    assert found.value == value


def test_two_numbers_side_by_side_are_no_identity() -> None:
    """A phone and seven digits have the length of an identity number, and are none."""
    assert identity_number.find("13920001122 1234567", NOW) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("lsvaa4182e2184847", "LSVAA4182E2184847"),
        ("车架号LSVAA 4182E 2184847", "LSVAA4182E2184847"),
        ("大架号是LSV-AA4182E-2184847", "LSVAA4182E2184847"),
        ("车架号LSVAA4182EO184847", "LSVAA4182E0184847"),
        ("车架号LSVAA4182E218484", None),
        ("VIN码LSVAA4182E21848477", None),
    ],
)
def test_vehicle_numbers(text: str, value: str | None) -> None:
    """Seventeen characters however they are written; another length is a problem with a remedy."""
    found = vin.find(text, NOW)
    assert found is not None
    assert found.value == value
    assert value or "17位" in str(found.problem)


@pytest.mark.parametrize("text", ["车架号后六位184847", "12345678901234567", "津A12345"])
def test_what_is_no_vehicle_number(text: str) -> None:
    """Tails, rows of figures and plates are left to others."""
    assert vin.find(text, NOW) is None
