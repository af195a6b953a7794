"""Yes and no in all the ways customers say them; only as an answer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from bot.dialogue.slot_types.base import Found
from bot.dialogue.slot_types.plain import BooleanValue

_PIECE = re.compile(r"[^\s,。;!、~.\0]+")
# Said with a negative word but meaning yes.
_FIRM_YES = re.compile(
    r"没错|没问题|没毛病|没意见|没异议|不错|没得说|没有?(?:别的|其他|其它|补充|要改|需要改|什么改)"
    r"|不用改|不需要改|甭改|别改|无误|无异议|没有(?:问题|错|意见|毛病)|错不了|不改了?"
)
_NO = re.compile(
    r"不是|不对|不行|不可以|不能|不要|不用|不需要|不必|不想|不愿|不同意|不确认|不提交"
    r"|不太对|不好|不中|不成|不了"
    r"|不准|不叫|没有|没呢|还没|没[的了吧啊呀呢哈啦哦]*$|没人|没谁|错了|有误|有问题|有错"
    r"|否|甭|先别|别提|别交"
    r"|拒绝|算了|取消|等等|等会|等一下|先不|哪有|未|无$|^不|^没|^别|^错|^无|^莫|^no|^n$",
    re.IGNORECASE,
)
# Possessive: a reply is words of assent and nothing else, and is read in one pass.
_YES = re.compile(
    r"(?:嗯哼|嗯呐|对头|可以|okay|ok|yes|yep|y|提交|就这样|就这些|就这么[着办]?|确认"
    r"|确定|确实|正确|同意|愿意"
    r"|需要|当然|必须|好使|没跑|走起|一样|属实|完全|齐活|没错|谢谢|感谢|麻烦|[报交发办来提]吧"
    r"|[嗯对是好行中成可能要有用妥恩准得像全都您这就1☑👌👍的了吧啊呀呢哈嘛哒滴啦哦噢喽嘞咯])++",
    re.IGNORECASE,
)
_ONLY_PARTICLES = re.compile(r"[的了吧啊呀呢哈嘛哒滴啦哦噢喽嘞咯您这就谢感麻烦都像]++")
_QUESTION = re.compile(
    r"[?]|吗$|怎么|咋|为什么|为嘛|多少|多久|什么|嘛意思|哪|能不|行不|是不是|有没有|可不可以"
)
_UNSURE = re.compile(r"不知道|不清楚|不确定|不记得|忘了|说不好|没注意|也许|可能|没看")
_CONTRADICTS = re.compile(r"不对|不是|错了|但是?|就是.{0,6}[错不]")
_MAX_LENGTH = 30


def _reading(pieces: list[str]) -> bool | None:
    """Return what a short reply without punctuation means."""
    bare = "".join(pieces)
    if _FIRM_YES.search(bare):
        # 没错 but also 不对: what contradicts itself is asked again.
        return None if _CONTRADICTS.search(bare) else True
    if any(_NO.search(piece) for piece in pieces):
        return False
    return True if any(map(_assents, pieces)) else None


def _assents(piece: str) -> bool:
    return bool(_YES.fullmatch(piece)) and not _ONLY_PARTICLES.fullmatch(piece)


@dataclass(frozen=True)
class YesNo(BooleanValue):
    """A plain yes or no."""

    volunteered: bool = False
    greedy: bool = False

    def find(self, text: str, now: datetime) -> Found[bool] | None:
        """Return nothing: yes to what?"""
        return None

    def answer(self, text: str, now: datetime) -> Found[bool] | None:
        """Return the answer a short reply gives; questions and doubts give none."""
        if len(text) > _MAX_LENGTH or _QUESTION.search(text) or _UNSURE.search(text):
            return None
        value = _reading(_PIECE.findall(text))
        return None if value is None else Found(value, (0, len(text)), 0.9)


yes_no = YesNo()
