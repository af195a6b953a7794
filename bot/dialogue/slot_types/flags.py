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
_DENIED = re.compile(
    r"(?:没有?|未|无|不|别|不用|不算|没太|没怎么|甭|防止|避免|以免|省得|免得"
    r"|(?:没有?|不用|[用不]着|不需要|不必|不要|别|甭|不)[叫打喊找])$"
)
_SOME_HURT = re.compile(
    r"(?:有|有人|有的|有一?个|有俩|有两个|一个|俩|两个|几个|伤了|受伤了|伤着了)[呢了的啊吧]*"
)
# «没问题» agrees to a wish; whether somebody is hurt it denies.
_NOTHING_WRONG = re.compile(
    r"(?:[都也还]|人|一切|大家|我们)*没有?(?:啥|什么|嘛|任何|大)?(?:问题|毛病)[的了啊呀]*"
)
# «没敢打», «还没顾上看»: what was not done says nothing about people.
_NOT_DONE = (
    r"^(?:[还也都倒我们]|一直|根本)*没(?:有|来得及|顾上|顾得上|工夫|时间)*"
    r"(?:敢|打|开|动(?!静)|走|报|拍|停|空|看|找|签|带|买|叫|说|联系|弄|修|换|拿|录|挪|熄)"
)
_CALLED = re.compile(r"(?:已经?|早|都)?(?:报|叫|打|来|到)(?:了|过)[呢了的啊吧]*")
_NEVER = re.compile(r"(?!)")
_PIECE = re.compile(r"[^\s,。;!、~.\0]+")
# Replies that shrug, or want something done or left: they tell no fact, one way or the other.
_SHRUGS = r"随便|随[你您]|无所谓|都(?:行|可以|成|好|随)|看着办|[你您]们?(?:定|说了算)"
_WISHES = (
    rf"{_SHRUGS}|不(?:用|需要|要|想|必|愿|管|麻烦)|甭|^别|没有?必要|[用犯]不着|算了|取消|免了"
    r"|[先再]不|先别|拒绝|拉倒|等等|等会|等一下|没(?:空|时间|工夫|功夫|法|办法|意思|兴趣)"
)
# «行», «好的» and «不行» answer a wish; whether somebody is hurt they do not tell.
_ASSENTS = (
    r"^嗯*(?:[好行成中妥能要用]|可以|ok|同意|愿意|需要|必须|当然|提交|确认|确定|麻烦|谢谢|感谢)"
    r"(?:[好行的了吧啊呀呢哈嘛哦噢您你们]|可以)*$|^对+[的了啊呀吧]*$|不(?:行|可以|能|成|中|了|同意|确认|提交)"
)


@dataclass(frozen=True)
class Flag(BooleanValue):
    """A boolean told by its own words; as an answer, also by a plain yes or no."""

    positive: re.Pattern[str] = _NEVER
    negative: re.Pattern[str] = _NEVER
    # One person hurt outweighs any number who are not.
    true_wins: bool = False
    # Short replies that mean yes only after our question.
    short_yes: re.Pattern[str] = _NEVER
    # Short replies that mean no only after our question.
    short_no: re.Pattern[str] = _NEVER
    # Words that are heard as no answer where nothing but a plain yes or no is left of a reply.
    idle: re.Pattern[str] = re.compile(_WISHES)
    # Where it must be known, «不用了» does not leave it for later: it is asked again.
    vital: bool = False
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
        pieces = _PIECE.findall(text)
        told = [piece for piece in pieces if not self.idle.search(piece)]
        if self.short_yes.fullmatch("".join(told)):
            return Found(True, (0, len(text)), 0.9)
        if self.short_no.fullmatch("".join(told)):
            return Found(False, (0, len(text)), 0.9)
        if len(told) == len(pieces):
            return yes_no.answer(text, now)
        said = yes_no.answer(" ".join(told), now) if told else None
        return Found(said.value, (0, len(text)), 0.9) if said else None

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


injured = Flag(
    "有",
    "无",
    words.INJURED_YES,
    words.INJURED_NO,
    true_wins=True,
    short_yes=_SOME_HURT,
    short_no=_NOTHING_WRONG,
    idle=re.compile(f"{_WISHES}|{_ASSENTS}|{_NOT_DONE}", re.IGNORECASE),
    vital=True,
)
drivable = Flag("能", "不能", words.DRIVABLE_YES, words.DRIVABLE_NO)
# Who has no need of the police has not called them.
police_reported = Flag(
    "已报警",
    "未报警",
    words.POLICE_YES,
    words.POLICE_NO,
    short_yes=_CALLED,
    idle=re.compile(_SHRUGS),
)
