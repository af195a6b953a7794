"""看懂保单：把客户自己那份保单上的词逐条讲清，写明出处；没核验时只讲词，不讲保单。"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.back_office import BackOffice, PolicyView
from bot.desks.identity import Assurance
from bot.desks.policies import PolicyWish, TermNote
from bot.dialogue import core_system
from bot.dialogue.flow import Flow, Outcome, Slot
from bot.dialogue.slot_types.numbers import policy_number
from bot.dialogue.slot_types.plate import plate
from bot.dialogue.slot_types.text import free_text

_WORDS = (
    "免赔|保额|限额|保险金额|特别约定|特约|三者|第三者|车损|座位险|车上人员|划痕|医保外|自费药"
    "|等待期|既往症|续保条件|伤残等级|津贴|医院范围|累计|管道破裂|电网|充电桩|条款|保障|责任"
)
_MOST_NOTES = 6
_MINE = "我的保单看懂了吗"
_NO_FIGURES = "您保单上写的是多少，回复「我的保单看懂了吗」，核对身份后我照您的保单讲。"
_NOT_KNOWN = "这个词我没有把握，不敢随便讲。回复「人工」，请工作人员照条款给您解释。"


class PolicyExplain(Flow):
    """Explain the words of one's own policy with the clause they come from (S11)."""

    name = "policy_explain"
    title = "看懂保单"
    keeps_draft = False
    knowledge_first = True
    taps = (_MINE, "看懂保单", "解读我的保单", "讲讲我的保单")
    told_by = (
        r"(?:帮我|给我)?(?:解释|讲讲|说说|看看|解读)?(?:一下|下)?"
        r"(?:我的?这?|这|那)(?:个|份|张)?(?:保单|保险|车险|合同)?(?:上|里)?(?:面)?(?:写)?的?的?"
        rf"(?:绝对)?(?:{_WORDS}).{{0,8}}?"
        r"(?:是?(?:啥|什么|嘛|怎么个?)意思|怎么理解|怎么算|看不懂|没看懂|不懂)[?啊呢]*"
        r"|(?:我的?|这份?)保单.{0,6}(?:看不懂|没看懂|怎么看|看不明白)[?啊呢]*"
    )

    mine_by = (
        r"(?:查查?|看看?|查看)?(?:一下|下)?(?:保单|保险|车险|商业险|交强险)?(?:的|上|里|面)*"
        r"特别约定(?:[^,，。?？]{0,4}(?:写|是|有|说|约定)[^,，。?？]{0,3}(?:啥|什么|嘛|哪些)|呢)"
    )

    plate = Slot(plate, label="车牌号", ask="请告诉我车牌号。", optional=True)
    policy_number = Slot(policy_number, label="保单号", ask="请告诉我保单号。", optional=True)
    seen = Slot(
        free_text,
        label="看过的保单",
        ask="哪一份保单？",
        optional=True,
        shown=False,
        remembered=True,
    )

    @property
    def confirm(self) -> bool:
        """Reading needs no yes."""
        return False

    @property
    def requires(self) -> Assurance:
        """A word alone is explained to everybody; the policy it stands on only to its holder."""
        return "V2" if self.kept.get("mine") else "V0"

    @property
    def reads_policies(self) -> str:
        """Return whose policy is explained; a word alone needs none."""
        return "own" if self.kept.get("mine") else ""

    def begin(self, office: BackOffice) -> None:
        """One's own policy is meant where it is said so, or where we know who asks."""
        asked = self.utterance[:200]
        self.kept["asked"] = asked
        words = [note for note in office.term_notes() if _names(note, asked)]
        whole = asked.strip() in self.taps or not words
        mine = re.search(r"我(?:的|这|那|家)?.{0,3}(?:保单|保险|车险|合同)", asked)
        self.kept["mine"] = bool(whole or mine or office.level >= "V2")

    def submit(self, office: BackOffice) -> Outcome:
        """Explain with the figures of the policy where there is one."""
        asked = str(self.kept.get("asked") or "")
        named = [note for note in office.term_notes() if _names(note, asked)]
        if not self.kept.get("mine"):
            text = "\n\n".join(map(_note, named[:_MOST_NOTES]))
            return Outcome.say(f"{text}\n\n{_NO_FIGURES}" if text else _NOT_KNOWN, _MINE, "转人工")
        policies = self._meant(office, named)
        if not policies:
            return Outcome.say("没有查到您名下的保单，需要的话回复「人工」。", "转人工")
        first, *others = policies
        self.values["seen"] = first.number
        text = "\n\n".join([_figures(first, named), *map(_note, self._notes(office, first, named))])
        text = core_system.dated(text, office)
        more = (f"看懂保单 {policy.number}" for policy in others[:2])
        return Outcome.say(text, *more, "查我的保单", "转人工")

    def _meant(self, office: BackOffice, named: Sequence[TermNote]) -> list[PolicyView]:
        """Return the policies that may be meant, the likeliest first and whole."""
        number = self.policy_number or ""
        wish = PolicyWish(number=number, plate=self.plate or "")
        policies = list(office.find_policies(wish, self.title).views)
        likely = sorted(policies, key=lambda p: self._likeliness(p, named), reverse=True)
        if len(likely) > 1:
            # Several come as cards; the one that is explained is looked at as a whole.
            likely[:1] = office.find_policies(PolicyWish(number=likely[0].number), self.title).views
        return likely

    def _likeliness(self, policy: PolicyView, named: Sequence[TermNote]) -> tuple[bool, ...]:
        deductible = any(note.code == "deductible" for note in named)
        return (
            policy.number == self.seen,
            policy.running,
            any(policy.kind in note.kinds for note in named),
            deductible and any(cover.deductible for cover in policy.covers),
        )

    def _notes(
        self, office: BackOffice, policy: PolicyView, named: Sequence[TermNote]
    ) -> Sequence[TermNote]:
        """Explain the words that were named, else those that stand on the policy."""
        fitting = [note for note in named if policy.kind in note.kinds]
        return (fitting or list(named) or _on_it(policy, office.term_notes()))[:_MOST_NOTES]


def _names(note: TermNote, asked: str) -> bool:
    return any(word in asked for word in note.called)


def _on_it(policy: PolicyView, notes: Sequence[TermNote]) -> list[TermNote]:
    """Return the notes about what this policy has: its coverages, its deductibles, its facts."""
    printed = "；".join((*policy.coverages, *(label for label, _ in policy.facts)))
    here = [n for n in notes if policy.kind in n.kinds and any(w in printed for w in n.called)]
    common = [n for n in notes if not n.kinds and any(w in printed for w in n.called)]
    limit = [n for n in notes if n.code == "limit"]
    special = [n for n in notes if n.code == "special" and policy.special]
    return list(dict.fromkeys([*here, *common, *limit, *special]))


def _figures(policy: PolicyView, named: Sequence[TermNote]) -> str:
    """Return what the policy itself says, the deductible too where there is none."""
    subject = f"（{policy.subject}）" if policy.subject else ""
    lines = [f"您的【{policy.product}】{subject}上写的是："]
    wanted = [c for c in policy.covers if any(_about(n, c.name) for n in named)] or policy.covers
    for cover in wanted:
        deductible = f"，免赔：{cover.deductible}" if cover.deductible else "，没有约定免赔"
        lines.append(f"· {cover.name}：{cover.amount or '见条款'}{deductible}")
    if policy.special:
        lines.append(f"· 特别约定：{policy.special}")
    lines.append(f"条款：{policy.clause or '见保单所附条款'}，以它为准。")
    return "\n".join(lines)


def _about(note: TermNote, cover: str) -> bool:
    return any(word in cover for word in note.called)


def _note(note: TermNote) -> str:
    return f"「{note.name}」{note.text}\n出处：{note.clause}"
