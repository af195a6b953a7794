"""投保提交以后客户要做的事：补退回的资料、签约前核对、换方案、撤回。"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, ClassVar

from bot.advice.form import form
from bot.back_office import ApplicationView, BackOffice
from bot.dialogue.flow import Flow, Outcome, Slot
from bot.dialogue.fold import fold
from bot.dialogue.form_slots import field_slot
from bot.dialogue.message import Reply
from bot.dialogue.slot_types.base import Found, Json, SlotType
from bot.dialogue.slot_types.choice import Choice
from bot.dialogue.slot_types.person import PersonName, name_alone
from bot.dialogue.slot_types.text import free_text

_FORM = form()
_NONE = "没有查到需要您办这一步的投保。想看进度，说“投保到哪了”；要投保，说“我要投保”。"
_GONE = "这件投保的状态刚刚变了，我没法再改。说“投保到哪了”看看最新情况，或者回复“人工”。"
_TO_CHECK = ("approved", "conditional")
_TO_CHANGE = (*_TO_CHECK, "postponed", "declined", "lapsed")
_TO_WITHDRAW = (
    *("received", "returned", "underwriting", "approved", "conditional", "postponed", "declined"),
    *("confirmed", "paying", "lapsed"),
)


def _about_one(flow: Any) -> bool:
    return bool(flow.number)


class _Following:
    """What all of these share: the newest application that waits for this step."""

    keeps_draft: ClassVar[bool] = False
    slots: ClassVar[dict[str, Slot[Any]]] = {}
    kept: dict[str, Json]

    @property
    def number(self) -> str:
        """Return the application this is about, '' when there is none."""
        return str(self.kept.get("about") or "")

    def found(self, office: BackOffice, *statuses: str) -> ApplicationView | None:
        """Return the newest application of this customer in one of these states, and note it."""
        views = [view for view in office.applications() if view.status in statuses]
        self.kept["about"] = views[0].number if views else ""
        return views[0] if views else None

    def done(self, ok: bool, text: str) -> Outcome:
        """Say what was done, or that somebody else was faster, or that there is nothing to do."""
        if not self.number:
            return Outcome.say(_NONE, "投保到哪了", "我要投保")
        return Outcome.say(text if ok else _GONE, "投保到哪了", "转人工")


class ApplyMend(_Following, Flow):
    """Hand in what sales returned, field by field."""

    name = "apply_mend"
    title = "补投保资料"
    taps = ("补投保资料", "补充投保资料")
    sounds_like = r"^(我要|我来|来)?(补|改|更正|重新填)(一下|交)?投保(的|单)?(资料|材料|信息|单)"

    other = Slot(
        free_text,
        label="要补的说明",
        ask="请按上面说的补一下，直接写给我就行。",
        help="同事写的问题里，有的不是表上的某一项，直接说明就行。",
        when=lambda flow: "" in flow.wanted,
        deferrable=False,
    )

    @property
    def confirm(self) -> bool:
        """Show the card only where there is something to mend."""
        return bool(self.number)

    @property
    def wanted(self) -> dict[str, str]:
        """Return what was returned: field → what is wrong with it."""
        kept = self.kept.get("wanted")
        return {str(k): str(v) for k, v in kept.items()} if isinstance(kept, dict) else {}

    def relevant(self) -> Iterator[Slot[Any]]:
        """Yield the fields that were returned, and what belongs to none."""
        return (s for s in self.slots.values() if s.name in self.wanted or s.when(self))

    def begin(self, office: BackOffice) -> None:
        """Take up what the newest returned application needs."""
        view = self.found(office, "returned")
        self.kept["wanted"] = {item.field: item.problem for item in view.items} if view else {}
        for name in self.wanted:
            # «津C66779», said without tapping first, is what was asked for.
            slot = self.slots.get(name)
            found = _read(slot.type, self.utterance, office.now) if slot else None
            if found and found.value is not None:
                self.keep(name, found.value, self.utterance)

    def prompt(self) -> Reply:
        """Ask with the reason it came back."""
        asked, slot = super().prompt(), self.pending()
        problem = self.wanted.get("" if slot is None or slot.name == "other" else slot.name, "")
        return Reply(f"同事说：{problem.rstrip('。')}。{asked.text}", asked.buttons)

    def submit(self, office: BackOffice) -> Outcome:
        """Put the application back into the line."""
        values = {n: self.slots[n].type.dump(v) for n, v in self.values.items() if n in self.wanted}
        ok = office.mend_application(self.number, values, str(self.other or ""))
        return self.done(ok, f"补好了，{self.number} 已经交回初审，有结果我会告诉您。")


def _read(kind: SlotType[Any], text: str, now: datetime) -> Found[Any] | None:
    """Return what was said without being asked; a name alone is one only where it is wanted."""
    found = kind.find(fold(text), now)
    if found is None and isinstance(kind, PersonName) and name_alone(text):
        return kind.answer(fold(text), now)
    return found


class ApplySign(_Following, Flow):
    """Check everything before the contract: what it holds, what was changed, which conditions."""

    name = "apply_sign"
    title = "签约前核对"
    taps = ("核对投保信息", "确认投保", "签约前核对")

    answer = Slot(
        Choice(
            (
                (
                    "yes",
                    "核对无误，我要投保",
                    r"无误|没问题|没错|都对|对的?$|^是的?$|确认|同意|接受|可以|我要投保",
                ),
                ("change", "有要改的", r"要改|改一下|不对|有误|错了|想换|调整"),
                ("no", "不投了", r"不投|不要了|不买|不接受|放弃|撤回"),
            )
        ),
        label="核对结果",
        when=_about_one,
        ask="请您核对，都对吗？",
        help="这是签约前最后一次核对：信息、条件、重要内容都看清再答。确认以后同事给您出缴费方案；没缴费之前您随时可以不投。",
        buttons=("核对无误，我要投保", "有要改的", "不投了"),
        deferrable=False,
    )
    change = Slot(
        free_text,
        label="要改的",
        ask="要改哪里？直接说，比如“三者改成 200 万”。",
        help="您说的原样转给办理的同事，改好了再请您核对一遍；没核对好不会往下办。",
        when=lambda flow: flow.answer == "change",
        deferrable=False,
    )

    @property
    def confirm(self) -> bool:
        """The card was shown as the question."""
        return False

    def begin(self, office: BackOffice) -> None:
        """Take up what waits for the customer's word."""
        view = self.found(office, *_TO_CHECK)
        if view is not None:
            self.kept["card"] = "\n".join(_card(view))

    def prompt(self) -> Reply:
        """Show the card with the question."""
        asked, slot = super().prompt(), self.pending()
        if slot is None or slot.name != "answer":
            return asked
        return Reply(f"{self.kept.get('card', '')}\n{asked.text}", asked.buttons)

    def submit(self, office: BackOffice) -> Outcome:
        """Record the customer's word with what they were shown."""
        if self.answer == "no":
            ok = office.withdraw_application(self.number, self.utterance[:200])
            return self.done(ok, f"好的，{self.number} 已经撤回，不收任何费用。以后想投随时找我。")
        if self.answer == "change":
            ok = office.change_application(self.number, str(self.change))
            text = f"记下了，{self.number} 已经退给销售同事按您说的调整，调好再请您核对。"
            return self.done(ok, text)
        told = {
            "text": str(self.kept.get("card", "")),
            "version": _FORM.version,
            "statement": _FORM.signing.version,
            "said": self.quotes.get("answer", "")[:100],
        }
        ok = office.confirm_application(self.number, told)
        text = (
            f"好的，{self.number} 您已经核对确认。同事会给您出缴费方案，"
            "缴费只认公司账户和官方页面，谁让您付给个人都别付。缴清、出了保单，才从保单写的时间起有保障。"
        )
        return self.done(ok, text)


class ApplyChange(_Following, Flow):
    """Ask for another way after an opinion that did not suit."""

    name = "apply_change"
    title = "换个投保方案"
    taps = ("换个投保方案", "换投保方案")

    wish = Slot(
        free_text,
        label="想怎么调整",
        when=_about_one,
        ask="想怎么调整？可以从给您的几个办法里选一个，也可以直接说想法。",
        help="比如“保额降到 30 万”“可以安排验车”。同事会按您说的重新评估，不保证一定能通过。",
        deferrable=False,
    )

    @property
    def confirm(self) -> bool:
        """Show the card only where there is something to change."""
        return bool(self.number)

    def begin(self, office: BackOffice) -> None:
        """Take up what may be changed."""
        view = self.found(office, *_TO_CHANGE)
        self.kept["ways"] = "；".join(view.alternatives) if view else ""

    def prompt(self) -> Reply:
        """Name the ways that were offered."""
        asked, ways = super().prompt(), str(self.kept.get("ways") or "")
        return Reply(f"可以考虑的办法：{ways}。\n{asked.text}" if ways else asked.text)

    def submit(self, office: BackOffice) -> Outcome:
        """Send it back to sales with the wish."""
        ok = office.change_application(self.number, str(self.wish))
        return self.done(ok, f"记下了，{self.number} 会按您说的重新评估，有结果我告诉您。")


class ApplyWithdraw(_Following, Flow):
    """Take an application back; nobody is talked out of it."""

    name = "apply_withdraw"
    title = "撤回投保"
    taps = ("撤回投保", "不投保了")

    sure = Slot(
        Choice(
            (
                ("yes", "确定撤回", r"确定|撤回|撤|^是的?$|^对$|^嗯+$|不投"),
                ("no", "再想想", r"再想|想想|不撤|先不|算了|留着"),
            )
        ),
        label="确定撤回",
        help="撤回就是这次不投了，资料不再往下走；不收费，以后还能再投。",
        when=_about_one,
        ask="确定撤回吗？撤回不收费，以后想投再填一次就行。",
        buttons=("确定撤回", "再想想"),
        deferrable=False,
    )

    @property
    def confirm(self) -> bool:
        """The question is the confirmation."""
        return False

    def begin(self, office: BackOffice) -> None:
        """Take up the newest one that can still be taken back."""
        view = self.found(office, *_TO_WITHDRAW)
        self.kept["what"] = f"{view.kind}投保 {view.number}（{view.label}）" if view else ""

    def prompt(self) -> Reply:
        """Say which one it is."""
        asked = super().prompt()
        return Reply(f"{self.kept.get('what', '')}：{asked.text}", asked.buttons)

    def submit(self, office: BackOffice) -> Outcome:
        """Take it back."""
        if self.sure == "no":
            return Outcome.say("好的，先留着。想看进度，说“投保到哪了”。", "投保到哪了")
        ok = office.withdraw_application(self.number, self.utterance[:200])
        return self.done(ok, f"{self.number} 已经撤回，不收任何费用。以后想投随时找我。")


def _card(view: ApplicationView) -> list[str]:
    """Return what is checked before the contract, differences first."""
    lines = [f"请核对您的{view.kind}投保（{view.number}）："]
    if view.changed:
        lines += ["【有改动，请特别看】", *(f"★ {difference}" for difference in view.changed)]
    if view.conditions:
        lines.append(f"【承保条件】{'；'.join(view.conditions)}")
    lines += ["【投保信息】", *view.lines]
    return [*lines, _FORM.signing.text]


ApplyMend.slots = {
    **{key: field_slot(field, lambda flow: False) for key, field in _FORM.fields.items()},
    **ApplyMend.slots,
}
