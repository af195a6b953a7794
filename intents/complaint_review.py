"""投诉决定之后：接受、不接受并申请上级核查；撤回的可以恢复。"""

from __future__ import annotations

from bot.back_office import BackOffice, ComplaintView
from bot.dialogue.flow import Flow, Outcome

_OTHER_WAYS = (
    "您还可以：①申请保险纠纷调解（免费、自愿）；②通过法院或仲裁解决；③拨打 12378 向监管反映。"
    "这些都是您的权利，怎么选都不影响我们继续配合您。"
)


def _decided(office: BackOffice) -> ComplaintView | None:
    """Return the newest complaint with a decision that its author may answer."""
    return next((view for view in office.complaints() if view.decision), None)


class ComplaintReview(Flow):
    """Hand a decision that is not accepted to the superior body."""

    name = "complaint_review"
    title = "投诉核查申请"
    keeps_draft = False
    taps = ("不接受，申请核查", "申请核查", "申请上级核查", "不接受处理结果")
    told_by = (
        r".{0,24}(?:申请|要求|要|请|让|找)[^,，。]{0,4}(?:上级|上面|总公司|省公司|总部)(?:单位|机构|公司)?"
        r"(?:来|的|给|重新|再)*[^,，。]{0,2}(?:核查|复查|审查|查一?查|查一?下|评评理).{0,6}"
        r"|.{0,16}申请(?:上级)?核查.{0,4}"
    )
    sounds_like = (
        r"申请(上级|总公司)?核查|对?投诉(的)?(处理)?(结果|决定|答复)(我)?.{0,4}不(服|满意|接受|认)"
    )

    @property
    def confirm(self) -> bool:
        """The wish is clear."""
        return False

    def submit(self, office: BackOffice) -> Outcome:
        """Register the review with its date, or name the other ways."""
        view = _decided(office)
        if view is None:
            return Outcome.say(
                "没有查到您已有处理结果的投诉。还在办理的，可以查进度、补充材料；"
                "对理赔结果有异议的，点「理赔复核」。\n" + _OTHER_WAYS,
                "查投诉进度",
                "理赔复核",
                "转人工",
            )
        asked = office.ask_for_review(view.number, self.utterance[:500])
        if asked is None:
            return Outcome.say(
                f"投诉 {view.number} 现在是「{view.status}」，核查要在收到决定之日起 30 日内提出。"
                "有新的情况可以另行投诉，我马上给您登记。\n" + _OTHER_WAYS,
                "投诉",
                "转人工",
            )
        day = asked.due_on
        return Outcome.say(
            f"已登记您对投诉 {view.number} 的核查申请，由上级机构的人员核查，"
            f"最晚 {day.year}年{day.month}月{day.day}日前给出核查结论。\n"
            "想说明哪里不认可，直接补充就行。\n" + _OTHER_WAYS,
            "补充投诉材料",
            "查投诉进度",
            "转人工",
        )


class ComplaintAccepted(Flow):
    """Record that the author accepts the decision."""

    name = "complaint_accepted"
    title = "接受投诉处理结果"
    keeps_draft = False
    taps = ("接受处理结果", "接受投诉处理结果")

    @property
    def confirm(self) -> bool:
        """The tap is the yes."""
        return False

    def submit(self, office: BackOffice) -> Outcome:
        """Record it; the complaint is closed by a person, and we ask how it was."""
        view = _decided(office)
        if view is None or office.answer_decision(view.number, "accepted", self.utterance) is None:
            return Outcome.say("没有查到等您确认结果的投诉。", "查投诉进度", "转人工")
        return Outcome.say(
            f"好的，已记下您接受投诉 {view.number} 的处理结果。谢谢您告诉我们哪里没做好；"
            "办结后几天内我们会回访一次。改主意了也可以随时告诉我。",
            "查投诉进度",
        )


class ComplaintRestored(Flow):
    """Take up again what was withdrawn."""

    name = "complaint_restored"
    title = "恢复投诉"
    keeps_draft = False
    taps = ("恢复投诉",)
    sounds_like = (
        r"(?:恢复|接着办|继续办)[^,，。]{0,6}投诉|不撤(?:回|诉|销)?了"
        r"|(?:后悔|反悔|改主意|想了想)[^。]{0,6}(?:投诉|撤)"
    )

    @property
    def confirm(self) -> bool:
        """The wish is clear."""
        return False

    def submit(self, office: BackOffice) -> Outcome:
        """Start the clock anew."""
        withdrawn = next((view for view in office.complaints() if view.withdrawn), None)
        view = office.restore_complaint(withdrawn.number) if withdrawn else None
        if view is None:
            return Outcome.say("没有查到您撤回的投诉。", "投诉", "转人工")
        return Outcome.say(
            f"投诉 {view.number} 接着办理，最晚 "
            f"{view.due_on.year}年{view.due_on.month}月{view.due_on.day}日前答复您。",
            "补充投诉材料",
            "查投诉进度",
        )
