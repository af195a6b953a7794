"""发票：开票、换开、补发；抬头和税号当场核对，核验本人后登记。"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.back_office import BackOffice
from bot.dialogue.flow import Outcome, Slot
from bot.dialogue.message import Reply
from bot.dialogue.policy_request import PolicyRequest, under_way
from bot.dialogue.slot_types.base import Found
from bot.dialogue.slot_types.choice import Choice
from bot.dialogue.slot_types.fact import FactText
from bot.dialogue.slot_types.plain import TextValue
from bot.dialogue.slot_types.tax_number import tax_number

_MAIL = re.compile(
    r"[A-Za-z0-9._%+\-]{1,64}@[A-Za-z0-9\-]{1,63}(?:\.[A-Za-z0-9\-]{1,63}){0,4}\.[A-Za-z]{2,24}"
)
_NO_MAIL = re.compile(r"没有?邮箱|没有|不用|不要|发?(?:到|在)?(?:这里|这儿|微信|短信)|就这")
_FIRM = re.compile(r"[^,，。]{2,40}(?:公司|厂|店|中心|事务所|合作社|商行|经营部)")


@dataclass(frozen=True)
class Mail(TextValue):
    """An address, or '' for whoever wants none."""

    volunteered: bool = True
    greedy: bool = False

    def find(self, text: str, now: datetime) -> Found[str] | None:
        """Return the address said in ``text``."""
        match = _MAIL.search(text)
        return Found(match.group(), match.span()) if match else None

    def answer(self, text: str, now: datetime) -> Found[str] | None:
        """Return the address, or that there is none."""
        if found := self.find(text, now):
            return found
        return Found("", (0, len(text)), 0.9) if _NO_MAIL.search(text) else None

    def show(self, value: str) -> str:
        """Return the address, or where else it goes."""
        return value or "不用，在这里通知"


_SPECIAL = (
    "专用发票要企业是一般纳税人，除了抬头和税号，还要开户行和账号、地址和电话，同事会联系您补齐；"
    "能不能抵扣请问您的税务人员。"
)
_REISSUE = "换开会先把原来那张红字冲掉再开新的；原来那张已经入账或抵扣的，请先告诉我们。"


def _opens(flow: Any) -> bool:
    return bool(flow.kind and flow.kind != "resend")


def _for_a_firm(flow: Any) -> bool:
    return _opens(flow) and (flow.buyer == "company" or flow.kind == "special")


class Invoice(PolicyRequest):
    """Issue, change or send an invoice; ends with a number."""

    name = "invoice"
    title = "开发票"
    version = 2
    family = "invoice"
    taps = ("开发票", "补发发票", "发票补发", "换开发票")
    examples = ("给我开张发票", "发票抬头开错了要重开", "发票还没收到")

    kind = Slot(
        Choice(
            (
                (
                    "reissue",
                    "换开（抬头或税号错了）",
                    "换开|重开|重新开|抬头[^,。]{0,6}错|错[^,。]{0,4}抬头|换(?:个|成)?[^,。]{0,6}抬头|红冲",
                ),
                ("resend", "补发（开过没收到）", "没收到|补发|重发|发票丢|再发|没给我发票"),
                ("special", "专用发票", "专票|专用发票"),
                ("issue", "开票", "开(?:张|个|一张)?(?:电子)?发票|要发票|开票"),
            ),
            volunteered=True,
        ),
        label="要办的",
        ask="是开票、换开，还是补发？",
        buttons=("开票", "换开（抬头或税号错了）", "补发（开过没收到）", "专用发票"),
        help="还没开过选「开票」；开过但抬头、税号错了选「换开」；开过找不到选「补发」；"
        "公司要抵扣税的选「专用发票」。",
        deferrable=False,
    )
    buyer = Slot(
        Choice(
            (
                (
                    "company",
                    "公司",
                    "公司|单位|企业|厂|店|中心|事务所|抬头是[^,。]{2,}(?:公司|厂|店)",
                ),
                ("person", "个人", "个人|自己|本人"),
            )
        ),
        label="开给",
        when=lambda flow: _opens(flow) and flow.kind != "special",
        ask="发票开给个人还是公司？",
        buttons=("个人", "公司"),
        help="要给单位报销的选「公司」，自己留着的选「个人」。",
        deferrable=False,
    )
    payee = Slot(
        FactText(
            r"抬头(?:写|是|为|开|填|用|[:： ])*([^\s,，。;；]{2,40}?"
            r"(?:公司|厂|店|中心|事务所|合作社|商行|经营部|学校|医院))"
        ),
        label="抬头",
        called=("抬头",),
        when=_opens,
        ask="发票抬头是什么？公司的请写营业执照上的全称，个人的写姓名。",
        help="抬头就是发票上“购买方”的名字。报销用的一般写单位全称，问一下单位财务最稳妥。",
        deferrable=False,
    )
    tax_no = Slot(
        tax_number,
        label="税号",
        called=("税号",),
        when=_for_a_firm,
        ask="税号（统一社会信用代码，18 位）是多少？",
        help="在营业执照右上角，18 位数字和字母。",
        deferrable=False,
    )
    mail = Slot(
        Mail(),
        label="接收邮箱",
        called=("邮箱",),
        ask="发到哪个邮箱？没有就回复「没有邮箱」，开好后在这里通知您。",
        help="比如 name@example.com。",
    )

    def progress(self, office: BackOffice) -> list[Reply]:
        """A firm that names itself where it was asked for a person or a firm has said its name."""
        said = self.utterance.strip(" ，。,.")
        if self.buyer == "company" and "payee" not in self.values and _FIRM.fullmatch(said):
            self.keep("payee", said, said)
        if self.buyer is None and self.payee and _FIRM.fullmatch(self.payee):
            self.keep("buyer", "company", self.payee)
        return super().progress(office)

    def submit(self, office: BackOffice) -> Outcome:
        """File it and say when it comes."""
        view = self.file(office, self.kind or "issue")
        if view is None:
            return self.not_filed()
        if not view.fresh:
            return Outcome.say(under_way(view), "查发票进度", "转人工")
        promise = "special_invoice_days" if self.kind == "special" else "invoice_promise"
        when = office.fact(promise) or f"{view.due_on:%m月%d日} 前"
        extra = {"special": _SPECIAL, "reissue": _REISSUE}.get(self.kind or "", "")
        where = f"发到 {self.mail}" if self.mail else "在这里通知您怎么下载"
        return Outcome.say(
            f"发票已登记，编号 {view.number}，{when}办好，{where}。"
            f"发票金额按您实际付到公司账户的保费开。{extra}",
            "查发票进度",
            "转人工",
        )
