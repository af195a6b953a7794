"""保单变更：说清改什么，一次告诉要什么材料，核验本人，登记给承保岗审核；批单生效才算变更。"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from bot.back_office import BackOffice, PolicyView
from bot.desks.changes import Change, changes
from bot.desks.policies import PolicyWish
from bot.desks.servicing import ServiceView
from bot.dialogue.flow import Outcome, Slot
from bot.dialogue.message import Reply
from bot.dialogue.policy_request import PolicyRequest, under_way
from bot.dialogue.slot_types.choice import Choice
from bot.dialogue.slot_types.photos import photos
from bot.dialogue.slot_types.text import free_text

_KINDS = [change for change in changes().values() if change.by == "customer"]
_ENOUGH = 12
_A_WORD, _MOST = 4, 400
_V3 = "这一类要由工作人员当面、视频或两人核实您本人以后，才能出批单；同事会联系您约时间。"


# Long words alone say only that something is to be changed: what into must be among them.
_INTO = re.compile(
    r"(?:改|换|变|写|错|打)(?:成|为|到|作)|(?:应该|其实|正确的?)是|应为|过户给|转给|卖给|给了|过给"
    r"|(?:加|减|去|取消|增加|减少|降|提|升|调)(?:上|掉|个|一个|一份|一名|一人|到|至|保)?.{2,}|[:：]"
    r"|(?:新的?|现在的?)(?:地址|电话|手机号?|车牌号?|邮箱|名字)?是|搬(?:到|去)|去世|走了"
)
# An order from our list, a yes: never what something is changed into.
_NO_VALUE = re.compile(
    r"(?:第?[一二三四五六七八九两\d]{1,2}[份个张条]?|确认|对|好的?|是的?|嗯+|行|可以|改|要改)[吧了啊呀。!！]*"
)
_BANK = re.compile(r"[^,，。;；]*(?:银行卡|卡号|账户|账号)[^,，。;；]*")


def _not_detailed(flow: Any) -> bool:
    if flow.kept.get("no_value"):
        return True
    said = _BANK.sub("", flow.words)
    told = len(said) >= _ENOUGH and _INTO.search(said) is not None
    return "details" in flow.values or not told


def _holds(flow: Any, said: str) -> str | None:
    """«那就改我自己的» is no phone number: what the kind must have is asked for again."""
    change: Change | None = flow.change
    wanted = change.holds if change else ""
    if change is not None and _NO_VALUE.fullmatch(said.strip()):
        # Asked once in vain, it is not to be guessed from the rest of the talk.
        flow.kept["no_value"] = True
        picked = flow.pick(said)
        return f"{'好的，就改这一份。' if picked else '没看到要改成什么。'}{change.ask}"
    if not wanted or change is None or re.search(wanted, re.sub(r"(?<=\d)[ -](?=\d)", "", said)):
        return None
    return f"没看到要改成什么。{change.ask}"


class Endorse(PolicyRequest):
    """Change a policy: what, whose, which; ends with a number and the whole list of documents."""

    name = "endorse"
    title = "保单变更"
    version = 2
    family = "endorsement"
    taps = ("保单变更", "申请批改")
    examples = ("车过户了保险要变更", "保单上的名字打错了要改", "我要给保单加个附加险")

    kind = Slot(
        Choice(tuple((c.code, c.title, c.words) for c in _KINDS), volunteered=True),
        label="变更项目",
        called=("变更类型",),
        ask="要改哪一项？点一下，或者直接说。",
        buttons=tuple(change.title for change in _KINDS),
        help="点最接近的一项，我再告诉您要准备什么材料；都对不上就点「其他变更」，用自己的话说。",
        deferrable=False,
    )
    details = Slot(
        free_text,
        label="改成",
        called=("内容",),
        belongs_to="kind",
        when=_not_detailed,
        check=_holds,
        ask="从什么改成什么，简单说一下。",
        help="用自己的话说就行，比如“从原来的 A 改成 B”；同事照这个核对材料，拿不准的会再问您。"
        "银行卡号、密码、验证码都不用写。",
    )
    photos = Slot(photos, label="材料照片", ask="请发材料照片。", optional=True, adds=True)

    @property
    def change(self) -> Change | None:
        """Return the kind of change, once it is known."""
        return changes()[self.kind] if self.kind else None

    @property
    def wants_proof(self) -> bool:
        """Nobody is asked who they are before it is clear what for."""
        return self.change is not None

    def suits(self, policy: PolicyView) -> bool:
        """Tell whether such a policy knows this change."""
        return policy.running and self.change is not None and self.change.fits(policy.line)

    def _look(self, office: BackOffice) -> list[Reply]:
        """A plate that none of the policies has is the new one, where the plate is changed."""
        if self.kind == "plate" and self.plate:
            mine = office.find_policies(PolicyWish(plate=self.plate), self.title).views
            if not mine:
                new, quote = self.plate, self.quotes.get("plate", "")
                self.forget("plate")
                self.keep("details", new, quote)
        return super()._look(office)

    def also_said(self, said: str) -> str | None:
        """«他叫李四», «加到300万» while the policy is asked for: part of what is to be changed."""
        if self.change is None or len(said) < _A_WORD or _NO_VALUE.fullmatch(said):
            return None
        told = "；".join(filter(None, (self.details, said)))
        self.keep("details", told[:_MOST], said)
        return "好的，这句我记下了。还差一样：是哪一份保单？"

    def progress(self, office: BackOffice) -> list[Reply]:
        """Say all that it takes as soon as the kind is known, once."""
        replies = super().progress(office)
        if self.change is None or self.kept.get("told") == self.change.code:
            return replies
        self.kept["told"] = self.change.code
        return [Reply(_explained(self.change)), *replies]

    def noticed(self, policies: Sequence[PolicyView]) -> str:
        """A period that has begun stays; say it before the rest is asked."""
        change = self.change
        begun = [p for p in policies if p.starts_at.date() <= p.ends_on and p.days_left >= 0]
        if change is None or not change.before_start_only or not begun:
            return ""
        return "" if any("没生效" in p.status for p in policies) else change.otherwise

    def prompt(self) -> Reply:
        """Ask for the new value in the words of its kind."""
        slot = self.pending()
        if slot is not None and slot.name == "details" and self.change is not None:
            return Reply(self.change.ask)
        return super().prompt()

    def invitation(self) -> str:
        """Return that photos may come now or later."""
        return "材料照片现在发、提交以后再发都行。"

    def submit(self, office: BackOffice) -> Outcome:
        """File it; what is missing and what happens next is said at once."""
        change = self.change
        view = self.file(office, change.code) if change else None
        if view is None or change is None:
            return self.not_filed()
        if not view.fresh:
            return Outcome.say(under_way(view), "查变更进度", "转人工")
        if change.person:
            office.hand_off("P2", f"保单变更：{change.title}")
        return Outcome.say(_filed(view, change, office), "查变更进度", "补变更材料", "转人工")


def _explained(change: Change) -> str:
    needed = "、".join(name for name, always in change.documents if always)
    others = "、".join(name for name, always in change.documents if not always)
    text = f"办「{change.title}」要准备：{needed}" + (f"；看情况还要：{others}" if others else "")
    notes = "".join(f"\n· {note}" for note in change.notes)
    return f"{text}。\n批单生效以前，还是按原来的保单。{notes}"


def _filed(view: ServiceView, change: Change, office: BackOffice) -> str:
    promise = office.fact("endorsement_days")
    due = f"材料齐了以后{promise}办好" if promise else f"预计 {view.due_on:%m月%d日} 前给您答复"
    missing = f"还差：{'、'.join(view.missing)}，照片直接发在这里就行。" if view.missing else ""
    seen = f"\n{_V3}" if change.level == "V3" else ""
    return (
        f"{change.title}已受理，受理号 {view.number}。{missing}{due}，有结果在这里通知您；"
        f"批单生效以后才算变更。{seen}"
    )
