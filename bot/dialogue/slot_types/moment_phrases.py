"""Gather the words for time in an utterance into phrases, and tell what each is about."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from bot.dialogue.slot_types.moment_clock import Ago, Clock, Part, agos, clocks, parts
from bot.dialogue.slot_types.moment_days import Day, days
from bot.dialogue.slot_types.plain import blank

INCIDENT = re.compile(
    r"撞|碰|蹭|剐|刮|追尾|追了|追的|给追|被追|划|淹|泡|砸|烧|着火|起火|火灾|自燃|偷|丢"
    r"|盗|贼|撬|推走|摔|崴|滑倒|跌|磕|绊"
    r"|伤|出事|出的?险|出了?事|事故|发生|碎|裂|漏|跑水|爆|崩|炸|翻|掉|别了|顶|怼|压|扎"
    r"|轧|冰雹|雹子|坏|夹|断|疼|淋"
    r"|擦(?!黑)|卸|托底|拖底|挨了|亲上|熄火|抢了|栽|溅|淋湿|短少"
    r"|住院|入院|生病|发病|确诊"
    r"|冲|倒了|倒地|进水|泡水|涉水|抛锚|打滑|失控|停着|停在|发现|车祸|塌|咬"
)
_BUSINESS = re.compile(
    r"报过|报了|报的|报案|报警|报一下|打过?电话|来电|来过电话|联系|约|到期|生效|续保"
    r"|投保|买|交了?[费钱保]|缴"
    r"|[得要还](?:去|接|走|上|送|赶|出门|出差|开会|回)|开会|准备|打算|修|提车|取车|定损"
    r"|查勘|理赔|赔|给我|给您|回[个我]?电"
    r"|说好|答应|再说|有空|方便|能来|能过来|能不能|可以来|没弄完|没说完|没报完|接着|问"
    r"|咨询|投诉|发了|发过|发的"
    r"|天气|收到|出院|复查|体检|联络|回复|办|截止|之前|以前|营业|上班时间|下班时间|开门"
    r"|关门|签|过户|年检|批|值班|谢谢|感谢|表扬|到账|打款"
)
_BUSINESS_LEFT = re.compile(
    # «报案：昨天八点…» tells when it happened; only «报案时间» and «报案是» say when it was told.
    r"(?:报案(?=的?(?:时间|日期)|[是在于为]+$)的?|报的案|投保|到期|生效|起保|续保|购买|预约|约|签单|出单|出生|修到|等到|截止到?|截至)"
    r"(?:(?:时间|日期|日)[: ]*)?(?:是|在|为|写的?|[:到])*$"
)
_INCIDENT_LEFT = re.compile(
    r"(?:事故|出险|出事|发生|撞|蹭|剐|追尾|事发|案发)(?:的)?(?:时间|日期)?(?:是|在|为|[: ])*$"
)
_JOIN = re.compile(
    r"(?:那天|那会儿?|那阵儿?|的?时候|当天|大概其?|大约|差不多|可能|约莫?|就是|是|在|就"
    r"|得有|应该|估计|左右|前后"
    r"|吧|呢|啊|时候|时间|[的儿, ()])*+"
)
_RANGE = re.compile(r"[ ]*(?:到|至|-|~|—)[ ]*")
_STOP = re.compile(r"[\s,。;!?、]")
CORRECTED = re.compile(r"不对|不是|错了|错啦|说错|记错|改成|更正|应该是|重说|哦不|啊不|噢不")
NEGATED = re.compile(r"(?<![啊哦噢呃])(?:不是|不在|并非)$")


@dataclass(frozen=True)
class Phrase:
    """Words that together say one time."""

    span: tuple[int, int]
    day: Day | None = None
    part: Part | None = None
    clock: Clock | None = None
    ago: Ago | None = None

    @property
    def sharp(self) -> bool:
        """Tell whether it says more than a day or a part of one."""
        return bool(self.clock or (self.ago and not self.ago.vague))

    @property
    def weight(self) -> int:
        """Return how much it says."""
        return 2 * self.sharp + bool(self.day) + bool(self.part) + bool(self.ago)

    def completed(self, other: Phrase) -> Phrase:
        """Return this phrase with what it leaves open taken from ``other``."""
        if self.ago and not self.ago.vague:
            return self
        return replace(
            self,
            day=self.day or other.day,
            part=self.part or other.part,
            clock=self.clock or other.clock,
            ago=self.ago or other.ago,
        )

    def complements(self, other: Phrase) -> bool:
        """Tell whether the two say different things about one time."""
        if self.sharp and other.sharp:
            return False
        return not any(
            mine and theirs
            for mine, theirs in (
                (self.day, other.day), (self.part, other.part), (self.ago, other.ago)
            )
        )  # fmt: skip


# 昨晚傍晚: one evening said in two words, the later of which is the more exact.
_DARK = {"dusk", "evening", "night"}
Word = Day | Part | Clock | Ago


@lru_cache(maxsize=4)  # Several slots read the same message in turn.
def words(text: str, today: date) -> tuple[Word, ...]:
    """Return every word for time in the order said."""
    found: list[Word] = []
    for reader in (agos, lambda rest: days(rest, today), clocks, parts):
        new: list[Word] = list(reader(text))
        found += new
        text = blank(text, *(word.span for word in new))
    return tuple(sorted(found, key=lambda word: word.span))


def _with(phrase: Phrase, word: Word) -> Phrase | None:
    """Return the phrase with one more word, or None where the place is taken."""
    span = (phrase.span[0], word.span[1])
    match word:
        case Day() if not phrase.day:
            return replace(phrase, span=span, day=word)
        case Part() if not phrase.part or {phrase.part.name, word.name} <= _DARK:
            return replace(phrase, span=span, part=word)
        case Clock() if not phrase.sharp:
            return replace(phrase, span=span, clock=word)
        case Ago() if not phrase.ago:
            return replace(phrase, span=span, ago=word)
    return None


def phrases(text: str, today: date) -> list[Phrase]:
    """Return the phrases; of a range, the start."""
    found: list[Phrase] = []
    for word in words(text, today):
        if found:
            gap = text[found[-1].span[1] : word.span[0]]
            if _RANGE.fullmatch(gap):
                found[-1] = replace(found[-1], span=(found[-1].span[0], word.span[1]))
                continue
            if len(gap) <= 10 and _JOIN.fullmatch(gap) and (joined := _with(found[-1], word)):
                found[-1] = joined
                continue
        if first := _with(Phrase(word.span), word):
            found.append(first)
    return found


def _right(text: str, phrase: Phrase, limit: int) -> str:
    """Return the rest of the clause behind the phrase."""
    right = text[phrase.span[1] : min(limit, phrase.span[1] + 16)].lstrip(" 的我就,是在")
    stop = _STOP.search(right)
    return right[: stop.start()] if stop else right


def about(text: str, phrase: Phrase, since: int, limit: int) -> str:
    """Return what the words around a phrase make of it: incident, business, or nothing."""
    left = text[max(since, phrase.span[0] - 12) : phrase.span[0]]
    if _INCIDENT_LEFT.search(left):
        return "incident"
    if _BUSINESS_LEFT.search(left):
        return "business"
    if text.startswith(("的事", "的那事"), phrase.span[1]):
        return "incident"
    right = _right(text, phrase, limit)
    incident, business = INCIDENT.search(right), _BUSINESS.search(right)
    if business and not (incident and incident.start() <= business.start()):
        return "incident" if incident and "发现" in right else "business"
    return "incident" if incident else ""


def is_business(text: str) -> bool:
    """Tell whether an utterance is about dealings with us rather than an incident."""
    return _BUSINESS.search(text) is not None
