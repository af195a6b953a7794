"""保单查询：手机验证码加证件尾号核验后，给出脱敏的保单摘要。"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from bot.back_office import BackOffice, PolicyView
from bot.dialogue import core_system, verification
from bot.dialogue.flow import Flow, Outcome, Slot
from bot.dialogue.message import Reply
from bot.dialogue.slot_types.identity import id_tail, one_time_code
from bot.dialogue.slot_types.numbers import policy_number
from bot.dialogue.slot_types.person import person_name
from bot.dialogue.slot_types.phone import phone
from bot.dialogue.slot_types.plate import plate

_FULL_TAIL = 6
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


def _needs_second(flow: Any) -> bool:
    return (
        verification.unproved(flow) and 0 < len(flow.id_tail or "") < _FULL_TAIL and not flow.second
    )


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
    phone = Slot(
        phone,
        label="手机号",
        when=verification.unproved,
        accept=verification.accept_phone,
        deferrable=False,
        ask="保单是您的个人信息，查之前要先核对身份。请告诉我投保时留的手机号，我给您发验证码。",
    )
    code = Slot(
        one_time_code,
        label="验证码",
        when=verification.unproved,
        accept=verification.accept_code,
        belongs_to="phone",
        ask="验证码已发到您的手机，请把 6 位数字告诉我。",
        deferrable=False,
        shown=False,
        help="没收到的话，1 分钟后回复「上一步」重新填手机号再发一次；也可以回复「人工」。",
    )
    id_tail = Slot(
        id_tail,
        label="证件尾号",
        when=verification.unproved,
        deferrable=False,
        shown=False,
        ask="再核对一下证件号码的后六位（企业客户是统一社会信用代码后六位）。",
        help="也可以给后四位，再加上车牌号、投保人姓名或保单号其中一项。",
    )
    holder = Slot(
        person_name,
        label="投保人姓名",
        when=_needs_second,
        deferrable=False,
        shown=False,
        ask="只有后四位的话，请再告诉我车牌号、保单号或投保人姓名其中一项。",
    )

    @property
    def confirm(self) -> bool:
        """A look-up needs no yes."""
        return False

    @property
    def over(self) -> bool:
        """After too many failures a person goes on."""
        return verification.locked_out(self)

    @property
    def second(self) -> bool:
        """Tell whether something else than the document was given."""
        return bool(self.plate or self.policy_number or self.holder)

    def begin(self, office: BackOffice) -> None:
        """Ask for proofs only when this identity is not verified now."""
        self.kept["proof"] = not office.verified
        self.kept["asked"] = self.utterance[:200]

    def progress(self, office: BackOffice) -> list[Reply]:
        """Identify as soon as the proofs suffice; a failure tells nothing about which was wrong."""
        tail = self.id_tail
        if not verification.unproved(self) or not self.code or not tail:
            return []
        if len(tail) < _FULL_TAIL and not self.second:
            return []
        proof = {
            "id_tail": tail,
            "plate": self.plate,
            "policy_number": self.policy_number,
            "name": self.holder,
        }
        if office.identify(str(self.phone), proof):
            self.kept["proof"] = False
            return []
        for name in ("id_tail", "holder"):
            self.forget(name)
        if office.locked_minutes():
            return [Reply(verification.lock_out(self, office))]
        return [Reply(verification.NO_MATCH, ("转人工",))]

    def submit(self, office: BackOffice) -> Outcome:
        """Show what was asked for, masked, and record that it was shown."""
        question = f"{self.kept.get('asked') or ''} {self.plate or self.policy_number or ''}"
        if waiting := core_system.wait(office, question.strip()):
            return waiting
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
        return Outcome.say(core_system.dated(text + more, office), "查理赔进度", "报案", "转人工")

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
