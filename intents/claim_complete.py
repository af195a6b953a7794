"""补充报案信息：待补报案还差什么就问什么，补齐了自动往下办。"""

from __future__ import annotations

from typing import Any

from bot.back_office import BackOffice
from bot.desks.claims import IncompleteReport
from bot.dialogue.claim_choice import offer, offered, unclear, which_claim, with_choices
from bot.dialogue.claim_form import ClaimForm
from bot.dialogue.fact_slots import fact_slots, matters, of_line
from bot.dialogue.flow import Outcome, Slot
from bot.dialogue.message import Reply
from bot.dialogue.slot_types.accident import accident_type
from bot.dialogue.slot_types.flags import drivable, police_reported
from bot.dialogue.slot_types.moment import moment
from bot.dialogue.slot_types.person import person_name
from bot.dialogue.slot_types.phone import phone
from bot.dialogue.slot_types.place import place
from bot.dialogue.slot_types.plate import plate
from bot.dialogue.slot_types.text import free_text


def _lacks(claim: Any, key: str) -> bool:
    return key in claim.kept.get("lacking", ()) and not unclear(claim)


def _lacking(key: str) -> Any:
    return lambda claim: _lacks(claim, key)


class ClaimComplete(ClaimForm):
    """Ask for what a claim waits for, and record every answer at once."""

    name = "claim_complete"
    title = "补充报案信息"
    keeps_draft = False
    taps = ("补充报案信息", "补报案信息")

    which = which_claim("您有几件待补的报案，要补的是哪一件？", "没有这个待补的报案，请看看号码。")
    happened_at = Slot(
        moment, label="出险时间", when=_lacking("happened_at"), ask="事故是什么时候发生的？"
    )
    place = Slot(
        place, label="出险地点", when=_lacking("place"), ask="在什么地方？也可以直接发定位。"
    )
    plate = Slot(
        plate,
        label="车牌号",
        when=_lacking("plate"),
        ask="车牌号是多少？没上牌回复「以后补」。",
    )
    accident_type = Slot(accident_type, label="事故类型", ask="怎么出的事？", optional=True)
    drivable = Slot(
        drivable,
        label="车能否行驶",
        when=_lacking("drivable"),
        ask="车现在还能开吗？",
        buttons=("能开", "开不了"),
    )
    police_reported = Slot(
        police_reported,
        label="已报警",
        when=_lacking("police_reported"),
        ask="报警了没有？",
        buttons=("报警了", "没报警"),
    )
    story = Slot(
        free_text, label="事故经过", when=_lacking("story"), ask="请简单说说经过和损失情况。"
    )
    further = fact_slots(lambda c, key: matters(c.kind, key), _lacks)
    reporter = Slot(
        person_name, label="报案人", when=_lacking("reporter"), also="phone", ask="怎么称呼您？",
        ask_both="请留下您的姓名和手机号。",
    )  # fmt: skip
    phone = Slot(phone, label="联系电话", when=_lacking("phone"), ask="请留下联系电话。")

    def pending(self) -> Slot[Any] | None:
        """Ask for nothing where no claim waits."""
        idle = not self.kept.get("number") and not offered(self)
        return None if idle else super().pending()

    @property
    def confirm(self) -> bool:
        """Every answer is recorded at once and may be corrected."""
        return False

    @property
    def kind(self) -> str | None:
        """Return the line of the claim."""
        line = self.kept.get("line")
        return str(line) if line else None

    def begin(self, office: BackOffice) -> None:
        """Find the claim that waits, and what for."""
        waiting = office.incomplete_reports()
        offer(self, [report.number for report in waiting])
        if len(waiting) == 1:
            self._take(waiting[0])

    def _take(self, report: IncompleteReport) -> None:
        self.kept |= {"number": report.number, "line": report.line, "lacking": list(report.keys)}

    def opening(self, office: BackOffice) -> list[Reply]:
        """Say which claim it is."""
        number = self.kept.get("number")
        return [Reply(f"报案 {number} 还差几项，说一项记一项。")] if number else []

    def prompt(self) -> Reply:
        """Offer the numbers where it must be asked which claim it is."""
        return with_choices(self, super().prompt())

    def progress(self, office: BackOffice) -> list[Reply]:
        """Record what was said, and look what is still lacking."""
        chosen = self.values.get("which") or self.kept.get("number")
        report = next((r for r in office.incomplete_reports() if r.number == chosen), None)
        if report is None:
            return []
        self._take(report)
        told = {name: value for name, value in self.values.items() if name != "which"}
        if not told:
            return []
        office.amend_claim(report.number, of_line(report.line, told))
        after = next((r for r in office.incomplete_reports() if r.number == chosen), None)
        self.kept["lacking"] = list(after.keys) if after else []
        return []

    def submit(self, office: BackOffice) -> Outcome:
        """Say whether the claim goes on now, or what it still waits for."""
        number = str(self.kept.get("number") or "")
        view = next(iter(office.claims(number)), None) if number else None
        if view is None:
            return Outcome.say("没有查到您在这里待补的报案。", "报案", "查理赔进度", "转人工")
        if view.lacking:
            text = (
                f"好的，记下了。报案 {number} 还差：{'、'.join(view.lacking)}，想起来随时告诉我。"
            )
            return Outcome.say(text, self.title, "查理赔进度", "转人工")
        text = f"报案 {number} 的信息补齐了，已经往下办：{view.next_step.rstrip('。')}。"
        return Outcome.say(text, "查理赔进度", "补照片", "转人工")
