"""说法 → number plates, own and other."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.dialogue.slot_types.plate import other_plate, plate
from bot.dialogue.slot_types.plate_tokens import is_plate

NOW = datetime.fromisoformat("2026-11-24T17:20:00+08:00")


@pytest.mark.parametrize(
    ("text", "own", "other"),
    [
        ("津A12345", "津A12345", None),
        ("车牌津N8K203", "津N8K203", None),
        ("津A·67890", "津A67890", None),
        ("津 b 6 7 8 9 0", "津B67890", None),
        ("津a-d12345", "津AD12345", None),
        ("津AF12345是我的车", "津AF12345", None),
        ("津A12345D", "津A12345D", None),
        ("津哎弟一二三四五", "津AD12345", None),
        ("津B幺二三四五", "津B12345", None),
        ("津诶洞拐勾两八", "津A07928", None),
        ("津西九零K五五", "津C90K55", None),
        ("津伊艾弗零四四一二", "津EF04412", None),
        ("冀微六六六九零", "冀V66690", None),
        ("津A1234挂", "津A1234挂", None),
        ("津R5521学刚碰的", "津R5521学", None),
        ("津AO1234", "津A01234", None),
        ("津A12345开不了", "津A12345", None),
        ("津A12345五点撞的", "津A12345", None),
        ("津AD1234 两个人都没事", "津AD1234", None),
        ("津A12345 13512288064", "津A12345", None),
        ("不是津C12K90 是津C12K09", "津C12K09", None),
        ("津B 不对 津C C70P15", "津C70P15", None),
        ("津A12345 错了 津A12346", "津A12346", None),
        ("对方京N5K0P2 我的津G3M708", "津G3M708", "京N5K0P2"),
        ("我津G3M708 他京N5K0P2", "津G3M708", "京N5K0P2"),
        ("津G3M708是我的 京N5K0P2是对方的", "津G3M708", "京N5K0P2"),
        ("对方是辆灰色大众 鲁R22K90", None, "鲁R22K90"),
        ("撞我的车是京N5K0P2", None, "京N5K0P2"),
        ("京N5K0P2追了我", None, "京N5K0P2"),
        ("被津B77P20撞的 我是津M09K11", "津M09K11", "津B77P20"),
        ("我爸那车津P55Q21", "津P55Q21", None),
        ("那辆车是黑色轿车 豫P77J20", None, "豫P77J20"),
        ("把前车顶了 津K20C58", "津K20C58", None),
        ("对方全责 我车津K20C58", "津K20C58", None),
        ("津A12345 津B23456", None, None),
        ("新车刚买的", None, None),
        ("在津塘路", None, None),
        ("吉利撞了", None, None),
        ("发货单SF20261003", None, None),
    ],
)
def test_plates(text: str, own: str | None, other: str | None) -> None:
    """Plates are normalised and given to the car they belong to."""
    found, others = plate.find(text, NOW), other_plate.find(text, NOW)
    assert (found and found.value) == own
    assert (others and others.value) == other


@pytest.mark.parametrize("text", ["津A1234", "津O12345", "津A123456", "车牌A12345"])
def test_wrong_plates_are_a_problem(text: str) -> None:
    """A plate that was meant but breaks the rules is asked for again."""
    found = plate.find(text, NOW)
    assert found is not None
    assert found.value is None
    assert found.problem


@pytest.mark.parametrize(
    ("text", "expected"),
    [("A12345", "津A12345"), ("a·d12345", "津AD12345"), ("京N5K0P2", "京N5K0P2")],
)
def test_reply_may_leave_the_province_out(text: str, expected: str) -> None:
    """Asked for the plate, a customer of Tianjin need not say 津."""
    found = plate.answer(text, NOW)
    assert found is not None
    assert found.value == expected


def test_doubtful_letters_lower_confidence() -> None:
    """O and I do not occur in plates; they are read as digits, less surely."""
    sure, doubtful = plate.find("津A12345", NOW), plate.find("津AI2345", NOW)
    assert sure is not None
    assert doubtful is not None
    assert doubtful.confidence < sure.confidence


def test_reply_about_the_other_car_is_not_ours() -> None:
    """The other driver's plate does not answer the question for one's own."""
    assert plate.answer("对方是冀K8T036", NOW) is None


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("津A12345", True),
        ("津AI2345", False),
        ("津O12345", False),
        ("津AD12345", True),
        ("津AF1A345", False),
        ("津A12345D", True),
        ("津A123456", False),
        ("A123456", False),
        ("津A1234挂", True),
        ("津AL12345", False),
    ],
)
def test_rules(text: str, valid: bool) -> None:
    """Seven characters, or eight for new energy, without I and O."""
    assert is_plate(text) is valid
