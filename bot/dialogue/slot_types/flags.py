"""Yes-or-no facts that customers mention unasked: injured, drivable, police reported."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from bot.dialogue.slot_types import flag_words as words
from bot.dialogue.slot_types.base import Found
from bot.dialogue.slot_types.plain import CLAUSE, BooleanValue, blank, is_hypothesis, is_question
from bot.dialogue.slot_types.yes_no import yes_no

_UNSURE = re.compile(
    r"不知道|看不出|不清楚|不确定|没准|说不好|不好说|可能|好像|估计|没注意|也许|拿不准"
    r"|难说|怕是|不晓得|伤没伤|有没有"
    r"|严不严重|会不会|是否|([\u4e00-\u9fff])没\1|没说|没问|一会儿?[再就要]|待会|准备"
    r"|打算|正要|正想|回头|想不想"
)
_CORRECTED = re.compile(r"^(?:[啊哦噢]不|(?:啊|哦|噢)?(?:不对|不是|错了|说错|弄错|搞错|更正))")
_DENIED = re.compile(r"(?:没有?|未|无|不|别|不用|不算|没太|没怎么|甭|防止|避免|以免|省得|免得)$")
_SOME_HURT = re.compile(
    r"(?:有|有人|有的|有一?个|有俩|有两个|一个|俩|两个|几个|伤了|受伤了|伤着了)[呢了的啊吧]*"
)
_CALLED = re.compile(r"(?:已经?|早|都)?(?:报|叫|打|来|到)(?:了|过)[呢了的啊吧]*")
_NEVER = re.compile(r"(?!)")


@dataclass(frozen=True)
class Flag(BooleanValue):
    """A boolean told by its own words; as an answer, also by a plain yes or no."""

    positive: re.Pattern[str] = _NEVER
    negative: re.Pattern[str] = _NEVER
    # One person hurt outweighs any number who are not.
    true_wins: bool = False
    # Short replies that mean yes only after our question.
    short_yes: re.Pattern[str] = _NEVER
    volunteered: bool = True
    greedy: bool = False

    def find(self, text: str, now: datetime) -> Found[bool] | None:
        """Return what is stated; questions, suppositions and doubts state nothing."""
        result: Found[bool] | None = None
        corrected = False
        for clause in CLAUSE.finditer(text):
            corrected = corrected or _CORRECTED.match(clause.group()) is not None
            said = self._in_clause(clause.group())
            if said is None and corrected and result and self.short_yes.fullmatch(clause.group()):
                said = True, (0, len(clause.group()))  # «没报警 啊不 报了»
            if said is None:
                continue
            value, (start, end) = said
            if not (self.true_wins and result and result.value and not corrected):
                result = Found(value, (clause.start() + start, clause.start() + end), 0.9)
            corrected = False
        return result

    def answer(self, text: str, now: datetime) -> Found[bool] | None:
        """Return what is stated, or what a plain yes or no means here."""
        if found := self.find(text, now):
            return found
        if self.short_yes.fullmatch(text.strip(" ,。!")):
            return Found(True, (0, len(text)), 0.9)
        return yes_no.answer(text, now)

    def _in_clause(self, clause: str) -> tuple[bool, tuple[int, int]] | None:
        if len(clause) > 120:
            clause = clause[:120]
        if is_question(clause) or is_hypothesis(clause) or _UNSURE.search(clause):
            return None
        if self.true_wins and (other := words.INJURED_OTHER.search(clause)):
            return True, other.span()
        denials = [match.span() for match in self.negative.finditer(clause)]
        rest = blank(clause, *denials)
        for match in self.positive.finditer(rest):
            if not _DENIED.search(rest[max(0, match.start() - 3) : match.start()]):
                return True, match.span()
        return (False, denials[-1]) if denials else None


injured = Flag("有", "无", words.INJURED_YES, words.INJURED_NO, True, _SOME_HURT)
drivable = Flag("能", "不能", words.DRIVABLE_YES, words.DRIVABLE_NO)
police_reported = Flag("已报警", "未报警", words.POLICE_YES, words.POLICE_NO, short_yes=_CALLED)
