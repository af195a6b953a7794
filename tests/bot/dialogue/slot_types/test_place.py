"""说法 → the place of an incident."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.dialogue.slot_types.place import place

NOW = datetime.fromisoformat("2026-11-24T17:20:00+08:00")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("在卫津路追尾了", "卫津路"),
        ("津蓟高速往宝坻方向四十一公里处 追尾", "津蓟高速往宝坻方向四十一公里处"),
        ("在河东区津滨大道万新里7-2-301 漏水了", "河东区津滨大道万新里7-2-301"),
        ("在学校操场摔了", "学校操场"),
        ("卫津路撞到方向盘了", "卫津路"),
        ("昨天在黑牛城道让公交车蹭了", "黑牛城道"),
        ("刚在南京路与营口道交口被撞", "南京路与营口道交口"),
        ("东丽区津塘路 追尾前车", "东丽区津塘路"),
        ("京津高速K12+300", "京津高速K12+300"),
        ("津滨高速12公里处爆胎", "津滨高速12公里处"),
        ("走到八里台立交桥下让人怼了", "八里台立交桥下"),
        ("万达地库里蹭柱子了", "万达地库里"),
        ("小区停车场被划", "小区停车场"),
        ("南开大悦城", "南开大悦城"),
        ("停在华苑地铁站旁边", "华苑地铁站旁边"),
        ("外环东路辅道 单方", "外环东路辅道"),
        ("蓟州区渔阳镇 撞树了", "蓟州区渔阳镇"),
        ("静海大邱庄", "静海大邱庄"),
        ("不是河东 是河西 河西区友谊路", "河西区友谊路"),
        ("塘沽外滩", "塘沽外滩"),
        ("端午节中午 于家堡 撞柱子", "于家堡"),
        ("天津站出站口被网约车剐了", "天津站出站口"),
        ("人民公园门口", "人民公园门口"),
        ("在梅江会展中心门口停着", "梅江会展中心门口"),
        ("事故地点:宝坻区钰华街", "宝坻区钰华街"),
        ("新开路和十一经路把角", "新开路和十一经路把角"),
        ("[位置] 天津市南开区红旗路示例段", "天津市南开区红旗路示例段"),
        ("在我们小区西门蹭的", "小区西门"),
        ("洞庭路跟出租碰了", "洞庭路"),
        ("地库出来蹭墙了", "地库"),
        ("津南区八里台让一辆大货给剐了", "津南区八里台"),
    ],
)
def test_places(text: str, expected: str) -> None:
    """The place stands alone, without the words around it."""
    found = place.find(text, NOW)
    assert found is not None
    assert found.value == expected
    if not text.startswith("["):
        assert text[slice(*found.span)] == expected


@pytest.mark.parametrize(
    "text",
    [
        "我知道了",
        "一条路走到黑",
        "半路上爆胎了",
        "送医院了",
        "我在吗",
        "你们在河西有网点吗",
        "地址发你行吗",
        "在4S店修",
        "从姥姥家回来",
        "路人报的警",
        "停在路上",
        "现在在等",
        "人行道怎么赔",
        "要是在高速上呢",
        "保险公司在哪",
        "没人受伤",
        "车门裂了",
        "孩子明年上小学",
        "理赔走什么渠道",
        "道歉了",
        "电线短路",
        "",
    ],
)
def test_no_place(text: str) -> None:
    """Rather no place than a wrong one."""
    assert place.find(text, NOW) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("就在我家楼下", "我家楼下"),
        ("在胸科医院南门往东200米", "胸科医院南门往东200米"),
        ("滨江道", "滨江道"),
        ("老地方烧烤门口吧", "老地方烧烤门口"),
        ("在咸阳路让公交车蹭了", "咸阳路"),
        ("不知道", None),
        ("多久能来人", None),
        ("就在厨房滑倒的", "厨房"),
        ("公园里摔了", "公园"),
        ("不用120", None),
        ("花了八千多", None),
        ("大概80万", None),
    ],
)
def test_answers(text: str, expected: str | None) -> None:
    """Asked for the place, the whole reply is one."""
    found = place.answer(text, NOW)
    assert (found and found.value) == expected


@pytest.mark.parametrize(
    "text", ["他不让叫警察", "我先忙", "没敢打", "电线短路", "对方跑了", "那个回电改到六点"]
)
def test_what_people_do_is_no_place(text: str) -> None:
    """Asked where, a sentence about what somebody does or says is not written down as a place."""
    assert place.answer(text, NOW) is None


@pytest.mark.parametrize(
    ("value", "before", "expected"),
    [
        ("应急车道", "荣乌高速", "荣乌高速 应急车道"),
        ("河西区谊景村3号楼", "厨房", "河西区谊景村3号楼 厨房"),
        ("北马路", "南马路", "北马路"),
        ("客厅", "厨房", "客厅"),
    ],
)
def test_a_lane_or_a_room_completes_the_place(value: str, before: str, expected: str) -> None:
    """What tells more about a place is put to it; another place takes its stead."""
    assert place.completed(value, value, before, NOW) == expected
