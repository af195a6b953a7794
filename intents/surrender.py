"""退保：先如实说规则和会失去什么，再核验本人登记，不设障碍；“代理退保”当场提醒。"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from bot.back_office import BackOffice, PolicyView
from bot.desks.changes import SURRENDER, changes
from bot.dialogue.flow import Outcome, Slot
from bot.dialogue.message import Reply
from bot.dialogue.policy_request import PolicyRequest, under_way
from bot.dialogue.slot_types.choice import Choice
from bot.dialogue.slot_types.photos import photos

_LEGAL = ("deregistered", "stopped", "lost")
_AGENT = re.compile(
    r"全额退|代理退|代办退|帮(?:我|人|忙)?(?:全)?退(?!不)|退保(?:代理|中介|公司|黑产)|有人(?:说|能|帮)[^,。]{0,8}退"
    r"|(?:收|交|付)[^,。]{0,6}(?:手续费|定金|服务费)[^,。]{0,6}退"
)
_WARNING = (
    "先提醒您一句：说能帮您“全额退保”“代理退保”的，都不可信。任何机构和个人不得违法代办退保，"
    "常见的是骗定金、骗身份证和银行卡、教人编投诉理由。您本人直接跟我们办，不收一分钱，要什么材料一次说清。"
    "已经给了钱或证件的，请马上拨打 110 或反诈专线 96110。"
)
_RULES = (
    "退保随时可以申请，我们不拦您，先把规则说清楚：\n"
    "· 交强险按法律只有三种情形能退：车辆注销登记、办理停驶、公安机关证实丢失；光是卖车不能退，"
    "要办过户变更。\n"
    "· 商业险和其他险：还没起保的退保费，可能扣合同约定的手续费；"
    "已经起保的，按合同约定扣掉已经过去那段的保费，退剩余部分。\n"
    "· 退了以后保障就没有了；没有交强险上路会被扣车、罚款。出过险的，按条款处理。\n"
    "· 退款只退到投保人本人账户；金额以批单核算为准，我这里不能预先说多少。"
)
_CANNOT = (
    "您名下的交强险，按您选的原因，不在法定的三种情形里，不能退；"
    "车卖了请办「过户」，保险跟车走。别的险可以退。"
)


def _reasons() -> tuple[tuple[str, str, str], ...]:
    return (
        ("deregistered", "车报废、注销了", "报废|注销"),
        ("stopped", "办理了停驶", "停驶|报停"),
        ("lost", "车丢了（公安已证实）", "被偷|丢了|盗|丢失"),
        ("sold", "车卖了、过户了", "卖(?!保险)|过户|转让"),
        ("twice", "买重了", "重复|买重|多买|两份"),
        ("unwanted", "不想要了", "不想(?!说)|不要|不需要|用不着|不保了"),
        ("unsaid", "不想说", "不想说|不方便说|没原因|没有原因|没什么"),
    )


# 一开口就说清楚的原因，不再问一遍；只收不会弄错的说法。
_SAID: tuple[tuple[str, str], ...] = (
    ("deregistered", r"报废|(?:车|牌)[^,，。]{0,4}注销"),
    ("stopped", r"(?:办|报|申请)[^,，。]{0,3}停驶|报停|停驶了"),
    ("lost", r"车[^,，。]{0,6}(?:被偷|被盗|丢了|丢失)|盗抢"),
    ("sold", r"(?:车|它)[^,，。]{0,6}(?:卖了|卖掉|卖给|过户|转让)|卖了(?:我的?|这辆?)?车"),
    ("twice", r"买重|重复(?:投保|买|保)|多买|(?:买|投)了(?:两|2)份"),
)


class Surrender(PolicyRequest):
    """Give a policy up; ends with a number, never with an obstacle."""

    name = "surrender"
    title = "退保"
    version = 2
    family = "endorsement"
    taps = ("我要退保", "申请退保")
    declined_by = r"^(?:算了|那|还是)*[,， ]*我?(?:先|又|还是)?不(?:想|用|要)?退(?:保)?了"
    examples = ("我要退保", "商业险给我退了吧", "保险不要了 把剩下的钱退给我")

    told_by = (
        r"(?:我|那|就|现在|[ ,，])*(?:不想?要|想退|要退|退掉?)了?(?:我|那|这|个|份|张|的)*"
        r"(?:交强|商业|车|家财|意外|驾意|医疗|健康|货运|企财|雇主|责任)?(?:险|保险|保单)了?"
        r"[ ,，]*(?:会?有|要)?(?:啥|什么|嘛|多大|多少)?的?(?:损失|影响|坏处|后果)[吗么呢啊]?[?？]?"
        r"|(?:我的?|那|这|个|份)*"
        r"(?:交强|商业|车|家财|意外|驾意|医疗|健康|货运|企财|雇主|责任)?(?:险|保险|保单)"
        r"我?(?:就|现在)?不(?:想)?要了[ ,，]*(?:会?有|要)?(?:啥|什么|嘛|多大|多少)?的?"
        r"(?:损失|影响|坏处|后果)[吗么呢啊]?[?？]?"
    )

    ground = Slot(
        Choice(_reasons(), volunteered=True),
        label="退保原因",
        called=("原因",),
        ask="是什么原因想退？不想说也行，不影响办理。",
        buttons=tuple(title for _, title, _ in _reasons()),
        help="交强险只有注销、停驶、丢失三种情形能退，所以要问一句；别的险什么原因都能申请。"
        "点最接近的，或者点「不想说」。",
    )
    photos = Slot(photos, label="材料照片", ask="请发材料照片。", optional=True, adds=True)

    @property
    def wants_proof(self) -> bool:
        """The rules are told to everybody, the request is the holder's."""
        return self.ground is not None or "ground" in self.skipped

    def begin(self, office: BackOffice) -> None:
        """Notice whom somebody has promised the whole premium."""
        super().begin(office)
        self.kept["warn"] = _AGENT.search(self.utterance) is not None
        said = ((code, re.search(words, self.utterance)) for code, words in _SAID)
        if ground := next(((code, found.group()) for code, found in said if found), None):
            self.keep("ground", *ground)

    def preface(self, office: BackOffice) -> list[Reply]:
        """Say the rules once, the warning first where it is needed."""
        if self.kept.get("noticed"):
            return []
        self.kept["noticed"] = True
        warned = [Reply(_WARNING)] if self.kept.get("warn") else []
        return [*warned, Reply(_RULES)]

    def opening(self, office: BackOffice) -> list[Reply]:
        """Say the rules first where no proof was asked for yet."""
        return [*self.preface(office), *super().opening(office)]

    def noticed(self, policies: Sequence[PolicyView]) -> str:
        """Say honestly where the law does not let compulsory cover go."""
        compulsory = [p for p in policies if _is_compulsory(p)]
        legal = self.ground in (*_LEGAL, None, "unsaid")
        return _CANNOT if compulsory and not legal else ""

    def suits(self, policy: PolicyView) -> bool:
        """Leave compulsory cover out where it cannot be given up; the others always may be."""
        legal = self.ground in (*_LEGAL, None, "unsaid")
        named = policy.number == self.policy_number
        return policy.running and (legal or named or not _is_compulsory(policy))

    def facts(self) -> dict[str, Any]:
        """Keep the warning too: staff should know."""
        warned = {"proxy_warning": True} if self.kept.get("warn") else {}
        return super().facts() | warned

    def submit(self, office: BackOffice) -> Outcome:
        """File it, with the whole list of documents at once (SALES 40)."""
        view = self.file(office, SURRENDER)
        if view is None:
            return self.not_filed()
        if not view.fresh:
            return Outcome.say(under_way(view), "查退保进度", "转人工")
        days = office.fact("refund_days")
        money = f"退款到账时间：{days}。" if days else ""
        return Outcome.say(
            f"退保申请已受理，受理号 {view.number}。要的材料一次说清：{_documents()}。"
            "照片直接发在这里，也可以到网点交。\n"
            "退保要工作人员当面、视频或两人核实您本人，同事会联系您约时间；审核同意后出批单，"
            f"批单生效以前保障还在。退款只退到投保人本人账户。{money}\n"
            "改主意了，回复「撤回申请」就行。",
            "查退保进度",
            "撤回申请",
            "转人工",
        )


def _documents() -> str:
    listed = changes()[SURRENDER].documents
    return "、".join(name if always else f"{name}（有就带）" for name, always in listed)


def _is_compulsory(policy: PolicyView) -> bool:
    return "强制" in policy.product or "交强" in policy.product or policy.kind == "compulsory"
