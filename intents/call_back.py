"""约时间回电：客户说几点打、打哪个号，就照那个时间开回电工单，到点没打算超时。"""

from __future__ import annotations

from bot.back_office import BackOffice
from bot.dialogue.flow import Flow, Outcome, Slot
from bot.dialogue.request import phone_slot
from bot.dialogue.slot_types.call_time import call_time

_MOST = 500


class CallBack(Flow):
    """Promise a call at the time that the customer names; ends with a number."""

    name = "call_back"
    title = "约时间回电"
    taps = ("约个时间回电", "约时间回电")
    told_by = (
        r"(?=.*(?:点|时半|[:：]\d|小时|钟头|分钟|上午|中午|下午|傍晚|晚上|今晚|明晚))"
        r"(?!.*(?:撞|伤|事故|出险|报案|着火|漏水|投诉|偷|骗))"
        r".{0,24}(?:给我|打给我|联系我|让[^,，。]{0,6}|叫[^,，。]{0,6}|安排[^,，。]{0,6}|再|来)?"
        r"(?:回|打|来)(?:个|一个|通)?(?:电话|话)(?:给我|吧|呗|行吗|可以吗|好吗|成吗|,|，| )*.{0,16}"
        r"|(?=.*(?:点|小时|分钟|上午|中午|下午|晚上|今晚|明晚))"
        r"(?!.*(?:撞|伤|事故|出险|报案|投诉)).{0,20}(?:再)?(?:打给我|给我打|回电)(?:吧|呗|行吗)?.{0,10}"
    )

    at = Slot(
        call_time,
        label="回电时间",
        called=("时间", "几点"),
        ask="您看什么时候方便？比如“今天下午四点”“明天上午十点”。",
        help="说个大概的时间就行，同事到点给您打，只打一次，没接到会再约。",
        deferrable=False,
    )
    phone = phone_slot()

    @property
    def confirm(self) -> bool:
        """Time and number are said back with the promise; that is check enough."""
        return False

    def hear(self, text: str, rest: str) -> None:
        """Keep the words: they say what the call is about."""
        said = f"{self.kept.get('words') or ''} {text}".strip()
        self.kept["words"] = said[:_MOST]

    def submit(self, office: BackOffice) -> Outcome:
        """Open the promise for that time, or for the next one at which somebody is there."""
        wanted = self.at
        assert wanted is not None, "the form is not submitted without a time"
        at = office.can_call(wanted)
        facts = {"phone": self.phone, "words": self.kept.get("words"), "call_at": at.isoformat()}
        number = office.open_ticket("callback", facts)
        moved = "" if at == wanted else "您说的时间没有人值班，改到最近能打的时间："
        return Outcome.say(
            f"好的。{moved}{call_time.show(at)} 前后给您打电话，编号 {number}。"
            "来电的是我们的同事，不会要您的验证码、密码，也不会让您转账。"
            "改时间或不用打了，回复「转人工」说一声就行。",
            "查登记进度",
        )
