"""Advice and application in memory: the switch for quoting, explanations, what is recorded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pytest

from bot.back_office import ProductView
from bot.dialogue.flow import Flow
from intents.apply import Apply
from intents.apply_follow_up import ApplyMend, ApplySign
from intents.apply_status import ApplyStatus
from intents.need_plan import NeedPlan
from intents.need_quote import NeedQuote
from tests.bot.dialogue.talk import Talk
from tests.fakes import FakeOffice

FLOWS: tuple[type[Flow], ...] = (Apply, NeedPlan, NeedQuote, ApplyStatus, ApplyMend, ApplySign)


def card(code: str) -> ProductView:
    """Return a card with invented words."""
    return ProductView(
        code=code, name=f"{code}险", line="auto", called=(code,), summary="概要",
        covers=f"{code}保", excludes=f"{code}不保", period="一年", amount="", claims="",
        features=(), suits=(), unsuits=(), bring=(), audiences=(), asks=(), terms="条款",
        source="来源", reviewed_on=date(2026, 11, 25), review_due=date(2027, 5, 25),
    )  # fmt: skip


@dataclass
class Shop(FakeOffice):
    """A branch with some cards."""

    codes: tuple[str, ...] = ("compulsory", "third_party", "vehicle_damage", "home", "accident")

    def products(self) -> Sequence[ProductView]:
        """Return the cards."""
        return [card(code) for code in self.codes]


def talk(**office: object) -> Talk:
    """Return a customer of this branch."""
    return Talk(FLOWS, Shop(**office))  # type: ignore[arg-type]


def to_the_points(customer: Talk) -> str:
    """Fill in the form as far as the five points and return what is said then."""
    return customer.says(
        "我要投保",
        "车险，只上交强险",
        "在这儿填",
        "自家用",
        "津A12345",
        "明天",
        "王小明",
        "13902012345",
    )


def test_quoting_is_off_unless_the_branch_turns_it_on() -> None:
    """Off: who may quote; on: details are taken for a colleague; never a price."""
    off, on = talk(), talk(quoting=True)
    assert "不报价" in off.say("要个报价")
    off.say("车险")
    assert "持证同事" in on.say("要个报价")
    on.say("车险")
    assert "电话" in off.say("要")
    assert "车型" in on.say("要")
    assert "车牌" in on.say("大众朗逸")
    for customer in (off, on):
        customer.says("津A12345", "13902012345", "对")
        assert customer.tickets[-1]["kind"] == "need_quote"


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("这项啥意思", "铁律"),
        ("这个是干嘛的", "铁律"),
        ("为什么要填这个", "铁律"),
        ("车架号是什么", "17 位"),
        ("车辆识别代号在哪看", "行驶证"),
        ("起保日期是啥意思", "零点"),
        ("什么是车架号", "17 位"),
        ("为啥要留联系电话", "核保结果"),
    ],
)
def test_every_field_can_be_asked_about_at_any_time(asked: str, answer: str) -> None:
    """The open one by «这项», any other by its name; then the open question again."""
    customer = talk()
    customer.says("我要投保", "车险，只上交强险", "在这儿填", "自家用")
    said = customer.say(asked)
    expected = "行驶证上就有" if answer == "铁律" else answer
    assert expected in said
    assert "车牌号是多少" in said
    assert set(customer.values) == {"kind", "cover", "way", "use"}


def test_s9_s11_what_is_handed_in_holds_texts_versions_times_and_words() -> None:
    """Notice, five points and statement as they were shown, each with its version."""
    customer = talk()
    assert "① 生效时间" in to_the_points(customer)
    customer.says("明白了", "没明白", "看懂了", "都清楚了", "确认提交")
    [(number, values, told)] = customer.office.applied
    assert number.startswith("AP")
    assert values["cover"] == "compulsory"
    points = {point["key"]: point for point in told["points"]}
    assert list(points) == ["effective", "period", "payment", "covers", "excludes"]
    assert points["covers"]["text"] == "compulsory保"
    assert points["covers"]["said"] == "看懂了"
    assert points["excludes"]["version"].endswith("/compulsory@2026-11-25")
    assert points["effective"]["at"] < points["excludes"]["at"] < told["statement"]["at"]
    assert told["statement"]["said"] == "确认提交"
    assert "身份证号" in told["notice"]["text"]


def test_without_its_card_nothing_is_claimed_to_be_explained() -> None:
    """A card whose review is overdue is not read out: a colleague explains."""
    customer = talk(codes=())
    assert "请您核对" in to_the_points(customer)
    assert "同事当面给您讲清" in customer.say("确认提交")
    assert customer.office.applied[0][2]["points"] == []


def test_a_form_is_handed_in_once() -> None:
    """Said again, tapped again: one application."""
    customer = talk()
    to_the_points(customer)
    customer.says("明白了", "明白了", "明白了", "确认提交", "确认提交", "提交", "对")
    assert len(customer.office.applied) == 1


def test_answers_of_another_kind_are_not_handed_in() -> None:
    """What was told for a car is no fact of a home."""
    customer = talk()
    customer.says("我要投保", "车险", "在这儿填", "只上交强险", "自家用", "津A12345")
    customer.say("险种改成家财险")
    customer.says(
        "南开区卫津路3号", "自己住", "有人住", "以后补", "明天", "王小明", "13902012345",
        "明白了", "明白了", "明白了", "确认提交",
    )  # fmt: skip
    [(_, values, _)] = customer.office.applied
    assert values["kind"] == "home"
    assert {"plate", "use", "cover", "way"}.isdisjoint(values)


def test_every_step_is_timed_once() -> None:
    """Kind, way, fields and points in their order; corrections add none."""
    customer = talk()
    to_the_points(customer)
    customer.says("明白了", "不对，起保日改成12月5日", "明白了", "明白了")
    names = [step for _, _, step in customer.office.steps]
    assert names == [
        "kind", "cover", "way", "use", "plate", "start", "applicant", "phone",
        "p_terms", "p_covers", "p_excludes",
    ]  # fmt: skip
    assert len({run for _, run, _ in customer.office.steps}) == 1
