"""说法 → the number to call."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.dialogue.slot_types.phone import phone

NOW = datetime.fromisoformat("2026-11-24T17:20:00+08:00")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("13600001111", "13600001111"),
        ("电话136 0000 1111", "13600001111"),
        ("136-0000-1111", "13600001111"),
        ("+86 13600001111", "13600001111"),
        ("8613600001111", "13600001111"),
        ("013600001111", "13600001111"),
        ("幺三六洞洞洞洞幺幺幺幺", "13600001111"),
        ("幺五九 二二三三 四四五五", "15922334455"),
        ("一八九零二零一一一二二", "18902011122"),
        ("手机拐拐零不记得了 就打15911112222", "15911112222"),
        ("1 5 9 1 1 1 1 2 2 2 2", "15911112222"),
        ("022-58390012", "02258390012"),
        ("单位电话 022 58390012", "02258390012"),
        ("(022)58390012", "02258390012"),
        ("010-62771234", "01062771234"),
        ("座机022-5839001 手机15911112222", "15911112222"),
        ("我号13600001111 我对象号15911112222 打我的", "13600001111"),
        ("我的13600001111 打我媳妇的 15911112222", "15911112222"),
        ("他电话13600001111 我的是15911112222", "15911112222"),
        ("13600001111 错了 是13600002222", "13600002222"),
        ("15911112222 2个人", "15911112222"),
        ("找我爱人 13600001111", "13600001111"),
        ("022-58390012 或者15911112222", "15911112222"),
    ],
)
def test_numbers(text: str, expected: str) -> None:
    """Typed and spoken numbers become digits; of several, the customer's own."""
    found = phone.find(text, NOW)
    assert found is not None
    assert found.value == expected


@pytest.mark.parametrize(
    "text",
    [
        "对方电话13600001111",
        "他留的号15911112222",
        "交警给的电话022-58390012",
        "TATJ20260208000155",
        "95505",
        "运单号13600001111",
        "110105194912310021",
        "花了3800",
        "12378",
        "400-888-8888",
        "2026年11月24日",
        "工号13600001111",
    ],
)
def test_not_ours(text: str) -> None:
    """Numbers of others and numbers of other things are not the customer's telephone."""
    assert phone.find(text, NOW) is None


@pytest.mark.parametrize("text", ["电话1360000111", "手机136000011112", "幺三六洞 洞洞洞 幺幺幺"])
def test_wrong_length_is_a_problem(text: str) -> None:
    """A number with a digit too few or too many is asked for again."""
    found = phone.find(text, NOW)
    assert found is not None
    assert found.value is None
    assert found.problem


def test_answers() -> None:
    """Asked for it, eight digits are a Tianjin landline and seven a mistake."""
    local, short = phone.answer("58390012", NOW), phone.answer("1360000", NOW)
    assert local is not None
    assert local.value == "02258390012"
    assert short is not None
    assert short.problem


@pytest.mark.parametrize(
    ("value", "shown"), [("13800000000", "138****0000"), ("02258390012", "022****0012")]
)
def test_shown_masked(value: str, shown: str) -> None:
    """The middle of a number is never shown."""
    assert phone.show(value) == shown


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("不是13800000009,是13800000008", "13800000008"),
        ("我号不是13800000009", "13800000009"),
        ("李司机 13500001111", "13500001111"),
        ("我是司机 13500001111", "13500001111"),
        ("司机 13500001111", None),
        ("对方司机13500001111", None),
    ],
)
def test_whose_number_and_which(text: str, expected: str | None) -> None:
    """A denied number gives way to the other; «李司机» is a name, «司机» is somebody else."""
    found = phone.find(text, NOW)
    assert (found and found.value) == expected
