"""Random walks over advice and application: nothing filled is lost, nothing is handed in twice."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from bot.back_office import ProductView
from bot.bootstrap import App
from bot.desks.applications import ApplicationView, ReturnedItem
from bot.dialogue.commands import (
    Back,
    CancelFlow,
    Command,
    CorrectSlots,
    ForgetSlot,
    Restart,
    Resume,
)
from bot.dialogue.state import DialogueState
from tests.bot.dialogue.test_walk import ENGLISH, Walk, lost
from tests.fakes import NOON, FakeOffice

WALKS, STEPS = 12, 600
SAYINGS = """\
我要投保|给新车办个交强险|在这儿填|让同事联系我|车险|家财险|意外险，给孩子|短期医疗险|货运险|
别的险种|雇主险或公众责任险|两样都上|只上交强险|自家用|网约车或出租|津A12345|
没上牌|以后补|跳过|
LSVAA49J132047371|LSVAA49J1320|200 万|请同事建议|
南开区卫津路示例小区3号楼|自己住|
租给别人|有人住|80万|我自己|孩子|8岁|同意|不同意|学生|高空或重体力|10 万|有|
没有|天津示例商贸|小饭馆|八个人|保员工|玻璃一箱|天津到石家庄|
汽车|明天|12月1日|11月1日|明年8月1号|王小明|13902012345|明白了|
没明白|看明白了|都明白了别问了|确认提交|对|提交|要修改|不对|
起保日改成12月5日|要上哪些改成两样都上|电话改成13700001111|险种不对|
这项啥意思|车架号是什么|为什么要填这个|
上一步|重来|取消|继续|帮助|稍等|我投保办到哪了|补投保资料|核对投保信息|
核对无误，我要投保|有要改的|不投了|
换个投保方案|撤回投保|确定撤回|再想想|配个方案|给车|给店铺或公司|常跑高速|都要|1|2|
3|不用了|要|要个报价|
三者100万和200万有什么区别|合作权益|给我返点现我就买|交强险赔多少|你好|转人工|？？|
asdf|算了 不弄了
"""
ANSWERS = {
    "address": "南开区卫津路示例小区3号楼", "plate": "津A12345", "vin": "LSVAA49J132047371",
    "start": "明天", "applicant": "王小明", "phone": "13902012345", "sum": "80万",
    "staff": "八个人", "firm": "天津示例商贸", "trade": "小饭馆", "goods": "玻璃一箱",
    "route": "天津到石家庄", "code": "246810", "other": "全款买的没有贷款",
    "change": "限额改成三百万", "wish": "保额降一点",
}  # fmt: skip
POOL = tuple(re.split(r"[|\n]+", SAYINGS.strip()))
FORGETTING = (CorrectSlots, ForgetSlot, Back, Restart, CancelFlow, Resume)
RETURNED = ApplicationView(
    number="AP20261120000001", kind="车险", status="returned", label="退回补正", told="请补一下。",
    opened_at=NOON, owner="客户", due_at=None, open=True,
    items=(ReturnedItem("vin", "车架号", "看不清"), ReturnedItem("", "", "请说明贷款情况")),
)  # fmt: skip
APPROVED = ApplicationView(
    number="AP20261120000002", kind="家财险", status="approved", label="核保通过", told="请核对。",
    opened_at=NOON, owner="客户", due_at=None, open=True, lines=("险种：家财险",),
)  # fmt: skip


@dataclass
class Shop(FakeOffice):
    """A branch with cards, where some applications wait for the customer."""

    cards: Sequence[ProductView] = ()
    filed: list[ApplicationView] = field(default_factory=lambda: [RETURNED, APPROVED])

    def products(self) -> Sequence[ProductView]:
        """Return the shipped cards."""
        return self.cards


class Shopper(Walk):
    """A customer who mostly answers what was asked, and often says something else."""

    def _said(self) -> tuple[str, list[Command]]:
        text = self.dice.choice(POOL)
        if self.dice.random() < 0.1:
            text = "，".join(self.dice.choices(POOL, k=2))
        elif self.dice.random() < 0.75:
            text = self._answer() or text
        return text, self.understander.commands(text, self.state, self.at)

    def _answer(self) -> str:
        """Return what fits the open question, '' where nothing is open."""
        top = self.state.top
        if top is None:
            return self.dice.choice(("我要投保", "我要投保", "配个方案", "投保到哪了"))
        flow = self.parts.registry.revive(top)
        slot = flow.pending()
        if slot is None:
            return "确认提交"
        tapped = self.dice.choice(slot.buttons or ("",))
        return ANSWERS.get(slot.name) or tapped or self.dice.choice(flow.prompt().buttons or ("",))


@pytest.mark.parametrize("seed", range(WALKS))
def test_walk(seed: int, parts: App) -> None:
    """Whatever the order, no answer is lost, and a form is handed in once, after its card."""
    walk = Shopper(parts, seed, office=Shop(cards=parts.products))
    applied = acted = 0
    for said, commands, turn, before in walk.steps(STEPS):
        heard = [reply.text for reply in turn.replies]
        assert heard, said
        assert not ENGLISH.search("\n".join(heard).replace(said, "") if said else ""), heard
        new, applied = len(walk.office.applied) - applied, len(walk.office.applied)
        done, acted = len(walk.office.acted) - acted, len(walk.office.acted)
        assert new <= 1, said
        assert done <= 1, said
        if new:
            # It is handed in from the card, and its frame is gone.
            assert before.top is not None
            assert before.top.flow == "apply"
            assert "apply" not in {frame.flow for frame in turn.state.stack}
            _whole(walk.office.applied[-1])
        if not any(isinstance(c, FORGETTING) for c in commands) and not turn.flow_ended:
            # Another product has other points: they are explained and confirmed anew.
            anew = "apply.p_" if _about(before) != _about(turn.state) else " "
            missing = [slot for slot in lost(before, turn) if not slot.startswith(anew)]
            assert not missing or turn.state.waiting, (said, commands)
    assert applied
    assert acted


def _whole(application: tuple[str, object, object]) -> None:
    """What is handed in has its kind, a day, a name and a phone, and five confirmed points."""
    _, values, told = application
    assert isinstance(values, dict)
    assert isinstance(told, dict)
    assert {"kind", "start", "applicant", "phone"} <= values.keys()
    assert [point["key"] for point in told["points"]] == [
        "effective", "period", "payment", "covers", "excludes",
    ]  # fmt: skip
    assert all(point["said"] and point["at"] and point["version"] for point in told["points"])
    if values.get("age_band") in ("under14", "teen"):
        assert told["guardian"]["said"]


def _about(state: DialogueState) -> object:
    """Return which product the open form is about."""
    return next((f.kept.get("about") for f in state.stack if f.flow == "apply"), None)
