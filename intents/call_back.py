"""约时间回电：客户说几点打、打哪个号，就照那个时间开回电工单，到点没打算超时。"""

from __future__ import annotations

from bot.back_office import BackOffice
from bot.dialogue.flow import Flow, Outcome, Slot
from bot.dialogue.request import phone_slot
from bot.dialogue.slot_types.call_time import call_time

_MOST = 500
# A wish is made of these words alone; whatever else is said is a story and begins nothing here.
_TIME = (
    r"(?:[今明后]天|今晚|明晚|[下这本]?个?(?:周|星期|礼拜)[一二三四五六日天]|上午|中午|下午|傍晚|晚上|早上"
    r"|[0-9一二两三四五六七八九十]{1,3}(?:点|时|[:：])(?:半|钟|[0-9一二三四五六七八九十]{1,3}分?)?"
    r"|(?:[0-9一二两三四五六七八九十]{1,3}个?半?|半个?)(?:小时|钟头|分钟)"
    r"|[0-9一二两三四五六七八九十]{1,2}月[0-9一二两三四五六七八九十]{1,3}[日号]"
    r"|以?后|之后|以前|之前|左右|前后|的时候|再|吧|呗|的)"
)
_ASKING = (
    r"(?:请|麻烦|能不能|可不可以|可以|你们?|那|就|我想|我要|想|要|让|叫|安排|找|帮我|人|同事|客服|经理"
    r"|给我|跟我|过来|行吗|可以吗|好吗|成吗|个|一下|[ ,，。?？]|1[3-9]\d{9})"
)


class CallBack(Flow):
    """Promise a call at the time that the customer names; ends with a number."""

    name = "call_back"
    title = "约时间回电"
    taps = ("约个时间回电", "约时间回电")
    told_by = (
        r"(?=.*(?:点|[:：]\d|小时|钟头|分钟|上午|中午|下午|傍晚|晚上|早上|今晚|明晚))"
        r"(?=.*(?:给我|打过来|回电|回个?电话|来个?电话))"
        rf"(?:{_ASKING}|{_TIME})*(?:回|打|来)(?:个|一个|通)?(?:电话|话|电)?(?:{_ASKING}|{_TIME})*"
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
