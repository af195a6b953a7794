"""Choices, lines of insurance, kinds of accidents, free text and photos."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.dialogue.slot_types.accident import accident_type, line
from bot.dialogue.slot_types.choice import Choice
from bot.dialogue.slot_types.photos import photos
from bot.dialogue.slot_types.text import free_text

NOW = datetime.fromisoformat("2026-11-24T17:20:00+08:00")
CHANNEL = Choice(
    (("phone", "电话", "打电话|来电"), ("sms", "短信", "发消息"), ("visit", "上门", ""))
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", "phone"),
        ("第二个", "sms"),
        ("选3", "visit"),
        ("最后一个", "visit"),
        ("电话", "phone"),
        ("phone", "phone"),
        ("发消息吧", "sms"),
        ("不要短信 打电话", "phone"),
        ("4", None),
        ("都行", None),
        ("电话或者短信", None),
    ],
)
def test_choice(text: str, value: str | None) -> None:
    """By number, label or words; two at once are none."""
    answer = CHANNEL.answer(text, NOW)
    assert (answer and answer.value) == value


def test_choice_is_closed() -> None:
    """A choice is not picked up unasked, and stores only what it offers."""
    assert CHANNEL.find("电话", NOW) is None
    assert CHANNEL.show("sms") == "短信"
    with pytest.raises(ValueError, match="fax"):
        CHANNEL.load("fax")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("被后车追尾了", "rear_end"),
        ("把前车怼了", "rear_end"),
        ("跟公交剐了一下", "scrape"),
        ("停着让人划了", "scrape"),
        ("撞护栏上了", "hit_object"),
        ("蹭柱子上了", "hit_object"),
        ("车翻沟里了", "single_vehicle"),
        ("单方事故", "single_vehicle"),
        ("车泡水了", "flood"),
        ("前挡风让石子崩裂了", "glass"),
        ("车被偷了", "theft"),
        ("发动机起火了", "fire"),
        ("雹子砸的", "hail"),
        ("撞了个行人", "pedestrian"),
        ("楼上漏水", "water_leak"),
        ("下楼摔了一跤", "fall"),
        ("树枝砸了车顶", "other"),
        ("没追尾", None),
        ("追尾怎么办", None),
        ("打不着火", None),
        ("要是泡水呢", None),
        ("谢谢", None),
        ("昨天追尾了能报吗", "rear_end"),
        ("追我尾了", "rear_end"),
        ("腿起泡了", None),
        ("车在大学城丢了", "theft"),
        ("车停在路边没了油", None),
        ("前保险杠被碰了", "scrape"),
    ],
)
def test_accident_types(text: str, value: str | None) -> None:
    """What happened, where it is stated as having happened."""
    found = accident_type.find(text, NOW)
    assert (found and found.value) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("我的车蹭了", "auto"),
        ("保险杠掉了", "auto"),
        ("倒车撞墙了", "auto"),
        ("楼上漏水把吊顶泡了", "home"),
        ("家里进贼了", "home"),
        ("她买的意外险", "accident"),
        ("工人从梯子上摔下来", "liability"),
        ("发货单上十箱都湿了", "cargo"),
        ("我的货翻车了", "cargo"),
        ("我的货车追尾了", "auto"),
        ("骑自行车摔了", None),
        ("车棚里", None),
        ("坐火车", None),
        ("车险怎么买", None),
        ("你好", None),
    ],
)
def test_lines(text: str, value: str | None) -> None:
    """The insured thing tells the line."""
    found = line.find(text, NOW)
    assert (found and found.value) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [("车险", "auto"), ("2", "home"), ("货运险", "cargo"), ("人身意外", "accident")],
)
def test_line_answers(text: str, value: str) -> None:
    """Asked for the line, its name or number is enough."""
    answer = line.answer(text, NOW)
    assert answer is not None
    assert answer.value == value
    assert line.load(value) == value


def test_kinds_are_shown_in_chinese() -> None:
    """Codes are for machines."""
    assert accident_type.show("rear_end") == "追尾"
    assert line.show("auto") == "车险"
    assert accident_type.load(accident_type.dump("hail")) == "hail"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("  前杠裂了。", "前杠裂了"),
        ("\n好", "好"),
        ("。。", None),
        ("", None),
        ("a" * 1200, "a" * 1000),
    ],
)
def test_free_text(text: str, value: str | None) -> None:
    """Any text but an empty one, within a limit."""
    answer = free_text.answer(text, NOW)
    assert (answer and answer.value) == value
    assert free_text.find(text, NOW) is None
    assert free_text.greedy


@pytest.mark.parametrize(
    "text", ["没有", "没照片", "以后补", "好了", "就这些", "跳过", "传完了", "暂时没有"]
)
def test_photos_end(text: str) -> None:
    """No pictures, later, and done all end the question."""
    answer = photos.answer(text, NOW)
    assert answer is not None
    assert answer.value == []


@pytest.mark.parametrize("text", ["等一下我去拍", "怎么拍", "前面后面都要吗", "车在楼下"])
def test_photos_go_on(text: str) -> None:
    """Anything else does not."""
    assert photos.answer(text, NOW) is None


def test_photo_references() -> None:
    """Pictures are stored as references and shown as a count."""
    assert photos.load(photos.dump(["a", "b"])) == ["a", "b"]
    assert photos.show(["a", "b"]) == "2 张"
    assert "补传" in photos.show([])
    with pytest.raises(ValueError, match="media"):
        photos.load("a")


@pytest.mark.parametrize("text", ["停着被撞的", "跟一辆车碰了", "让人碰了一下"])
def test_cars_that_touched_only_as_an_answer(text: str) -> None:
    """Vague words settle how it happened where we asked, and are noted nowhere else."""
    answer = accident_type.answer(text, NOW)
    assert (answer and answer.value, accident_type.find(text, NOW)) == ("scrape", None)
