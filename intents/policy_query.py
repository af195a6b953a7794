"""保单查询：核验身份后，给出脱敏的保单摘要。"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from bot.back_office import BackOffice, PolicyView
from bot.desks.identity import Assurance
from bot.dialogue.flow import Flow, Outcome, Slot
from bot.dialogue.slot_types.numbers import policy_number
from bot.dialogue.slot_types.plate import plate

_LINES = {
    "交强": "交强",
    "商业": "商业",
    "三者": "商业",
    "车损": "商业",
    "车险": "车",
    "家财": "家",
    "意外": "意外",
    "健康": "健康",
    "责任": "责任",
    "货运": "货",
}


class PolicyQuery(Flow):
    """Show the verified customer's policies."""

    name = "policy_query"
    title = "保单查询"
    keeps_draft = False
    recognised_by = ("policy_number",)
    suggested_by = ("plate",)
    taps = ("查保单", "查我的保单")
    examples = (
        "查保单",
        "查下我的保险",
        "我保单到嘛时候",
        "我的车险什么时候到期",
        "我买的是什么险",
    )

    plate = Slot(plate, label="车牌号", ask="请告诉我车牌号。", optional=True)
    policy_number = Slot(policy_number, label="保单号", ask="请告诉我保单号。", optional=True)

    @property
    def confirm(self) -> bool:
        """A look-up needs no yes."""
        return False

    @property
    def requires(self) -> Assurance:
        """Policies are shown to their holder only."""
        return "V2"

    def begin(self, office: BackOffice) -> None:
        """Keep the words: they may name a line («那个车险»)."""
        self.kept["asked"] = self.utterance[:200]

    def submit(self, office: BackOffice) -> Outcome:
        """Show what was asked for, masked, and record that it was shown."""
        policies = self._asked_for(office.policies("保单查询"))
        if not policies:
            return Outcome.say(
                "没有查到符合的保单，请核对车牌号或保单号；需要的话回复「人工」。", "转人工"
            )
        text = "\n\n".join(map(_words, policies[:3]))
        if self.kept.get("other"):
            text = f"您名下没有查到这一类保单，下面是您现有的保单：\n\n{text}"
        more = (
            f"\n\n另外还有 {len(policies) - 3} 份，告诉我险种或车牌可以单独看。"
            if len(policies) > 3
            else ""
        )
        return Outcome.say(text + more, "查理赔进度", "报案", "转人工")

    def _asked_for(self, policies: Sequence[PolicyView]) -> Sequence[PolicyView]:
        if self.policy_number:
            return [p for p in policies if p.number == self.policy_number]
        chosen = [p for p in policies if not self.plate or p.subject == self.plate]
        asked = str(self.kept.get("asked") or "")
        wanted = next((line for word, line in _LINES.items() if re.search(word, asked)), "")
        fitting = [p for p in chosen if wanted in p.product]
        self.kept["other"] = bool(chosen) and not fitting
        return fitting or chosen


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _words(policy: PolicyView) -> str:
    lines = [
        f"【{policy.product}】{f'（{policy.subject}）' if policy.subject else ''}",
        f"保单号：{policy.number}",
        f"状态：{policy.status}；到期日：{_day(policy.ends_on)} 24 时",
        f"投保人：{policy.holder}；被保险人：{policy.insured}",
        f"保费：{policy.premium_fen / 100:,.2f} 元（{policy.payment}）",
    ]
    if policy.coverages:
        lines.append("保障：" + "；".join(policy.coverages[:6]))
    return "\n".join(lines)
