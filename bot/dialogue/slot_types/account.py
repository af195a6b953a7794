"""What happened and what is broken, in the customer's own words, fit for a summary."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

_PARTS = (
    r"(?:保险杠|前杠|后杠|车门|门把手|翼子板|叶子板|机盖|引擎盖|发动机盖|后备箱|大灯|尾灯|雾灯"
    r"|后视镜|倒车镜|玻璃|天窗|轮胎|轮毂|车漆|漆|车身|车顶|底盘|中网|水箱|侧裙|地板|吊顶|墙"
    r"|家具|衣柜|沙发|床|电视|冰箱|空调|洗衣机|电器|设备|机器|货|箱)"
)
_BROKEN = (
    r"(?:凹|瘪|掉漆|掉了|裂|碎|坏|变形|划[了伤花痕]|断|破|漏"
    r"|脱落|刮花|花了|泡|淹|烧|湿|少了|丢了|鼓)"
)
_DAMAGE = re.compile(
    rf"[前后左右侧面内外]{{0,4}}{_PARTS}[^,，。;；！!？?\s吗么]{{0,10}}{_BROKEN}[^,，。;；！!？?\s吗么]{{0,8}}"
)
_DENIED = re.compile(r"没|未|不是|有没有")
_CLAUSE = re.compile(r"[^\s,，。;；!！?？]+[?？]?")
_NOT_TOLD = re.compile(
    r"[?？]|吗$|不对|错了|改成|改为|应该是|说错|报.{0,3}案|理赔|保险|保单|电话|手机|提交|确认"
    r"|[A-Za-z0-9]{4}|没别的|就这些|(?:以后|回头|后面)再?[补说]|谢谢|你好|您好|没人|没有人"
)
_LETTERS = re.compile(r"\w")
_LEAST, _MOST, _LONGEST = 5, 3, 60


def damage_in(story: str) -> str | None:
    """Return what the story says is broken; None where it names nothing."""
    found = [match.group() for match in _DAMAGE.finditer(story)]
    told = list(dict.fromkeys(words for words in found if not _DENIED.search(words)))
    return "；".join(told[:_MOST]) or None


def untaken(text: str, rest: str) -> Iterator[str]:
    """Yield the clauses that tell something no slot has taken: what may not be corrected later."""
    for clause in _CLAUSE.findall(text):
        long_enough = len(_LETTERS.findall(clause)) >= _LEAST
        if clause in rest and long_enough and not _NOT_TOLD.search(clause):
            yield clause


def account_of(clauses: Iterable[str], shown: Sequence[str]) -> str:
    """Return the clauses that are not ``shown`` already, as one short quotation."""
    told = [clause for clause in clauses if all(clause not in other for other in shown)]
    account = "，".join(told)
    return account if len(account) <= _LONGEST else f"{account[:_LONGEST]}…"
