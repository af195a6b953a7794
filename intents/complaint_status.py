"""投诉进度：本会话登记的直接看；其他的用手机验证码核验后看。"""

from __future__ import annotations

import re

from bot.back_office import BackOffice, ComplaintView
from bot.dialogue.flow import Flow, Outcome, Slot
from bot.dialogue.message import Reply
from bot.dialogue.slot_types.identity import one_time_code
from bot.dialogue.slot_types.numbers import complaint_number
from bot.dialogue.slot_types.phone import phone
from bot.dialogue.verification import accept_code, accept_phone, locked_out, unproved

_WITHDRAW = re.compile(r"撤回|撤销|撤诉|撤了")


class ComplaintStatus(Flow):
    """Tell where a complaint stands and by when it is answered."""

    name = "complaint_status"
    title = "投诉进度查询"
    keeps_draft = False
    recognised_by = ("number",)
    taps = ("查投诉进度", "投诉进度")
    examples = ("查投诉进度", "我的投诉处理得怎么样了", "投诉多久给答复", "谁在处理我的投诉")

    number = Slot(complaint_number, label="投诉编号", ask="请提供投诉编号。", optional=True)
    phone = Slot(
        phone,
        label="手机号",
        when=unproved,
        accept=accept_phone,
        deferrable=False,
        ask="为了保护您的信息，需要先核对一下。请告诉我投诉时留的手机号，我给您发验证码。",
    )
    code = Slot(
        one_time_code,
        label="验证码",
        when=unproved,
        accept=accept_code,
        belongs_to="phone",
        deferrable=False,
        ask="验证码已发到您的手机，请把 6 位数字告诉我。",
        shown=False,
        help="没收到的话，1 分钟后回复「上一步」重新填手机号再发一次；也可以回复「人工」。",
    )

    @property
    def confirm(self) -> bool:
        """A look-up needs no yes."""
        return False

    @property
    def over(self) -> bool:
        """After too many failures a person goes on."""
        return locked_out(self)

    def begin(self, office: BackOffice) -> None:
        """Ask for a proof only when there is nothing that this customer may see already."""
        self.kept["withdraw"] = bool(_WITHDRAW.search(self.utterance))
        self.kept["proof"] = not office.complaints() and not office.verified

    def progress(self, office: BackOffice) -> list[Reply]:
        """Ask for a proof where a number is named that this customer may not see yet."""
        if self.number and not self.code and not office.complaints(self.number):
            self.kept["proof"] = not office.verified
        return []

    def submit(self, office: BackOffice) -> Outcome:
        """Show the newest complaints in plain words."""
        views = office.complaints(self.number)
        if not views:
            return Outcome.say(
                "没有查到对应的投诉，请核对编号或手机号；需要的话回复「人工」。", "投诉", "转人工"
            )
        if self.kept.get("withdraw"):
            return _withdrawn(office, views[0])
        return Outcome.say("\n\n".join(map(_words, views[:3])), "补充投诉材料", "转人工")


def _withdrawn(office: BackOffice, view: ComplaintView) -> Outcome:
    """Register the withdrawal; the procedure ends the same day (CMP20)."""
    number = office.open_ticket("complaint_withdrawal", {"complaint": view.number})
    return Outcome.say(
        f"您撤回投诉 {view.number} 的申请已登记，编号 {number}，今天就会终止处理。"
        "以后还有问题，随时可以再投诉。",
        "转人工",
    )


def _words(view: ComplaintView) -> str:
    decision = f"\n处理结果：{view.decision}" if view.decision else ""
    return (
        f"投诉编号 {view.number}（{view.received_at:%m月%d日} 登记）\n"
        f"进度：{view.status}；处理人：{view.owner}\n"
        f"最晚 {view.due_on.year}年{view.due_on.month}月{view.due_on.day}日前答复您{decision}"
    )
