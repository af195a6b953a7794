"""保单查询：核验身份后，给出脱敏的保单；说得出哪一份就细说，说不清就一份一张卡。"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from bot.back_office import BackOffice, PolicyView
from bot.desks.identity import Assurance
from bot.desks.policies import FoundPolicies, PolicyWish
from bot.dialogue import core_system
from bot.dialogue.flow import Flow, Outcome, Slot
from bot.dialogue.readers_policies import LISTED, POLICY_BUTTON, listing
from bot.dialogue.slot_types.numbers import policy_number
from bot.dialogue.slot_types.person import NAME
from bot.dialogue.slot_types.plate import plate
from bot.dialogue.slot_types.text import free_text
from bot.dialogue.words import FAMILY

# 客户的叫法 → 保单记录里的险种 line 和产品名里的字；次序是先细后粗。
_KINDS: dict[str, tuple[str, str]] = {
    "交强": ("auto", "强制"),
    "商业(?:车)?险|三者|车损|座位|划痕": ("auto", "商业"),
    "驾意|驾乘|司乘": ("accident", "驾乘"),
    "车险|汽车|车的?保险|车保": ("auto", ""),
    "家财|房子|房屋": ("home", ""),
    "意外": ("accident", ""),
    "健康|医疗|住院|百万": ("health", ""),
    "企财|企业财产": ("property", ""),
    "雇主": ("liability", "雇主"),
    "公众责任": ("liability", "公众"),
    "责任险": ("liability", ""),
    "货运|货物": ("cargo", ""),
    "保证险|履约|投标": ("surety", ""),
}
_OTHERS = re.compile(
    rf"{FAMILY}(?:名下)?的?(?:保单|保险|车险|险)|授权码"
    # «那我老婆的呢», after one's own were shown
    rf"|^(?:那么?|我们?家?|看+|查+|帮我|[ ,，])*+{FAMILY}(?:名下)?的呢?[?？啊吧 ]*$"
)
_COVERS = "车损|三者|第三者|座位|车上人员|划痕|玻璃|家财|意外|医疗|驾意|雇主|企财|货运|商业|交强"
_HOW_TO_GRANT = (
    "别人名下的保单，要他本人授权才能看：请他在这里说「授权家人查保单」，填您的姓名和手机号，"
    "把授权码告诉您；您再跟我说「授权码」加那 6 位数字就行。"
)
_BY_NAME = re.compile(
    rf"(?:查|看|调)(?:一?查|一?看|一?下)*(?P<name>{NAME})(?:名下|本人)?的?(?:全部|所有)?(?:保单|保险|车险)"
)
_ONLY_YOUR_OWN = "这里只给您看您本人名下的保单，别人的不显示。"
_MOST_CARDS = 5
_MOST_BUTTONS = 3
_SOON = 60


class PolicyQuery(Flow):
    """Show the policies of the verified customer, or those that somebody lets them see."""

    name = "policy_query"
    title = "保单查询"
    keeps_draft = False
    recognised_by = ("policy_number",)
    suggested_by = ("plate",)
    taps = ("查保单", "查我的保单", "我的保单")
    told_by = (
        r"(?:查|看|看看)?(?:一下|下)?(?:我的?)?(?:那|这)(?:个|份)"
        r"(?:车险|车的?保险|商业险|交强险|家财险|意外险|驾意险|医疗险|健康险|责任险|货运险|保单|保险)"
        r"(?:呢|怎么样|什么情况|的情况)?[?]?"
        r"|我?哪(?:一)?(?:份|个|张|单)?(?:保单|保险|险|车险)?(?:最|快|先|要|就|马上)*到期(?:了)?[?]?"
        r"|(?:那份?|你|您|先|请|帮我|告诉我|看看|查查|说说|我的?|这|[,， ])*"
        r"(?:车险|保险|保单|交强险|商业险)?(?:是|都)?(?:哪天|几号|哪一天|什么时候|嘛时候|多会儿)"
        r"(?:就|要|才)?到期(?:了|啊|呀|的|来着)*[?？]?"
        rf"|我的?(?:{_COVERS})险?(?:的|上)?(?:绝对)?(?:免赔(?:额|率)?|保额|限额)"
        r"(?:是|有|写的?)*(?:多少|几|嘛|什么)(?:钱|万|元|块)?(?:来着)?[?呀啊呢]*"
    )
    mine_by = (
        rf"(?:{'|'.join(_KINDS)}|保险|保单)(?:责任)?险?(?:里|上)?面?(?:都|到底|究竟|一共|是|我)*"
        r"(?:保|赔|管|含|包括?)(?:了|的|着)?(?:些)?(?:啥|什么|嘛|哪些|哪几样)"
        rf"|(?:{_COVERS})险?[^,，。?？]{{0,4}}(?:保额|限额|免赔额?)[^,，。?？]{{0,3}}(?:多少|几|嘛|多大|多高)"
        rf"|(?:{_COVERS})险?[^,，。?？]{{0,3}}(?:保|上|买|投)了(?:多少|几)"
        rf"|(?:{_COVERS})险?(?:这)?(?:够不够|够吗)"
        rf"|(?:{_COVERS})险?(?:是|有)?多少(?:钱|万|元)?[?？啊呀呢 ]*$"
    )
    picked_by = (
        rf"(?:那|这|看|我的?|要|说说|就)*(?:一)?(?:份|个|张)?(?:{'|'.join(_KINDS)})(?:责任)?(?:保?险)?"
        r"(?:那|这)?(?:一)?(?:份|个|张)?(?:的|呢|吧|保单|细节|详情|情况)*"
        r"(?:我?(?:保|上|买)了?(?:多少|几)(?:钱|万)?)?"
    )
    examples = (
        "查保单",
        "查下我的保险",
        "我保单到嘛时候",
        "我的车险什么时候到期",
        "我买的是什么险",
    )

    plate = Slot(plate, label="车牌号", ask="请告诉我车牌号。", optional=True)
    policy_number = Slot(policy_number, label="保单号", ask="请告诉我保单号。", optional=True)
    # What was shown alone: «这个免赔啥意思» is about it.
    seen = Slot(
        free_text,
        label="看过的保单",
        ask="哪一份保单？",
        optional=True,
        shown=False,
        remembered=True,
    )
    # What was shown as a list: «商业险那份» and «第二份» pick from it.
    listed = Slot(
        free_text,
        label="列出的保单",
        ask="哪一份保单？",
        optional=True,
        shown=False,
        remembered=True,
    )

    @property
    def confirm(self) -> bool:
        """A look-up needs no yes."""
        return False

    @property
    def requires(self) -> Assurance:
        """Policies are shown to their holder, or to whom the holder gave leave."""
        if not self.kept.get("others"):
            return "V2"
        return "V1" if self.kept.get("granted") else "V0"

    @property
    def reads_policies(self) -> str:
        """Return whose policies are looked up."""
        if not self.kept.get("others"):
            return "own"
        return "granted" if self.kept.get("granted") else ""

    def begin(self, office: BackOffice) -> None:
        """Keep the words: they may name a line («那个车险») or somebody else."""
        self.kept["asked"] = self.utterance[:200]
        self.kept["others"] = _OTHERS.search(self.utterance) is not None
        self.kept["granted"] = office.granted

    def submit(self, office: BackOffice) -> Outcome:
        """Show what was asked for, masked, and record that it was shown."""
        if self.kept.get("others") and not self.kept.get("granted"):
            return Outcome.say(_HOW_TO_GRANT, "查我的保单", "转人工")
        found, other = self._found(office)
        if not found.views:
            return Outcome.say(self._nothing(), "转人工")
        if len(found.views) == 1:
            self.values["seen"], text = found.views[0].number, _detail(found.views[0])
        else:
            text = _cards(found)
        if other:
            text = f"您名下没有查到这一类保单，下面是您现有的保单：\n\n{text}"
        if _BY_NAME.search(str(self.kept.get("asked") or "")):
            text = f"{_ONLY_YOUR_OWN}{_HOW_TO_GRANT}\n\n{text}"
        text = core_system.dated(text, office, granted=bool(self.kept.get("others")))
        if len(found.views) > 1:
            self.values["seen"] = ""  # what is asked next is not about the one shown before
            self.values[LISTED] = listing(self.name, found.views[:_MOST_CARDS])
        return Outcome.say(text, *_buttons(found.views))

    def _nothing(self) -> str:
        """Say it of what was named, or of all there is."""
        if self.plate or self.policy_number:
            return "没有查到符合的保单，请核对车牌号或保单号；需要的话回复「人工」。"
        return (
            "您核对的身份名下，我这里没有查到保单。可能是用别的手机号、别人或单位的名字投的，"
            "把车牌号或保单号告诉我再查一次；还不对就回复「人工」。"
        )

    def _found(self, office: BackOffice) -> tuple[FoundPolicies, bool]:
        """Return the policies, and whether they are other ones than what was asked for."""
        wishes = self._wishes()
        for number, wish in enumerate(wishes):
            found = office.find_policies(wish, self.title)
            if found.views:
                return found, number > 0
        return FoundPolicies(), False

    def _wishes(self) -> Sequence[PolicyWish]:
        """Return what to look for, and what to show where there is none of that kind."""
        others = bool(self.kept.get("others"))
        if self.policy_number:
            return [PolicyWish(number=self.policy_number, granted=others)]
        asked = str(self.kept.get("asked") or "")
        named = (kind for words, kind in _KINDS.items() if re.search(words, asked))
        line, product = next(named, ("", ""))
        plate = self.plate or ""
        exact = PolicyWish(plate=plate, line=line, product=product, granted=others)
        return [exact, PolicyWish(plate=plate, granted=others)] if line else [exact]


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _heading(policy: PolicyView) -> str:
    subject = f"（{policy.subject}）" if policy.subject else ""
    return f"【{policy.product}】{subject}"


def _cards(found: FoundPolicies) -> str:
    """Return one card a policy, and how to see the others."""
    shown, left = found.views[:_MOST_CARDS], len(found.views) - _MOST_CARDS
    text = "\n\n".join(map(_card, shown))
    if left <= 0:
        return (
            f"您有 {len(shown)} 份保单：\n\n{text}\n\n想看哪一份的细节，告诉我车牌、险种或保单号。"
        )
    more = f"{left} 份以上" if found.more else f"{left} 份"
    return (
        f"您的保单比较多，先看最近到期的 {len(shown)} 份：\n\n{text}\n\n"
        f"另外还有 {more}，告诉我险种或车牌可以单独看。"
    )


def _card(policy: PolicyView) -> str:
    lines = [
        _heading(policy),
        f"保单号：{policy.number}",
        f"状态：{policy.status}；到期日：{_day(policy.ends_on)} 24 时",
        f"投保人：{policy.holder}；被保险人：{policy.insured}",
        f"保费：{policy.premium_fen / 100:,.2f} 元（{policy.payment}）",
    ]
    if policy.coverages:
        lines.append("保障：" + "；".join(policy.coverages[:3]))
    return "\n".join(lines)


def _detail(policy: PolicyView) -> str:
    """Return everything about one policy."""
    lines = [
        _heading(policy),
        f"保单号：{policy.number}",
        f"状态：{policy.status}；到期日：{_day(policy.ends_on)} 24 时",
        f"保险期间：{_day(policy.starts_at.date())} 至 {_day(policy.ends_on)}",
        f"投保人：{policy.holder}；被保险人：{policy.insured}",
        f"保费：{policy.premium_fen / 100:,.2f} 元（{policy.payment}）",
    ]
    if policy.payments:
        lines.append("缴费记录：" + "；".join(policy.payments))
    if policy.coverages:
        lines.append("保障：" + "；".join(policy.coverages))
    if policy.facts:
        lines.append("；".join(f"{label}：{value}" for label, value in policy.facts))
    lines.append("理赔记录：" + ("；".join(policy.claims) or "没有"))
    if policy.special:
        lines.append(f"特别约定：{policy.special}")
    if policy.clause:
        lines.append(f"条款：{policy.clause}")
    if policy.holder_of_grant:
        lines.append(f"（经 {policy.holder_of_grant} 授权查看）")
    return "\n".join(lines)


def _buttons(policies: Sequence[PolicyView]) -> tuple[str, ...]:
    """Lead on to one policy, to its words, and to its renewal where that is near."""
    if len(policies) > 1:
        return (
            *(POLICY_BUTTON.format(number=p.number) for p in policies[:_MOST_BUTTONS]),
            "我的保单看懂了吗",
            "转人工",
        )
    only = policies[0]
    renew = ("办续保",) if only.running and only.days_left <= _SOON else ()
    return ("我的保单看懂了吗", *renew, "查理赔进度", "转人工")
