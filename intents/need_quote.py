"""报价：不报价，说清价格由什么决定、谁能报；想要就登记，由持证同事用系统核算。"""

from __future__ import annotations

from typing import Any

from bot.advice.quote import quoting
from bot.back_office import BackOffice
from bot.dialogue.flow import Outcome, Slot
from bot.dialogue.message import Reply
from bot.dialogue.request import Request, not_told, phone_slot, plate_slot
from bot.dialogue.slot_types.choice import Choice
from bot.dialogue.slot_types.text import free_text
from bot.dialogue.slot_types.yes_no import YesNo

_TABLE = quoting()
_LINES = tuple((line.code, line.label, line.words) for line in _TABLE.lines.values())


def _takes_requests(flow: Any) -> bool:
    return bool(flow.follow and flow.kept.get("quoting"))


class NeedQuote(Request):
    """Say what moves the price and who may name it; ends with a lead."""

    name = "need_quote"
    title = "报价"
    version = 2
    taps = (
        "要个报价",
        "算一下保费",
    )
    told_by = (
        r"(?:我想|想|我要)?(?:买|上|投|保)(?:个|份|一份)?"
        r"(?:我?的?(?:这|新)?车(?:的)?(?:保险|险)|商业险|家财险|意外险|医疗险|雇主责任险)"
        r"(?:一年|大概|大约|得|要|需要|花)*(?:多少钱|多钱|什么价|嘛价|啥价|几块钱)[?呀啊呢]*"
    )
    examples = ("给我的车报个价", "帮我算算保费多少钱", "我这车一年保险多少钱")

    line = Slot(
        Choice(_LINES, volunteered=True),
        label="要问的险",
        ask="想问哪一类的价格？",
        buttons=tuple(label for _, label, _ in _LINES),
        help="选最接近的一类，我说说这一类的价格由什么决定、谁能报。",
        implied=True,
        deferrable=False,
    )
    follow = Slot(
        YesNo("要", "不用"),
        label="请同事联系",
        ask="要不要请持证的销售同事联系您？",
        buttons=("要", "不用了"),
        help="要的话留个电话，同事在工作时间联系您；不用就到这儿。",
        deferrable=False,
        skips_to=False,
    )
    details = Slot(
        free_text,
        label="要报价的",
        when=lambda flow: _takes_requests(flow) and not_told(flow),
        ask="要给什么报价？车的话说车型、车龄和用途。",
        help="大概说说就行，让同事心里有数；证件号、身体情况都不用说。",
    )
    plate = plate_slot()
    phone = phone_slot()

    @property
    def confirm(self) -> bool:
        """Show the card only where a lead goes out."""
        return bool(self.follow)

    def begin(self, office: BackOffice) -> None:
        """Note whether this platform may take the request."""
        self.kept["quoting"] = office.quoting

    def opening(self, office: BackOffice) -> list[Reply]:
        """Say at once that no price is named here, and by whom it is."""
        entry = office.fact("online_apply")
        who = _TABLE.who(open_for_requests=office.quoting, entry=entry)
        return [Reply(f"{who}{_TABLE.never}"), *self._told()]

    def progress(self, office: BackOffice) -> list[Reply]:
        """Tell what moves the price once it is known of what."""
        return self._told() if self.kept.get("opened") else []

    def _told(self) -> list[Reply]:
        """Return the factors, once a line."""
        line = _TABLE.lines.get(str(self.line))
        if line is None or self.kept.get("told") == line.code:
            return []
        self.kept["told"] = line.code
        text = f"{line.label}的价格看：{line.factors}。{line.reference}。"
        return [Reply(text, (line.faq,) if line.faq else ())]

    def submit(self, office: BackOffice) -> Outcome:
        """Leave a lead, or leave it at that."""
        if self.follow:
            return super().submit(office)
        return Outcome.say("好的。想先看看该保什么，说“推荐方案”就行。", "推荐方案", "转人工")


NeedQuote.plate.when = lambda flow: _takes_requests(flow) and flow.line == "car"
NeedQuote.phone.when = lambda flow: bool(flow.follow)
