"""Words about a call that was promised: off with it, or at another time.

They mean so only where a call is promised; elsewhere «别打了» is about unwanted calls. Nothing
here is given back once read, so no text keeps them busy.
"""

from __future__ import annotations

import re
from datetime import datetime

from bot.dialogue.slot_types.call_time import call_time

_AROUND = (
    r"(?:算了|那|不好意思|麻烦|请|谢谢|我|您|你们?|刚才|刚刚|之前|约好?|定好?|说好|的|这个|那个|个"
    r"|今天|明天|后天|上午|中午|下午|晚上|回电时间|回电|打?电话|有事|没空|不方便|在忙|忙|已经|自己"
    r"|解决|弄好|搞定|问题|好|同事|客服|能不能|可不可以|可以|帮忙?|把|给|想|要|还是|就|先|都|也"
    r"|[吧呗了啦呀 ,，。!！])"
)
_NOT = r"(?:不用|不必|不需要|无需|别|甭|不要)"
_CALL = r"(?:给我|麻烦|你们?|您|他们?|同事)*+(?:打|回|来)(?:电话|电|过来|给我|一趟)*+"
OFF = (
    rf"^(?=.*(?:[打约电]))(?:{_AROUND}*+{_NOT}{_CALL}{_AROUND}*+"
    rf"|{_AROUND}*+(?:取消|退掉|撤销|撤掉){_AROUND}*+)$"
)
_OFF = re.compile(OFF)
# Who is asked when to be called, or where, and wants no call after all.
_THANKS = (
    r"(?:了|吧|啊|呀|谢谢|多谢|感谢|麻烦|您|你们?|我|已经|自己|解决|弄好|搞定|没事|[ ,，。.!！])"
)
DECLINES = (
    rf"^(?:算了|那|还是|先|就|哦|嗯|谢谢|不好意思|没事|我|了|[ ,，。!！])*+"
    rf"(?:{_NOT}(?:{_CALL})?|取消(?:回电|电话)?){_THANKS}*+$"
)
_MOVE = re.compile(
    rf"{_AROUND}*+(?:从[^,，。?？改换挪推提延]{{1,12}})?(?:改|换|挪|推|延|提前|推迟|延后)(?:到|成|至|为|在)"
    r"(?P<when>[^,，。?？]{1,24}+)[?？。]?"
)
_OTHER_TIME = re.compile(
    rf"{_AROUND}*+(?:改|换|挪|调)(?:一下|个|下)?(?:打|回)?(?:电话|电)?的?(?:时间|点儿?|时候)"
    rf"{_AROUND}*+[?？]?"
)
# What may stand beside a time that is all that somebody says: «那就明天下午三点左右吧».
_BESIDE_TIME = re.compile(rf"(?:{_AROUND}|左右|前后|以?后|再|联系|来|回|行|吗)*+")
# A visit, a repair and a form have times of their own.
_ELSEWHERE = re.compile(r"看车|查勘|定损|修|取车|提车|验|事故|出险|车牌|地址|生效|起保")
# Said outright of a call; «改到…» at least puts something off, which no past event can be.
_NAMED = re.compile(r"回电|电话|[打回]给我|打过来")
_PUT_OFF = re.compile(r"(?:改|换|挪|推|延|提前|推迟|延后)到")
_NO_NEED = re.compile(r"不用|不必|不需要|无需")
_LONGEST = 40  # characters; who tells more tells something else
_BESIDE = (
    r"(?:我|的|是|电话|手机|号码?|打|给|这个|联系|请|麻烦|可以|就|回|换成|改成|叫|姓\w|先生|女士"
    r"|[ ,，。.:：!！])*+"
)
_NUMBER = re.compile(rf"{_BESIDE}(?P<phone>1[3-9][0-9]{{9}}){_BESIDE}")


def calls_off(text: str) -> bool:
    """Tell whether ``text`` wants no call any more."""
    return len(text) <= _LONGEST and _OFF.match(text) is not None


def number_left(text: str) -> str:
    """Return the number to call, where ``text`` tells nothing else; '' for none."""
    found = _NUMBER.fullmatch(text) if len(text) <= _LONGEST else None
    return found["phone"] if found else ""


def no_need(text: str) -> bool:
    """Tell a kind «不用打了» from «别打了», which is about calls that nobody asked for."""
    return _NO_NEED.search(text) is not None


def names_call(text: str) -> bool:
    """Tell whether ``text`` says that it is about a call."""
    return _NAMED.search(text) is not None


def puts_off(text: str) -> bool:
    """Tell «改到六点» from «改成六点»: only the first is said of an appointment alone."""
    return _PUT_OFF.search(text) is not None


def only_a_time(text: str, at: datetime) -> bool:
    """Tell whether ``text`` is a time and nothing else; who names a call may want another one."""
    if len(text) > _LONGEST or _ELSEWHERE.search(text) or names_call(text):
        return False
    found = call_time.answer(text, at)
    if found is None or found.value is None:
        return False
    start, end = found.span
    return _BESIDE_TIME.fullmatch(text[:start] + text[end:]) is not None


def moves(text: str, at: datetime) -> bool:
    """Tell whether ``text`` wants the call at another time, named or not."""
    if len(text) > _LONGEST or _ELSEWHERE.search(text):
        return False
    found = _MOVE.fullmatch(text)
    named = found is not None and call_time.answer(found["when"], at) is not None
    return named or _OTHER_TIME.fullmatch(text) is not None
