"""投保进度：办到哪了、还差什么、下一步是谁，用大白话说；别处办的先核对手机号。"""

from __future__ import annotations

from bot.back_office import ApplicationView, BackOffice
from bot.dialogue import verification
from bot.dialogue.flow import Flow, Outcome, Slot
from bot.dialogue.message import Reply
from bot.dialogue.slot_types.identity import one_time_code
from bot.dialogue.slot_types.numbers import RecordNumber
from bot.dialogue.slot_types.phone import phone

_NEXT = {
    "returned": "补投保资料",
    "approved": "核对投保信息",
    "conditional": "核对投保信息",
    "postponed": "换个投保方案",
    "declined": "换个投保方案",
}
_WITHDRAW = (
    "received",
    "returned",
    "underwriting",
    "approved",
    "conditional",
    "postponed",
    "declined",
)


class ApplyStatus(Flow):
    """Tell where an application stands and what comes next."""

    name = "apply_status"
    title = "投保进度查询"
    keeps_draft = False
    recognised_by = ("number",)
    taps = ("投保到哪了", "查投保进度", "投保进度")
    sounds_like = (
        r"^(?:我的?|那个?|上次的?|前两天的?)?(?:投保|核保)(?:单|申请|的事)?.{0,6}"
        r"(?:办到|走到|审到|到)(?:哪|嘛|啥)(?:儿|里|一?步|程度|地步)?了?[啊呀呢 ?？。]*$"
    )
    mine_by = (
        r"投保(?:的)?(?:那)?(?:事儿?|申请|单|资料)?(?:都|现在|到底)*"
        r"(?:咋样|怎么样|到哪|进度|进展|(?:办|批|审|弄)(?:得|到|好|完|下来)*(?:哪|了没|没|了吗|怎么样|咋样))"
    )
    examples = (
        "我投保办到哪了",
        "投保到哪一步了",
        "查一下我的投保进度",
        "我提交的投保单审完了吗",
        "核保结果出来了没有",
        "投保批下来了吗",
        "上次填的投保单怎么样了",
        "我的投保申请有消息了吗",
    )

    number = Slot(RecordNumber("AP"), label="投保号", ask="请提供投保号。", optional=True)
    phone = Slot(
        phone,
        label="手机号",
        when=verification.unproved,
        accept=verification.accept_phone,
        deferrable=False,
        ask="为了保护您的信息，先核对一下。请告诉我投保时留的手机号，我给您发验证码。",
    )
    code = Slot(
        one_time_code,
        label="验证码",
        when=verification.unproved,
        accept=verification.accept_code,
        belongs_to="phone",
        deferrable=False,
        shown=False,
        ask="验证码已发到您的手机，请把 6 位数字告诉我。",
        help="没收到的话，1 分钟后回复「重发验证码」；号码错了回复「上一步」，也可以回复「人工」。",
    )

    @property
    def confirm(self) -> bool:
        """A look-up needs no yes."""
        return False

    @property
    def over(self) -> bool:
        """After too many failures a person goes on."""
        return verification.locked_out(self)

    def begin(self, office: BackOffice) -> None:
        """Ask for a proof only when there is nothing that this customer may see already."""
        self.kept["proof"] = not office.applications() and not office.verified

    def progress(self, office: BackOffice) -> list[Reply]:
        """Ask for a proof where a number is named that this customer may not see yet."""
        if self.number and not self.code and not office.applications(self.number):
            self.kept["proof"] = not office.verified
        return []

    def submit(self, office: BackOffice) -> Outcome:
        """Show the newest applications in plain words."""
        views = office.applications(self.number)
        if not views:
            return Outcome.say(
                "没有查到对应的投保，请核对一下投保号或手机号；需要的话回复「人工」，我们帮您找。",
                "我要投保",
                "转人工",
            )
        newest = views[0]
        step = (_NEXT[newest.status],) if newest.status in _NEXT else ()
        back = ("撤回投保",) if newest.status in _WITHDRAW else ()
        return Outcome.say("\n\n".join(map(_words, views[:3])), *step, *back, "转人工")


def _words(view: ApplicationView) -> str:
    lines = [
        f"{view.kind}投保 {view.number}（{view.opened_at:%m月%d日} 提交）",
        f"办到：{view.label}。{view.told}",
    ]
    if view.open and view.owner != "客户":
        due = f"，最晚 {view.due_at:%m月%d日 %H:%M} 前有进展" if view.due_at else ""
        lines.append(f"现在在：{view.owner}{due}")
    if view.items:
        wrong = (f"{i.label}：{i.problem}" if i.label else i.problem for i in view.items)
        lines.append(f"要您补的：{'；'.join(wrong)}")
    if view.reason:
        lines.append(f"原因：{view.reason.rstrip('。')}")
    if view.conditions:
        lines.append(f"条件：{'；'.join(view.conditions)}")
    if view.alternatives:
        lines.append(f"可以考虑：{'；'.join(view.alternatives)}")
    if view.payments:
        lines.append(f"待缴：{'；'.join(view.payments)}")
    if view.delivery:
        lines.append(f"送达：{view.delivery}")
    return "\n".join(lines)
