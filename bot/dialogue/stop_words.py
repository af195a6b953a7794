"""How customers say that some kind of message shall stop: every way of saying it, for every kind.

«不想再收到续保提醒», «别发营销短信», «问卷停了吧»: a flow names its kinds, and begins where a
message is nothing but such a wish. Being left alone must be as easy as it can be.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

# The ways things are sent; a kind is named with one of them or, some of them, by itself.
SENT: Final = (
    r"(?:提醒|通知|短信|简讯|消息|信息|电话|推送|邮件|链接|推荐|资讯|内容|祝福|广告)"
    r"(?:短信|消息|推送|通知|电话|提醒)?"
)
RENEWAL: Final = (
    rf"(?:(?:车险|保险|保单)?(?:续保|到期|续费)(?:的|类|那种|那些)*{SENT}"
    rf"|(?:催|提醒)(?:我|人)?续保的?{SENT})"
)
# «不想被提醒续保», «以后续保不用通知我»: the thing itself, and that nobody shall speak of it.
RENEWAL_UNSPOKEN: Final = (
    r"(?=.{4,30}$)(?:我|请|你们?|您|麻烦|能不能|可以|以后|今后|真的|也|就|[ ,，])*+"
    r"(?:(?:不想要?|不愿意?|不要|不用|不需要|不希望|别|甭|勿|不必)"
    r"(?:再|老|总|天天|被|让人|你们|[ ,，])*+"
    r"(?:提醒|通知|催|问)(?:我|着)?(?:要|去|来|该)?续(?:保|费)(?:的事|这事)?"
    r"|续保?(?:的)?(?:事|这事|这件事)?(?:就|也|都|真的|以后|[ ,，])*+"
    r"(?:不用|不要|不需要|别|甭|不必|少)(?:再|老|总|天天|给我|跟我|来|[ ,，])*+"
    r"(?:通知|提醒|催|问|找|烦|联系|告诉)(?:我|人)?)"
    r"(?:了|啦|吧|呗|啊|行吗|好吗|谢谢您?|太烦|[ ,，.。!！?？])*+"
)
SURVEY: Final = (
    r"(?:满意度|服务|理赔|回访|问卷|调查|打分|评价|评分)*(?:回访|问卷|调查|打分|评价)"
    rf"(?:的|类|那种|表|邀请|单)*(?:{SENT})?"
)
MARKETING: Final = (
    r"(?:(?:营销|推广|推销|促销|广告|活动|优惠|打折|产品|宣传|生日|节日|保险知识|知识|订阅|群发"
    rf"|公众号)(?:的|类|那种|那些)*(?:{SENT})"
    r"|营销|推广|推销|广告|短信|简讯|消息推送|推送|群发|消息|优惠活动|保险知识)"
)

_GUARD = r"(?=.{2,40}$)"
_BEFORE = (
    r"(?:我|请|您|你们?|麻烦|拜托|求求|能不能|能|可不可以|可以|以后|今后|从今|往后|那|就|也|真的|实在"
    r"|是|一直|老是|天天|都|全|帮|给|把|的|想|要求?|申请|这些|那些|这种|那种|什么|所有|一切|任何"
    r"|[ ,，])*"
)
_NOT_WISHED = (
    r"(?:不想要?|不愿意?|不要|不用|不需要|不希望|不喜欢|不准|不许|无需|别|甭|勿|拒绝|停止|不再|不必"
    r"|不打算)"
)
_TO_ME = (
    r"(?:再|老|总|老是|总是|一直|继续|天天|给我|向我|跟我|对我|往我这儿?|让我|我|被|来|乱|瞎|们"
    r"|任何|什么|这些|那些|这种|那种|你们的?)*"
)
_GET = r"(?:收到?|接到?|接收|接受|看到?|发送?|推送?|打|做|弄|搞|填|来)"
_AFTER = (
    r"(?:也|都|全|全部|统统|就|你们?|帮我|给我|请|麻烦|能不能|可以|以后|真的|我|再|老|总|一律"
    r"|[ ,，])*"
)
_STOP = (
    r"(?:停(?:了|掉|止|一停|发|推)?|关(?:了|掉|闭)?|取消|退订?|退掉|屏蔽|拉黑|拒收|免了|免打扰"
    r"|打住|删了|去掉)"
)
_NO_MORE = (
    rf"(?:{_NOT_WISHED}(?:再|老|总|给我|向我|跟我|让我|来|[ ,，])*(?:{_GET}|要)?"
    r"|不(?:收|接|要|看|需要|想要|想收|想接|想看|做|填))"
)
_END = (
    r"(?:了|啦|给我|跟我|我|来|吧|呗|啊|呀|嘛|行吗|行不行|行不|好吗|可以吗|成吗|好不好|可以不|谢谢您?|谢了"
    r"|太烦|烦死|真烦|烦人|很烦|太多|受不了|太打扰|[ ,，.。!！?？~])*+"
)


def stops(*kinds: str) -> str:
    """Return what a message wholly is that wants these kinds to stop, one or several of them."""
    one = "|".join(kinds)
    what = rf"(?:{one})(?:(?:和|跟|与|、|还有|以及|或者?|[,，])(?:{one}))*"
    ways = (
        rf"{_NOT_WISHED}{_TO_ME}{_GET}(?:了|我|给我|着)*(?:你们|这些|那些|什么|任何|的)*{what}",
        rf"{_STOP}(?:所有|全部|这些|那些|我|你们|给我|发送?|接收|推送?|的)*{what}",
        rf"(?:不要|不想要|不需要|拒收|拒绝|不收|不接){_TO_ME}{what}",
        rf"{what}的?{_AFTER}(?:{_STOP}|{_NO_MORE})",
    )
    return rf"{_GUARD}{_BEFORE}(?:{'|'.join(ways)}){_END}"


def but_not(mixed: str, pure: str) -> str:
    """Return ``mixed`` without what is wholly ``pure``: that belongs to another flow."""
    return rf"(?!(?:{pure})$)(?:{mixed})"


def named(text: str, kinds: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """Return the codes of the kinds that ``text`` names, each word counted for one kind."""
    found = []
    for code, words in kinds:
        text, times = re.subn(words, " ", text)
        found += [code] if times else []
    return tuple(found)
