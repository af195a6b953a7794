"""The words of questions: where one ends, what it leaves out, and what was said to an answer.

They are matched against the folded text of one message. Each pattern is anchored or short,
so that none can take long on any input.
"""

from __future__ import annotations

import re

from bot.dialogue.words import QUESTION, STANDS

_END = r"[吧了啊呀哈嘛呢。.!！~～ ]*$"

# Between two questions of one message.
JOINT = re.compile(
    r"[ ,，;；。.!！?？\n\t]*"
    r"(?:还有(?!的)|另外|以及|(?:顺便|顺道)(?:再?问(?:一?下|问)?)?|(?:再|还想)问(?:一?下|问)?)"
    r"[ ,，:：]*"
    r"|[ ,，;；。!！?？\n\t]+"
)
# Too little to be a question of its own: it belongs to what was said before it.
TAG = re.compile(
    r"^(我?(该|应该|要)?(怎么办|咋办|咋整|怎么弄|咋弄)|(怎么|咋)(说|讲|算|样|回事|着)|(可以|能|行|好|对|是|有|会|成|中)(吗|么|嘛|不)"
    r"|行不行|可不可以|能不能行?|对不对|是不是|有没有|好不好)[呢啊呀吧了]*$"
)
GREETING = re.compile(
    r"^(在吗|在么|在不在|有人[吗么嘛没]|(您|你)好[呀啊]?|请问(一下)?|哈喽|嗨|hi|hello|多?谢谢?(您|你)?了?)$",
    re.I,
)
_ASKING = re.compile(
    r"还是|能.{0,6}不|可以.{0,6}不|([\u4e00-\u9fff])不\1|有没有|多[长远大高快早晚]|谁"
    r"|几[个次年月点岁成折]"
)
# «好几天了», «如果不属于责任»: these tell, though they hold a word that asks.
_TELLS = re.compile(
    r"^(如果|要是|假如|万一|只要|因为|既然)|(好|都|已经?|这都)几[天个次年月回].{0,4}了$"
)
_ENDS_ASKING = re.compile(
    r"(吗|么|嘛|呢|不|没)[啊呀]?$|怎么|咋|多少|什么|啥|哪|能不能|可不可以|赔不赔"
)
_LONGEST_SHORT = 14

# «那商业的呢», «家财险也是吗»: the same question about something else.
_VARIATION = re.compile(
    r"^(?:那?要是|那么?|如果是?|要?换成|还有)?[ ,，]*(?P<other>.{1,10}?)(?:的话|的)?"
    r"(?:呢|又?(?:怎么|咋)样呢?"
    r"|(?:也|是不是也|也都)(?:是|是这样|这样|一样|可以|行|能|赔|管|保|有|算|需?要)(?:吗|么|嘛|的吗)?)"
    r"[?？。!！ ]*$"
)
_NOTHING_ELSE = re.compile(
    r"^(然后|后来|之后|接下来|其他|其它|别的|你|您|你们|我|我们|他|她|人|这个|那个|这|那|它|结果)$"
)

# «第二个», «选2», «后面那个»: a place in a list.
_PLACE = re.compile(
    r"^(?:我?(?:选|要|问)(?:的?是)?|就|是|应该是)?第?(?P<number>[一二两三四1-4])(?:个|条|项|种|号|份|张)?"
    r"(?:那个|这个|问题|保单|吧|啊|呢|的)*[。.!！]?$"
)
_FIRST = re.compile(r"^[就是选]?(前面|上面|最前面|头一?|前)(的|那|那一)?[个份张][吧。]?$")
_LAST = re.compile(r"^[就是选]?(后面|下面|最后面?|最?后一|末一?|后)(的|那|那一)?[个份张][吧。]?$")
_MIDDLE = re.compile(r"^[就是选]?(中间|当中)(的|那|那一)?[个份张][吧。]?$")
_COUNTED = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4}
# What stands around the words of a candidate: «我问的是几天到账那个».
DESCRIBED = re.compile(
    r"^(我?(问|说|要|选)的?是|就是|应该是|是|选)|(这|那)(一?个|条)[吧。]?$|[?？。!！ ]+$"
)

UNSOLVED = re.compile(
    r"^(可是|但是?|不行|我?的?问题|[你您]?[说讲]的|这|还是?|都|也|根本|[ ,，])*"
    r"(没有?(能|给我)?解决(我的)?(问题)?|没有?(说|讲|解释)(清楚?|明白)"
    r"|没(太|大|有)?[看听搞弄整]?(懂|明白)|没[看听搞弄整]清楚?|[看听搞弄]?不(太|大)?(懂|明白)|不清楚"
    r"|没[啥嘛]?用|没什么用|不管用|没帮上忙?|答非所问|(这|说的)?不是我?要?(问|想问)的(问题)?"
    rf"|不是这个意思|说了等于没说)([你您]?[说讲]的(是)?(什么|啥|嘛)?)?{_END}"
)
_NUMBERS = "零一二三四五六七八九十"


def asks(text: str) -> bool:
    """Tell whether a clause asks something of its own."""
    if TAG.match(text) or GREETING.match(text):
        return False
    if STANDS.match(text) or (_TELLS.search(text) and not _ENDS_ASKING.search(text)):
        return False
    return bool(QUESTION.search(text) or _ASKING.search(text))


def is_short_question(text: str) -> bool:
    """Tell whether this may be a question that leaves out what it is about."""
    return len(text) <= _LONGEST_SHORT and asks(text)


def variation(text: str) -> str:
    """Return what a message like «那商业的呢» puts in place of the last subject, or ''."""
    found = _VARIATION.match(text)
    other = found.group("other").strip() if found else ""
    return "" if not other or _NOTHING_ELSE.match(other) or asks(other) else other


def place_in_list(text: str, length: int) -> int | None:
    """Return which of ``length`` candidates is meant by its place, counted from 0."""
    if length and _FIRST.match(text):
        return 0
    if length and _LAST.match(text):
        return length - 1
    if length == 3 and _MIDDLE.match(text):
        return 1
    found = _PLACE.match(text)
    number = found.group("number") if found else "0"
    place = _COUNTED.get(number) or int(number)
    return place - 1 if 0 < place <= length else None


def count(number: int, *, of_things: bool = False) -> str:
    """Return a small number in words; before a measure word two is 两."""
    if number == 2 and of_things:
        return "两"
    return _NUMBERS[number] if number < len(_NUMBERS) else str(number)


# Asked of a policy that is not named: it is the one on the screen, or nobody can tell which.
_IT = (
    r"(?:请问|那|这|它|这一?[份个张]|那一?[份个张]|(?:保单|保险)|里面?|上面?|的|都|我|一共"
    r"|到底|究竟|[ ,，])*"
)
_ITS_END = r"(?:呢|啊|呀|吗|来着|的|了|东西|[ ?？。.!！])*"
_WHAT = r"(?:些)?(?:哪些|什么|啥|嘛|哪几[样项]|几[样项])"
COVER_ASKED = (
    rf"{_IT}(?:(?:有|含|包括?|包含|提供)(?:了|着)?{_WHAT}(?:样的)?"
    r"(?:保障|保险责任|险种|险别|保险项目)"
    r"|(?:保障|保险责任|保障责任|险种)(?:的)?(?:内容|范围|项目)?(?:都|里)*"
    rf"(?:有|是|含|包括?|包含)(?:了)?{_WHAT}"
    rf"|(?:能|都)?(?:保|赔|管|保障)(?:了|着)?{_WHAT}(?:内容|方面)?"
    r"|(?:保障|责任)(?:范围|内容|项目)|(?:具体)?(?:有|是)?(?:什么|啥|嘛)保障)"
    rf"{_ITS_END}"
)
SHOWN_ASKED = (
    rf"{_IT}(?:(?:是|到)?(?:什么时候|啥时候|嘛时候|多会儿|何时|哪天|哪一天|几号|几月几号)(?:就|要|才|会)*"
    r"(?:到期|过期|截止|失效|终止|起保|生效|开始的?)"
    r"|(?:到期|截止|起保|生效)(?:日|日期|时间)?(?:是)?(?:什么时候|啥时候|哪天|哪一天|几号|多会儿)"
    r"|(?:还有|还剩|剩)(?:多久|多长时间|几天|多少天|几个月)(?:就|要|才)*(?:到期|过期)"
    r"|保费(?:是|交了|一共)*(?:多少|几)(?:钱|块)?"
    r"|(?:投保人|被保险人|受保人)(?:写的?)?是谁|条款是(?:哪个|什么))"
    rf"{_ITS_END}"
)
