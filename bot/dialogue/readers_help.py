"""Readers inside a form: what a field means, and a wish that the law forbids."""

from __future__ import annotations

import re
from typing import Any

from bot.dialogue import phrases
from bot.dialogue.commands import Command, Help, Say, SendCodeAgain
from bot.dialogue.flow import Flow, Slot
from bot.dialogue.heard import Heard
from bot.dialogue.slot_types.identity import one_time_code

_MEANS = (
    r"(?:是|指)?(?:个|的)?(?:什么|啥|嘛)(?:意思|玩意儿?|东西|用|来着)?|(?:什么|啥|嘛)意思"
    r"|(?:该)?(?:怎么|咋)(?:填|写|选|看|找|理解)|在?(?:哪儿?|哪里)(?:看|找|有|能看到|能找到)"
    r"|(?:是)?干(?:什么|啥|嘛)(?:用)?的?|有(?:什么|啥|嘛)用|解释一下|没看懂|看不懂|不懂|不明白"
)
_WHY = r"(?:为什么|为啥|为嘛|干嘛|干啥|凭什么)(?:一定|非)?(?:还)?(?:要|得|问)"
_THIS = r"(?:这|那)(?:一?(?:项|个|条|步|栏|格|题)|儿)?|它"
_END = r"[啊呀呢吗嘛的了吧 ?？。!！]*$"
_ABOUT_THIS = re.compile(
    rf"^(?:我想问|请问|问一下)?[ ,，]*(?:(?:{_THIS})[ ,，]*(?:{_MEANS})"
    rf"|{_WHY}(?:填|写|问|留|知道|给)?(?:{_THIS})?|{_WHY}(?:告诉|跟)你们?(?:说)?[^,，。]{{0,8}}"
    rf"|(?:{_THIS})[ ,，]*(?:为什么|为啥|为嘛|干嘛|干啥)(?:一定|非)?(?:还)?(?:要|得)?"
    r"(?:问|填|写|留|知道|给)(?:我)?"
    rf"|问(?:我)?(?:{_THIS})(?:干什么|干嘛|干啥|做什么|有(?:什么|啥|嘛)用)){_END}"
)
_ABOUT = re.compile(
    rf"^(?:我想问|请问|问一下|那)?[ ,，]*(?:(?P<first>[^,，。?？]{{1,10}}?)(?:{_MEANS})"
    rf"|{_WHY}(?:填|写|问|留|知道|给)?(?P<why>[^,，。?？]{{1,10}}?)"
    rf"|(?:什么|啥|嘛)(?:是|叫)(?P<last>[^,，。?？]{{1,10}}?)){_END}"
)

_POINTING = re.compile(r"^(?:这|那)个?|的$")

_NO_CODE = re.compile(
    r"(?:没|未|收不|等不)(?:有)?(?:收)?到?[^,，。]{0,3}(?:验证码|短信|码)"
    r"|(?:验证码|短信|码)[^,，。]{0,5}(?:没|收不|不来|半天|还不)(?!错|问题)"
)
_CODE_AGAIN = re.compile(
    r"(?:请|麻烦|帮我|给我|你们?|您|能不能|可以|可不可以|我|要|想|[ ,，])*+"
    r"(?:(?:再|重新?|补)(?:给我)?(?:发|获取|来|要|弄|推)(?:送)?(?:一?[下次个条遍])?(?:给我)?|重发|重来一[个条次])"
    r"(?:一?[下次个条遍])?(?:验证码|短信|码)?"
    r"(?:一?[下次个条遍]|吧|了|吗|行吗|好吗|呗|啊|谢谢|[ ,，。.!！?？])*+"
    r"|(?:验证码|码|短信)?(?:已经|都|就)?(?:过期|失效|超时)了?(?:[ ,，。!！吧啊])*+"
    r"|(?:还|都|一直)?(?:没有?(?:收到?|来)|收不到|没到)(?:呢|啊|呀|了|[ ,，。!！])*+"
)
_REBATE = re.compile(
    r"(?:给|能|得|要|有|先).{0,6}(?:返(?:点|现|利|钱|我)|回扣|回点)|返点现|返现|返利|返佣|送(?:我)?(?:油卡|购物卡)"
)
_SURELY = r"(?:保证|肯定|一定|百分百|百分之百|100%|绝对|打包票|打保票|包)"
_DONE = r"(?:赔|理赔|通过|过审|批|退|承保|核保|办成|办下来|给钱|到账|续上)"
_PROMISE = re.compile(
    rf"(?:{_SURELY}[^,，。;；]{{0,6}}{_DONE}|{_DONE}[^,，。;；]{{0,4}}{_SURELY})[^,，。;；]{{0,8}}"
    r"(?:[吗么嘛吧不没]|是不是|对不对|行不行|[?？])[啊呀呢?？。!！ ]*$"
    rf"|(?:能不能|可不可以|敢不敢|能否){_SURELY}[^,，。;；]{{0,6}}{_DONE}"
)
_OUTRIGHT = re.compile(
    r"(?:[你您]们?|就|直接|给我|痛快|赶紧|先|到底|究竟|那|这个?|我|句|话|[说讲,， ])*+"
    r"(?:能|会|可以)?(?:赔不赔|能不能赔|赔还是不赔|赔吗|能赔吗|给不给赔)[啊呀呢吧?？。!！ ]*"
)
# How much, before anybody has looked at it: the limits of the law are no answer to that.
_HOW_MUCH = re.compile(
    r"(?:那|我|这|你们?|您|保险|公司|大概|大约|一般|最多|到底|估计|事儿?|车|[说讲,， ])*+"
    r"(?:能|会|可以|得|要)?(?:给我)?赔(?:给?我|下来|付)?"
    r"(?:多少|几个?)(?:钱|块|万)?[啊呀呢吧?？。!！ ]*"
)
_FAULT = re.compile(
    r"(?:是|算|该|应该|应当|得|肯定|不是|都是|就是)*(?:他|她|我|对方|对面|人家|谁|前车|后车|双方)们?"
    r"(?:的|负|是|算|要|该|应该|得)*(?:全责|主责|次责|同责|责任|过错|错)"
    r"(?:吧|吗|么|嘛|对吧|对不对|是不是|对吗|是吧|呢|啊|呀|[?？。!！ ])*$"
)
_ASKS_FAULT = re.compile(r"[?？吧吗么嘛]|谁|是不是|对不对|算")
_A_STORY = 30
# «返点现我就买» bargains, whatever was asked.
_BARGAIN = re.compile(r"返.{0,6}(?:我)?(?:就|才|马上|立马)(?:买|投|办|签|续|交)")


def code_did_not_come(heard: Heard) -> list[Command]:
    """«没收到验证码», «重发» is about the code asked for; alone it would sound like a fraud."""
    slot = heard.pending()
    if slot is None or slot.type is not one_time_code:
        return []
    again = _NO_CODE.search(heard.text) or _CODE_AGAIN.fullmatch(heard.bare)
    return [SendCodeAgain()] if again else []


def asked_what_it_means(heard: Heard) -> list[Command]:
    """Explain the open question, or another field of the form that is named."""
    flow = heard.flow
    if flow is None or flow.pending() is None:
        return []
    if _ABOUT_THIS.match(heard.bare):
        return [Help()]
    match = _ABOUT.match(heard.bare)
    subject = next((part for part in match.groups() if part), "") if match else ""
    slot = _field(flow, _POINTING.sub("", subject).strip()) if subject else None
    return [Help(slot.name)] if slot else []


def wants_a_rebate(heard: Heard) -> list[Command]:
    """«给我返点现我就买»: say plainly that nobody may (BXF 116), and go on with the form."""
    slot = heard.pending()
    if slot is None or not _REBATE.search(heard.text):
        return []
    if slot.type.greedy and not _BARGAIN.search(heard.text):
        return []  # a story of somebody who was promised a rebate is a story
    return [Say(phrases.NO_REBATE)]


def wants_a_promise(heard: Heard) -> list[Command]:
    """«能保证赔吗» in a form: nobody may promise what a review decides; then the form goes on."""
    if heard.flow is None or heard.reading.escalation.level not in ("none", "P2"):
        return []
    if heard.flow.told_apart_by and (said := _not_to_be_told(heard.bare)):
        return [Say(said)]
    if not _PROMISE.search(heard.bare):
        return []
    slot = heard.pending()
    told = slot is not None and slot.type.greedy and len(heard.bare) > _A_STORY
    return [] if told else [Say(phrases.NO_PROMISE)]


def _not_to_be_told(text: str) -> str:
    """Return what to say to whoever reports an accident and asks what only a review decides."""
    if _FAULT.search(text) and _ASKS_FAULT.search(text):
        return phrases.NO_VERDICT
    if _HOW_MUCH.fullmatch(text):
        return phrases.NO_AMOUNT
    return phrases.NO_PROMISE if _OUTRIGHT.fullmatch(text) else ""


def _field(flow: Flow, subject: str) -> Slot[Any] | None:
    """Return the field whose name was said; one without an explanation is left to the FAQ."""
    fields = [*flow.relevant(), *flow.slots.values()]
    named = (s for s in fields if subject in (s.label, *s.called))
    return next((slot for slot in named if flow.explanation(slot)), None)
