"""约时间回电：客户说几点打、打哪个号，就照那个时间开回电工单，到点没打算超时。"""

from __future__ import annotations

from bot.back_office import BackOffice
from bot.dialogue import phrases
from bot.dialogue.call_form import CallForm, call_slot
from bot.dialogue.call_words import DECLINES
from bot.dialogue.flow import Outcome
from bot.dialogue.request import phone_slot
from bot.dialogue.slot_types.call_time import call_time

_MOST = 500
# A wish is made of these words alone; whatever else is said is a story and begins nothing here.
# What is read is not given back (``*+``): the longer words stand first.
_FIGURE = r"[0-9零〇一二两三四五六七八九十]{1,3}"
_DAY = r"大?后[天儿日早晚]|[今明][天儿日早晚晨]|[下这本]?个?(?:周|星期|礼拜)[一二三四五六日天]"
_TIME = (
    rf"{_DAY}|清早|清晨|早晨|早上|凌晨|上午|中午|正午|下午|傍晚|晚上|夜里|半夜|深夜|[早晚]"
    rf"|差{_FIGURE}分|差一刻|(?:{_FIGURE}个?半?|半个?)(?:小时|钟头|分钟|刻钟)"
    rf"|{_FIGURE}(?:点|时(?!候)|[:：])(?:钟|整|半|[一三13]刻钟?|过?{_FIGURE}(?!小时|分钟|点)分?)?"
    rf"|{_FIGURE}月{_FIGURE}[日号]|{_FIGURE}[日号]"
    r"|以?后|之后|以前|之前|左右|前后|的?时候|的话|再过?|过|[吧呗的]"
)
_ASKING = (
    r"请问?|麻烦|能不能|可不可以|可以|您|你们?|那|就|我想|我要|想|要|让|叫|安排|找|帮我|人|同事|客服|经理"
    r"|给我|跟我|我|手机|行吗|行不行|可以吗|好吗|成吗|个|一下|方便|有空|1[3-9][0-9]{9}|[ ,，。?？]"
)
_CALL = r"(?:回|打|来)(?:一?个|一?通)?(?:电话|电|话)?(?:过来)?(?:给我)?|联系我"
_WORDS = rf"(?:1[3-9][0-9]{{9}}|{_TIME}|{_CALL}|{_ASKING})"


class CallBack(CallForm):
    """Promise a call at the time that the customer names; ends with a number."""

    name = "call_back"
    title = "约时间回电"
    taps = ("约个时间回电", "约时间回电")
    told_by = (
        rf"(?=.*(?:点|[:：]\d|小时|钟头|分钟|刻钟|[上中下]午|傍晚|[早晚]上|凌晨|[半深]夜|[日号]|{_DAY}))"
        r"(?=.*(?:给我|打我|打过来|联系我|回电|[回来]一?个?通?电话))"
        rf"{_WORDS}*+"
    )
    declined_by = DECLINES

    at = call_slot()
    phone = phone_slot()

    def hear(self, text: str, rest: str) -> None:
        """Keep the words: they say what the call is about."""
        super().hear(text, rest)
        said = f"{self.kept.get('words') or ''} {text}".strip()
        self.kept["words"] = said[:_MOST]

    def submit(self, office: BackOffice) -> Outcome:
        """Open the promise for that time, or for the next one at which somebody is there."""
        wanted = self.at
        assert wanted is not None, "the form is not submitted without a time"
        at = office.can_call(wanted)
        facts = {"phone": self.phone, "words": self.kept.get("words"), "call_at": at.isoformat()}
        number = office.open_ticket("callback", facts)
        moved = "" if at == wanted else phrases.CALL_AT_NEXT_OPENING
        return Outcome.say(
            f"好的。{moved}{call_time.show(at)} 前后给您打电话，编号 {number}。"
            "来电的是我们的同事，不会要您的验证码、密码，也不会让您转账。"
            "不用打了、想换个时间，在这里说「不用打了」「改到四点」就行。",
            "改回电时间",
            "取消回电",
            "查登记进度",
        )
