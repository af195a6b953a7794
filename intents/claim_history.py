"""出险记录：核验以后，从客户自己的案子数出过几次险、还有几件没结；没核验一个字不说。"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from bot.back_office import BackOffice
from bot.desks.claims import PastClaim
from bot.desks.identity import Assurance
from bot.dialogue import core_system
from bot.dialogue.flow import Flow, Outcome

_MOST = 5
_WHO = (
    r"(?:请问|想知道|想问|帮我|给我|查一?下|查查|看看|看一下|我名下|我的?车|这个?车"
    r"|我们家?|我家|我的?|[,， ])*"
)
_WHEN = (
    r"(?:今年|去年|前年|近一年|这一年|一年(?:里|内)?|最近|一共|总共|到现在|以前|之前"
    r"|到底|都)*"
)
_MANY = r"(?:几|多少)(?:次|回|起|件|个)"
_UNSETTLED = r"(?:未决|未结|没结|没了结|没办完|没结案|未结案|在办|没处理完|没赔完|正在办)"
_CASE = r"(?:理赔|赔案|案子|案件|报案|索赔|事故)"
_END = r"(?:记录)?[吗么嘛没呢啊呀了来着有 ]*[?？。]*"
_OPEN_ONLY = re.compile(_UNSETTLED)


class ClaimHistory(Flow):
    """Count and list the verified customer's claims."""

    name = "claim_history"
    title = "出险记录"
    keeps_draft = False
    taps = ("出险记录", "查出险记录", "理赔记录", "查理赔记录")
    told_by = (
        rf"{_WHO}{_WHEN}(?:出|发生|报)(?:过|了)?{_MANY}(?:险|案|事故|保险)?{_END}"
        rf"|{_WHO}{_WHEN}(?:理赔|赔|出险|报案|索赔)(?:过|了)?{_MANY}{_END}"
        rf"|{_WHO}{_WHEN}(?:还)?(?:有没有|是不是有|有几个|有几件|有多少|有)(?:过|什么)?"
        rf"{_UNSETTLED}(?:了)?的?{_CASE}{_END}"
        rf"|{_WHO}{_UNSETTLED}的?{_CASE}(?:还)?(?:有几个|有几件|有没有|有|几件|几个){_END}"
        rf"|{_WHO}{_WHEN}(?:有没有|是不是)?出过(?:险|事故){_END}"
        rf"|{_WHO}{_WHEN}(?:有没有|有过|有)(?:出险|理赔|报案)(?:的)?(?:记录|历史){_END}"
        rf"|{_WHO}{_WHEN}(?:的)?(?:出险|理赔|报案)(?:的)?(?:记录|次数|历史)"
        rf"(?:是|有)?(?:多少|几次|什么)?{_END}"
    )

    @property
    def confirm(self) -> bool:
        """A look-up needs no yes."""
        return False

    @property
    def requires(self) -> Assurance:
        """Claims say where somebody was and what happened: to the customer alone."""
        return "V2"

    @property
    def reads_policies(self) -> str:
        """The customer's cars stand on the policies."""
        return "own"

    def begin(self, office: BackOffice) -> None:
        """Keep the words: they say which of the claims are meant."""
        self.kept["asked"] = self.utterance[:200]

    def submit(self, office: BackOffice) -> Outcome:
        """Say how many, how many of them are open, and which."""
        asked, today = str(self.kept.get("asked") or ""), office.now.date()
        when, since, until = _span(asked, today)
        all_of_them = office.claim_history()
        meant = [c for c in all_of_them if since <= c.reported_at.date() <= until]
        if _OPEN_ONLY.search(asked):
            meant, when = [c for c in meant if c.open], f"{when}还没结案的"
        return Outcome.say(
            core_system.dated(_told(meant, when, len(all_of_them)), office),
            *(("查理赔进度", "催一下") if any(c.open for c in meant) else ("查我的保单",)),
            "转人工",
        )


def _span(asked: str, today: date) -> tuple[str, date, date]:
    """Return the time that is meant, in words and as days."""
    year = today.year
    for word, said, first, last in (
        ("前年", "前年", date(year - 2, 1, 1), date(year - 2, 12, 31)),
        ("去年", "去年", date(year - 1, 1, 1), date(year - 1, 12, 31)),
        ("今年", "今年", date(year, 1, 1), today),
    ):
        if word in asked:
            return said, first, last
    if re.search(r"近一年|这一年|一年", asked):
        return "最近一年", today.replace(year=year - 1, day=min(today.day, 28)), today
    return "", date.min, today


def _told(meant: Sequence[PastClaim], when: str, total: int) -> str:
    count, running = len(meant), sum(claim.open for claim in meant)
    if not count:
        others = f"（一共报过 {total} 次案）" if total else ""
        head = f"您名下{when}没有查到报案{others}。"
    else:
        more = "" if running == count else f"，其中 {running} 件还在办"
        head = f"您名下{when}报案有 {count} 件{more if running else '，都办完了'}。"
    lines = [_line(claim) for claim in meant[:_MOST]]
    if count > _MOST:
        lines.append(f"· 另外还有 {count - _MOST} 件更早的")
    foot = "只算在我们这里报过的；算保费时用的出险次数以行业平台和核保系统为准。"
    return "\n".join([head, *lines, foot])


def _line(claim: PastClaim) -> str:
    day = claim.reported_at
    subject = f"，{claim.subject}" if claim.subject else ""
    return f"· {claim.number}：{day.year}年{day.month}月{day.day}日报案{subject}，{claim.status}"
