"""What holds for every slot type on any text."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.dialogue.fold import fold
from bot.dialogue.slot_types.accident import accident_type, line
from bot.dialogue.slot_types.base import SlotType
from bot.dialogue.slot_types.extract import claim_slots
from bot.dialogue.slot_types.flags import drivable, injured, police_reported
from bot.dialogue.slot_types.identity import id_tail, identity_number, one_time_code, vin
from bot.dialogue.slot_types.moment import moment
from bot.dialogue.slot_types.numbers import (
    claim_number,
    complaint_number,
    money,
    people,
    policy_number,
)
from bot.dialogue.slot_types.person import person_name
from bot.dialogue.slot_types.phone import phone
from bot.dialogue.slot_types.photos import photos
from bot.dialogue.slot_types.place import place
from bot.dialogue.slot_types.plate import other_plate, plate
from bot.dialogue.slot_types.relation import relation
from bot.dialogue.slot_types.text import free_text
from bot.dialogue.slot_types.yes_no import yes_no

NOW = datetime.fromisoformat("2026-11-24T17:20:00+08:00")
KEYS = {
    "line",
    "happened_at",
    "place",
    "plate",
    "other_plate",
    "injured",
    "drivable",
    "police_reported",
    "phone",
    "accident_type",
    "reporter_relation",
}
TYPES: tuple[SlotType[Any], ...] = (
    moment,
    plate,
    other_plate,
    phone,
    identity_number,
    id_tail,
    one_time_code,
    vin,
    policy_number,
    claim_number,
    complaint_number,
    money,
    people,
    yes_no,
    injured,
    drivable,
    police_reported,
    place,
    person_name,
    relation,
    line,
    accident_type,
    free_text,
    photos,
)
# Pieces of real messages find their way deeper into the patterns than random letters do.
PIECES = (
    "昨天",
    "前儿",
    "上礼拜",
    "周五",
    "下午",
    "半夜",
    "三点",
    "半",
    "一刻",
    "来钟",
    "27点",
    "差五分",
    "分钟前",
    "十",
    "13号",
    "2月30日",
    "初一",
    "国庆",
    "第三天",
    "10-13",
    "16:20",
    "津",
    "A",
    "D12345",
    "津A12345",
    "幺三八",
    "洞",
    "勾",
    "13600001111",
    "022",
    "-",
    "60881234",
    "+86",
    "对方",
    "我的",
    "是",
    "不是",
    "不对",
    "在",
    "咸阳路",
    "和",
    "立交",
    "K12+300",
    "公里处",
    "停车场",
    "让",
    "蹭",
    "撞",
    "追尾",
    "人",
    "没事",
    "头",
    "破",
    "了",
    "医院",
    "120",
    "报警",
    "没",
    "交警",
    "能",
    "开",
    "走不了",
    "吗",
    "要是",
    "我妈",
    "的车",
    "我叫",
    "李明",
    "姓",
    "11010519491231002X",
    "尾号4421",
    "CL20261122000017",
    "TATJ20260208000155",
    "一万二",
    "两个人",
    "3",
    "万",
    "k",
    "[位置]",
    ",",
    "。",
    "?",
    "\n",
    "\0",
    " ",
)
TEXTS = st.one_of(
    st.text(max_size=80), st.lists(st.sampled_from(PIECES), max_size=24).map("".join)
).map(fold)


@pytest.mark.parametrize("slot", TYPES)
@settings(max_examples=60, deadline=None)
@given(text=TEXTS)
def test_found_values_are_sound(slot: SlotType[Any], text: str) -> None:
    """Nothing raises, spans lie inside the text, values survive storage, problems have words."""
    for found in (slot.find(text, NOW), slot.answer(text, NOW)):
        if found is None:
            continue
        start, end = found.span
        assert 0 <= start <= end <= len(text)
        assert 0 <= found.confidence <= 1
        if found.value is None:
            assert found.problem
        else:
            assert slot.load(slot.dump(found.value)) == found.value
            assert slot.show(found.value)


@settings(max_examples=60, deadline=None)
@given(text=TEXTS, minutes=st.integers(0, 3_000_000))
def test_no_moment_lies_in_the_future(text: str, minutes: int) -> None:
    """Whatever is said whenever, an incident has happened already."""
    now = datetime(2024, 1, 1, tzinfo=timezone(timedelta(hours=8))) + timedelta(minutes=minutes)
    found = moment.answer(text, now)
    if found and found.value:
        assert found.value <= now


@settings(max_examples=60, deadline=None)
@given(text=TEXTS)
def test_extract_keeps_to_the_contract(text: str) -> None:
    """Only keys of the contract, and only the types they have there."""
    slots = claim_slots(text, NOW)
    assert slots.keys() <= KEYS
    for key, value in slots.items():
        flag = key in ("injured", "drivable", "police_reported")
        assert value is None or isinstance(value, bool if flag else str)


@pytest.mark.parametrize(
    "piece", ["1", "津A", "一点", "12:3", "差", "被", "没", "我妈", "在路", "- ", "初一"]
)
def test_long_input_is_read_to_a_limit(piece: str) -> None:
    """Two thousand characters of anything give no more than the contract's slots."""
    assert claim_slots((piece * 2000)[:6000], NOW).keys() <= KEYS


@pytest.mark.parametrize("slot", TYPES)
def test_loading_refuses_other_shapes(slot: SlotType[Any]) -> None:
    """A stored value of another version is an error, not a guess."""
    with pytest.raises(ValueError, match=r"."):
        slot.load({"old": 1})
