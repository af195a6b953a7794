"""投诉进度：本会话登记的直接看；其他的用手机验证码核验后看。"""

from __future__ import annotations

import re

from bot.back_office import BackOffice, ComplaintView
from bot.dialogue.flow import Flow, Outcome, Slot
from bot.dialogue.message import Reply
from bot.dialogue.slot_types.identity import one_time_code
from bot.dialogue.slot_types.numbers import complaint_number
from bot.dialogue.slot_types.pattern import Pattern
from bot.dialogue.slot_types.phone import phone
from bot.dialogue.verification import accept_code, accept_phone, locked_out, unproved

_SURE = Pattern(r"不|别|算了|先放着|确定|是|对|撤|嗯|好|行|可以|没错", volunteered=False)
_NOT_SURE = re.compile(r"不|别|算了|先放着")
_WITHDRAW = re.compile(r"撤回|撤销|撤诉|撤了|(?:不想?|别|甭)(?:要|再|给我)?(?:投诉|告|登记)")


class ComplaintStatus(Flow):
    """Tell where a complaint stands and by when it is answered."""

    name = "complaint_status"
    title = "投诉进度查询"
    keeps_draft = False
    recognised_by = ("number",)
    taps = ("查投诉进度", "投诉进度")
    mine_by = (
        r"(?:投诉|举报)(?:的)?(?:那)?(?:事儿?|件)?(?:都|现在|到底)*"
        r"(?:咋样|怎么样|到哪|进度|进展|(?:办|处理|查|弄)(?:得|到|好|完)*(?:哪|了没|没|了吗|怎么样|咋样)"
        r"|有(?:结果|回音|消息|信儿?)了?(?:没|吗))"
    )
    told_by = (
        r"(?:我的?投诉)?(?:是|到底)*谁(?:批准|同意|批)的?(?:延期|延长)的?[?？]?"
        r"|(?:我的?投诉)?(?:延期|延长)(?:是|到底)*谁(?:批准|同意|批)的[?？]?"
    )
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
        help="没收到的话，1 分钟后回复「重发验证码」；号码错了回复「上一步」，也可以回复「人工」。",
    )

    sure = Slot(
        _SURE,
        label="撤回投诉",
        when=lambda c: bool(c.kept.get("withdraw")) and not unproved(c),
        shown=False,
        deferrable=False,
        ask="撤回后今天就终止处理；不撤回也不影响您的理赔，以后还可以再投诉。确定撤回吗？",
        buttons=("确定撤回", "不撤回"),
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
            running = [view for view in views if view.open]
            return _withdrawn(
                office,
                running[0] if running else views[0],
                sure=not _NOT_SURE.search(self.sure or "不"),
            )
        buttons = _DECIDED if views[0].decided else ("补充投诉材料",)
        return Outcome.say("\n\n".join(map(_words, views[:3])), *buttons, "转人工")


_DECIDED = ("接受处理结果", "不接受，申请核查")


def _withdrawn(office: BackOffice, view: ComplaintView, *, sure: bool) -> Outcome:
    """End it today, if that is what its author wants (CMP20)."""
    if not sure:
        return Outcome.say(f"好的，投诉 {view.number} 接着办理。", "查投诉进度", "转人工")
    if office.withdraw_complaint(view.number) is None:
        return Outcome.say(
            f"投诉 {view.number} 现在是「{view.status}」，不用撤回了。", "查投诉进度", "转人工"
        )
    return Outcome.say(
        f"投诉 {view.number} 已按您的意思撤回，今天起终止处理。"
        "想接着办，回复「恢复投诉」；以后还有问题，随时可以再投诉。",
        "恢复投诉",
        "转人工",
    )


def _words(view: ComplaintView) -> str:
    lines = [
        f"投诉编号 {view.number}（{view.received_at:%m月%d日} 登记）",
        f"进度：{view.status}；处理人：{view.owner}",
        f"已做：{'、'.join(view.done)}" if view.done else "",
        view.extended,
        f"下一步：{view.next_step}" if view.next_step else "",
        f"最晚 {view.due_on.year}年{view.due_on.month}月{view.due_on.day}日前答复您"
        if view.open and not view.decided
        else "",
        f"处理结果：{view.decision}" if view.decision else "",
        f"不接受的话，{view.review_until:%m月%d日}前可以申请上级核查，也可以调解、拨打 12378。"
        if view.decided and view.review_until
        else "",
    ]
    return "\n".join(filter(None, lines))
