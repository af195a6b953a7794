"""Whole messages → the slots of a claim."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.dialogue.slot_types.base import Json
from bot.dialogue.slot_types.extract import claim_slots

NOW = datetime.fromisoformat("2026-11-24T17:20:00+08:00")


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        (
            "昨天傍晚六点半在卫津路被后面的车追了，车牌津A8K203，人没受伤，能开走",
            {
                "line": "auto",
                "happened_at": "2026-11-23T18:30:00+08:00",
                "place": "卫津路",
                "plate": "津A8K203",
                "injured": False,
                "drivable": True,
                "accident_type": "rear_end",
            },
        ),
        (
            "那个今天下午两点半左右吧我在紫金山路被一个出租车蹭了车牌津R66P02没人受伤报警了车能开",
            {
                "line": "auto",
                "happened_at": "2026-11-24T14:30:00+08:00",
                "place": "紫金山路",
                "plate": "津R66P02",
                "injured": False,
                "police_reported": True,
                "drivable": True,
                "accident_type": "scrape",
            },
        ),
        (
            "我的车津G·3M708 对方是辆白色现代 冀R22K90",
            {"line": "auto", "plate": "津G3M708", "other_plate": "冀R22K90"},
        ),
        ("車被撞了，電話13600001111", {"line": "auto", "phone": "13600001111"}),
        ("樓上漏水", {"line": "home", "accident_type": "water_leak"}),
        ("[位置] 天津市南开区红旗路示例段", {"place": "天津市南开区红旗路示例段"}),
        ("后天早上撞的", {"happened_at": None}),
        ("津A1234", {"plate": None}),
        (
            "我妈在菜市场滑倒了 手腕骨折",
            {
                "place": "菜市场",
                "injured": True,
                "accident_type": "fall",
                "reporter_relation": "family",
            },
        ),
    ],
)
def test_messages(text: str, slots: dict[str, Json]) -> None:
    """Everything said is found once, under the keys of the contract."""
    assert claim_slots(text, NOW) == slots


@pytest.mark.parametrize(
    "text",
    [
        "现在能报吗",
        "要是撞了人怎么办",
        "地址发我行吗",
        "你们几点下班",
        "谢谢",
        "报案需要什么材料",
        "昨天报的案怎么没人联系",
        "明天能来人吗",
        "万一开不了呢",
        "拖车免费吗",
        "保单号TATJ20260208000155",
        "CL20261122000017到哪步了",
        "",
        "我知道了",
        "花了三千多块",
        "对方电话13600001111",
    ],
)
def test_nothing_stated(text: str) -> None:
    """Questions, suppositions and other business state nothing."""
    assert claim_slots(text, NOW) == {}
