"""缴费：查缴费记录，登记缴费异常；付到个人账户的当场拦住并交给人。"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from bot.back_office import BackOffice, PolicyView
from bot.desks.identity import Assurance
from bot.desks.policies import PolicyWish
from bot.dialogue import core_system
from bot.dialogue.flow import Flow, Outcome, Slot
from bot.dialogue.message import Reply
from bot.dialogue.request import Request, not_told, phone_slot, plate_slot
from bot.dialogue.slot_types.text import free_text

# 钱付给个人：业务员的微信、支付宝、银行卡、私人账户、收款码。
PRIVATE = re.compile(
    r"(?:私人|个人|私|他|她|业务员|代理人|经理|销售|小[王李张刘])(?:自己)?的?"
    r"(?:账户|账号|帐户|微信|支付宝|银行卡|卡(?:里|上|号)?|收款码|二维码)"
    r"|(?:转|付|打|汇|扫)(?:钱|款|保费)?(?:给|到)(?:了)?(?:业务员|代理人|经理|销售|他|她|个人|私人)"
    r"|私户|转他|转她"
)
_DOUBLE = re.compile(r"(?:两|二|2|多|重复)(?:次|回|遍|笔)|重复|多扣|扣多|双份|又扣")
_NOT_ISSUED = re.compile(r"没(?:有)?(?:出单|出保单|收到保单|保单|成功)|不出单|还没出")
_A_SUM = re.compile(r"\d|[一二两三四五六七八九十几][百千万]")
_MOST = 5
_STOP = (
    "请先停一下：保费只能付到公司账户或官方页面，业务员、任何个人都不能代收保费，也不能代领退保金。"
    "让您转到个人微信、支付宝、银行卡的，不要转。\n"
    "已经转了的：留好转账记录和聊天截图，马上跟对方要回；对方失联的，拨打 110 或反诈专线 96110。"
)
_FILED_PRIVATE = (
    "这件事我已经加急转给值班同事核查，编号 {number}，会有人联系您。要投诉的话，点「投诉」就行。"
)


class Pay(Request):
    """Look into a payment; ends with a ticket. Money to a private account is urgent."""

    name = "pay"
    title = "缴费问题"
    taps = ("缴费问题",)
    told_by = (
        r"(?:我们?|这|那|你们|今年|车险|好像|是不是|怎么|[ ,，])*(?:的)?(?:保费|钱|款)?(?:被)?"
        r"(?:重复|多)"
        r"(?:收|扣|交|缴|付)了?(?:我们?的?|两次|一次|一遍|一笔|一份|保费|钱|款|了)*"
    )
    examples = ("钱扣了没出单", "保费扣了两次", "付款失败了怎么办")
    notice = "保费只付到公司账户；谁让您转到个人微信、支付宝或银行卡都不要转。"

    details = Slot(
        free_text,
        label="缴费情况",
        when=lambda flow: not flow.private and (not_told(flow) or flow.sums_open),
        ask="什么时候付的、付了多少、用什么方式？页面或短信上怎么写的？",
        help="照付款记录说就行，比如“昨天下午微信付的，扣了两笔”。卡号、密码、验证码都不用写。",
    )
    plate = plate_slot(when=lambda flow: not flow.private and not flow.kept.get("known"))
    phone = phone_slot()

    @property
    def private(self) -> bool:
        """Tell whether somebody was asked to pay a person."""
        return bool(self.kept.get("private"))

    @property
    def sums_open(self) -> bool:
        """Tell whether a double payment still lacks what was paid and when."""
        return self.kept.get("issue") == "double" and not _A_SUM.search(self.words)

    def listens(self) -> bool:
        """Sums and times are taken down whenever they are said."""
        return True

    def begin(self, office: BackOffice) -> None:
        """See what it is about; whoever is verified has policies that we know."""
        super().begin(office)
        self.kept["known"] = office.level >= "V2"
        self._see(self.utterance)

    def hear(self, text: str, rest: str) -> None:
        """Keep the words, and notice a private account whenever it comes up."""
        super().hear(text, rest)
        self._see(text)

    def _see(self, text: str) -> None:
        if PRIVATE.search(text):
            self.kept["private"] = True
        if _DOUBLE.search(text):
            self.kept["issue"] = "double"
        elif _NOT_ISSUED.search(text):
            self.kept["issue"] = "not_issued"

    def opening(self, office: BackOffice) -> list[Reply]:
        """Say what protects the money, or the general rule."""
        return [] if self.private else super().opening(office)

    def progress(self, office: BackOffice) -> list[Reply]:
        """Put a person on it at once: the money may be going right now."""
        if not self.private or self.kept.get("number"):
            return []
        office.hand_off("P1", "保费付到私人账户", {"words": self.words})
        number = office.open_ticket(self.name, {"issue": "private_account", "words": self.words})
        self.kept["number"] = number
        return [Reply(f"{_STOP}\n{_FILED_PRIVATE.format(number=number)}", ("投诉",))]

    def facts(self) -> dict[str, Any]:
        """Say which kind of trouble it is."""
        issue = self.kept.get("issue") or "other"
        return super().facts() | {"issue": issue}

    def submit(self, office: BackOffice) -> Outcome:
        """Open the ticket, or add to the one that is open, and say what happens to the money."""
        if self.private:
            number = str(self.kept.get("number") or "")
            office.hand_off("P1", "保费付到私人账户", self.facts() | {"ticket": number})
            return Outcome.say(f"记下了，补充到 {number}，同事联系您时会带上。", "投诉", "转人工")
        outcome = super().submit(office)
        if said := _after(str(self.kept.get("issue") or ""), office):
            outcome.replies.append(Reply(said, ("查缴费", "转人工")))
        return outcome


def _after(issue: str, office: BackOffice) -> str:
    """Return what is known of this kind of trouble."""
    if issue == "double":
        days = office.fact("duplicate_refund")
        when = f"，{days}" if days else ""
        return (
            f"重复收的，核对交易号以后原路退回{when}，不会退到业务员或别人账户。"
            "请留好两笔扣款的交易号。"
        )
    if issue == "not_issued":
        days = office.fact("no_policy_promise")
        when = f"（{days}）" if days else ""
        return f"请注意：没有出单就还没有承保，车先不要上路；核查结果会尽快告诉您{when}。"
    return ""


class PayRecord(Flow):
    """Show the verified customer what was paid."""

    name = "pay_record"
    title = "缴费记录"
    keeps_draft = False
    taps = ("查缴费", "缴费记录", "查缴费记录")
    told_by = (
        r"(?:我的?|帮我|查一?下?|看看|我想|要)*(?:交费|缴费|付款|保费)(?:的)?"
        r"(?:记录|明细|情况)(?:在哪儿?看|查询)?"
        r"|(?:查|看|给我|帮我|一下|[ ,，])*(?:我的?|那|这)?(?:车险|保单|保险)的?"
        r"(?:交费|缴费|付款)的?(?:记录|明细|流水)"
        r"|(?:我|我们|今年|这|那|车险|保险|交强险|商业险|的|查下?|看看)*保费(?:都|已经?|是不是)*"
        r"(?:交|缴|付|扣)(?:了|清|齐|过|上|成功|没交|没缴|没付)*(?:没有?|吗|么)[?]?"
    )

    mine_by = (
        r"(?:查|看|一下|要|的|车险|保险|保单|交强险|商业险|一共|总共|都|到底|上次|[ ,，])*"
        r"(?:(?:交费|缴费|付款|保费)的?(?:记录|明细|流水)"
        r"|(?:交|缴|付)(?:过|了)(?:多少|几)(?:钱|块|次|回|保费))"
    )

    @property
    def confirm(self) -> bool:
        """A look-up needs no yes."""
        return False

    @property
    def requires(self) -> Assurance:
        """Payments are the holder's business."""
        return "V2"

    @property
    def reads_policies(self) -> str:
        """Payments stand on the policies."""
        return "own"

    def submit(self, office: BackOffice) -> Outcome:
        """Show state and payments of each policy."""
        views = office.find_policies(PolicyWish(), self.title).views
        if not views:
            return Outcome.say("没有查到您名下的保单。", "缴费问题", "转人工")
        text = "\n\n".join(map(_paid, self._whole(office, views)))
        text = core_system.dated(text, office)
        return Outcome.say(
            f"{text}\n\n和您付的对不上，点「缴费问题」告诉我；保费只付到公司账户。",
            "缴费问题",
            "开发票",
            "转人工",
        )

    def _whole(self, office: BackOffice, views: Sequence[PolicyView]) -> list[PolicyView]:
        """Return the policies with their payments: a list of several leaves those out."""
        if len(views) == 1:
            return list(views)
        wishes = (PolicyWish(number=view.number) for view in views[:_MOST])
        found = (office.find_policies(wish, self.title).views for wish in wishes)
        return [views[0] for views in found if views]


def _paid(view: PolicyView) -> str:
    head = (
        f"【{view.product}】{view.subject}\n保费 {view.premium_fen / 100:,.2f} 元，{view.payment}"
    )
    return head + "".join(f"\n· {payment}" for payment in view.payments)
