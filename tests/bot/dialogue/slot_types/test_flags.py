"""说法 → injured, drivable, police reported."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.dialogue.slot_types.flags import Flag, drivable, injured, police_reported

NOW = datetime.fromisoformat("2026-11-24T17:20:00+08:00")


def check(flag: Flag, text: str, expected: bool | None) -> None:
    """Compare what is found unasked."""
    found = flag.find(text, NOW)
    assert (found.value if found else None) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("没伤人", False),
        ("受伤倒是没有", False),
        ("他胳膊抬不起来", True),
        ("砸着我媳妇脚了", True),
        ("没有人员受伤", False),
        ("人没事就是车坏了", False),
        ("人都挺好的", False),
        ("大人孩子都没事", False),
        ("没磕着碰着", False),
        ("双方人员平安", False),
        ("车撞了 人好好的", False),
        ("没人受伤", False),
        ("无人伤亡", False),
        ("谁也没伤着", False),
        ("一点儿没伤", False),
        ("我胳膊疼", True),
        ("司机头破了", True),
        ("她膝盖磕青了", True),
        ("砸着手指头了", True),
        ("流血了", True),
        ("孩子昏过去了", True),
        ("对方骨折", True),
        ("已经送医院了", True),
        ("120拉走一个", True),
        ("乘客受了点轻伤", True),
        ("我没事 对方腿伤了", True),
        ("人没事，是对方", True),
        ("没伤着头 手破了", True),
        ("人没事 哦不对 乘客手腕扭了", True),
        ("撞伤一个人", True),
        ("叫了救护车", True),
        ("不用叫救护车", None),
        ("没人受伤，用不着叫救护车", False),
        ("救护车就不用了，人没事", False),
        ("不用叫救护车，就是手破了", True),
        ("有人受伤吗", None),
        ("要是有人受伤怎么办", None),
        ("伤没伤着不知道", None),
        ("不清楚有没有伤着", None),
        ("大灯碎了", None),
        ("车头瘪了", None),
        ("前脸裂了", None),
        ("石头砸的", None),
        ("好像有点疼", None),
        ("花冻死了", None),
        ("在儿童医院停车场蹭的", None),
        ("客服人没了", None),
        ("应该没人受伤吧可能", None),
        ("顾客让汤烫了 腿起泡了", True),
        ("骑车的擦破点皮", True),
    ],
)
def test_injured(text: str, expected: bool | None) -> None:
    """One person hurt is enough; doubt, questions and suppositions say nothing."""
    check(injured, text, expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("车能开", True),
        ("还能动", True),
        ("能正常行驶", True),
        ("自己开回来的 能走", True),
        ("不影响行驶", True),
        ("还能凑合开", True),
        ("开不了了", False),
        ("走不了", False),
        ("趴窝了", False),
        ("得叫拖车", False),
        ("打不着火", False),
        ("车动不了", False),
        ("不能开了", False),
        ("已经拖走了", False),
        ("启动不了", False),
        ("能开发票吗", None),
        ("能走保险吗", None),
        ("车还能开吗", None),
        ("他腿动不了", None),
        ("拖车免费吗", None),
        ("要是开不了呢", None),
        ("能开证明不", None),
        ("人能走", None),
    ],
)
def test_drivable(text: str, expected: bool | None) -> None:
    """It is about the car, not about people, invoices or procedures."""
    check(drivable, text, expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("报警了", True),
        ("已报警", True),
        ("报过警", True),
        ("叫交警了", True),
        ("打了122", True),
        ("交警来了", True),
        ("警察正在处理", True),
        ("对方报警了", True),
        ("认定书开了", True),
        ("等交警呢", True),
        ("没报警", False),
        ("还没报警", False),
        ("没叫交警", False),
        ("不用报警", False),
        ("没惊动警察", False),
        ("没来得及报警", False),
        ("用报警吗", None),
        ("要不要叫交警", None),
        ("报案了", None),
        ("一会儿再报警", None),
        ("如果报警了呢", None),
        ("准备报警", None),
        ("没报警 啊不 报了", True),
        ("没报警 不对 已经报了", True),
        ("报了", None),
    ],
)
def test_police(text: str, expected: bool | None) -> None:
    """Only what has been done or was not done counts."""
    check(police_reported, text, expected)


@pytest.mark.parametrize(
    ("flag", "text", "expected"),
    [
        (injured, "没有", False),
        (injured, "有", True),
        (injured, "有一个", True),
        (injured, "没", False),
        (injured, "不知道", None),
        (injured, "没人", False),
        (drivable, "能", True),
        (drivable, "不能", False),
        (drivable, "可以", True),
        (police_reported, "报了", True),
        (police_reported, "没呢", False),
        (police_reported, "还没", False),
        (drivable, "我想想", None),
        (injured, "没有,不用了", False),
        (injured, "不用担心,没有", False),
        (injured, "没有,谢谢", False),
        (injured, "行,有一个", True),
        (injured, "嗯", True),
        (injured, "是的", True),
        (injured, "没事", False),
        (injured, "人没事", False),
        (injured, "没人受伤", False),
        (injured, "没问题", False),
        (injured, "都没毛病", False),
        (injured, "没错", True),
        (drivable, "没问题", True),
        (drivable, "不行", False),
        (police_reported, "不用", False),
        (police_reported, "没必要", False),
    ],
)
def test_answers(flag: Flag, text: str, expected: bool | None) -> None:
    """Asked directly, a plain yes or no is enough."""
    found = flag.answer(text, NOW)
    assert (found.value if found else None) is expected


def test_last_word_counts_after_a_correction() -> None:
    """What is corrected within one message is taken as corrected."""
    check(police_reported, "报警了 不对 没报警", False)
    check(injured, "有人受伤 说错了 没人受伤", False)


@pytest.mark.parametrize(
    "text",
    [
        "不用了", "不用", "算了", "不需要", "不要", "不必了", "不用管", "没必要", "用不着", "免了",
        "随便", "都行", "都可以", "无所谓", "随你", "看着办吧", "先不说", "等会儿",
        "好", "好的", "嗯好的", "行", "可以", "可以的", "不行", "不能动了", "要", "没空",
    ],
)  # fmt: skip
def test_a_wish_or_a_shrug_tells_of_nobody_hurt_or_unhurt(text: str) -> None:
    """Whether somebody is hurt is asked again, and neither denied nor alarmed about."""
    assert injured.answer(text, NOW) is None


@pytest.mark.parametrize("text", ["不用了", "算了", "随便", "都行", "不要"])
def test_a_wish_is_no_word_about_the_car(text: str) -> None:
    """Whether it can be driven is not told by «不用了»."""
    assert drivable.answer(text, NOW) is None
