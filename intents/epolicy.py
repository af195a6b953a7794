"""电子保单：核验本人后给限时的下载链接，说清怎么打开、怎么再找到、怎么验真；也能当场验真。"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.back_office import BackOffice, PolicyView
from bot.desks.identity import Assurance
from bot.desks.policies import PolicyWish
from bot.desks.servicing import PaperLink
from bot.dialogue import core_system
from bot.dialogue.flow import Flow, Outcome, Slot
from bot.dialogue.message import Card, Reply
from bot.dialogue.readers_policies import LISTED, listing
from bot.dialogue.slot_types.numbers import policy_number
from bot.dialogue.slot_types.pattern import Pattern
from bot.dialogue.slot_types.plate import plate
from bot.dialogue.slot_types.text import free_text
from bot.dialogue.words import FAMILY

_MOST = 4
_LINES = {
    "交强": "强制", "商业": "商业", "三者": "商业", "车损": "商业", "家财": "家庭财产",
    "驾意|驾乘": "驾乘", "意外": "意外", "健康|医疗": "医疗", "雇主": "雇主", "公众": "公众",
    "企财|企业财产": "企业财产", "货运|货物": "货物",
}  # fmt: skip
_CODE = Pattern(
    r"(?<![0-9A-Za-z])[0-9A-Fa-f]{4}[- ]?[0-9A-Fa-f]{4}[- ]?[0-9A-Fa-f]{4}(?![0-9A-Za-z])",
    volunteered=False,
)
_OTHERS = re.compile(rf"{FAMILY}(?:名下)?的?(?:电子|纸质)?(?:保单|保险单|车险保单|PDF)")
_HOLDER_ONLY = (
    "电子保单只发给投保人本人：请他用自己的微信或网页跟我说「电子保单」，核对身份后就有。"
    "您要看他的保单内容，可以请他说「授权家人查保单」，您凭授权码看（看得到，下载不了）。"
)
_NONE = (
    "没有查到现在有效的、可以下载的保单。刚投保的，出单以后才有；保单号或车牌对一下再试，"
    "也可以回复「人工」。"
)
_NO_MATCH = (
    "没有对上。请核对保单号和验真码（在电子保单最后一页，12 位）再试一次；保单变更以后验真码会变。"
    "还是对不上，请先不要相信这份保单，回复「人工」，我们帮您核实。"
)


class Epolicy(Flow):
    """Hand the verified holder links to their electronic policies."""

    name = "epolicy"
    title = "电子保单"
    version = 2
    keeps_draft = False
    knowledge_first = True
    taps = ("电子保单", "补发电子保单", "下载电子保单")
    examples = ("电子保单给我重发一份", "没收到电子保单", "把保单PDF发我邮箱")
    picked_by = (
        rf"(?:那|这|要|发|给我|我的?|再)*(?:{'|'.join(_LINES)})(?:保?险|责任险|车险)*"
        r"(?:那|这)?(?:一)?(?:份|个|张)?(?:的|呢|吧|保单|电子保单)*"
    )

    plate = Slot(plate, label="车牌号", ask="请告诉我车牌号。", optional=True)
    policy_number = Slot(policy_number, label="保单号", ask="请告诉我保单号。", optional=True)
    # «说险种或车牌可以单独要» is kept: the words pick from the list.
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
        """A link needs no yes."""
        return False

    @property
    def requires(self) -> Assurance:
        """A policy is handed to its holder only (`domain.md` 5.6)."""
        return "V0" if self.kept.get("others") else "V2"

    @property
    def reads_policies(self) -> str:
        """Links are made for what the holder has."""
        return "" if self.kept.get("others") else "own"

    def begin(self, office: BackOffice) -> None:
        """Keep the words: they may name a line."""
        self.kept["asked"] = self.utterance[:200]
        self.kept["others"] = _OTHERS.search(self.utterance) is not None

    def submit(self, office: BackOffice) -> Outcome:
        """Give a link each, with how to open it, find it again and check it (S13)."""
        if self.kept.get("others"):
            return Outcome.say(_HOLDER_ONLY, "电子保单", "授权码", "转人工")
        wanted = self._wanted(office)
        links = office.paper_links([view.number for view in wanted[:_MOST]])
        if not links:
            return Outcome.say(_NONE, "查保单", "转人工")
        if len(wanted) > 1:
            self.values[LISTED] = listing(self.name, wanted[:_MOST])
        listed = core_system.dated(
            "\n".join(f"{link.policy}：\n{link.url}" for link in links), office
        )
        more = (
            f"\n另外还有 {len(wanted) - _MOST} 份，说险种或车牌可以单独要。"
            if (len(wanted) > _MOST)
            else ""
        )
        entry, verify = office.fact("epolicy_entry"), office.fact("policy_verify")
        again = f"，也可以到{entry}" if entry else ""
        check = f"、{verify}" if verify else ""
        cards = tuple(_card(link) for link in links)
        text = (
            f"您的电子保单（PDF）：\n{listed}{more}\n"
            f"· 链接 {links[0].minutes} 分钟内有效，打开要输证件号码后六位，"
            "别人拿到也打不开；请不要转发。\n"
            f"· 过期了随时再跟我说「电子保单」{again}。\n"
            f"· 最后一页有验真码：回复「验真」{check}都能核对。\n"
            "· 电子保单和纸质保单效力一样；要盖章的纸质件，点下面。"
        )
        return Outcome([Reply(text, ("要纸质保单", "验真"), cards=cards)])

    def _wanted(self, office: BackOffice) -> Sequence[PolicyView]:
        wish = PolicyWish(number=self.policy_number or "", plate=self.plate or "")
        views = [view for view in office.find_policies(wish, self.title).views if view.running]
        asked = str(self.kept.get("asked") or "")
        named = [word for words, word in _LINES.items() if re.search(words, asked)]
        fitting = [view for view in views if any(word in view.product for word in named)]
        return fitting or views


def _card(link: PaperLink) -> Card:
    """Return what channels show that know pictures with a link."""
    return Card(
        f"{link.policy} 电子保单",
        f"点开输入证件号码后六位就能看；{link.minutes} 分钟内有效，请不要转发。",
        link.url,
        link.picture,
    )


class EpolicyCheck(Flow):
    """Confirm a document by number and printed code; nothing else is told."""

    name = "epolicy_check"
    title = "保单验真"
    keeps_draft = False
    taps = ("验真", "保单验真")
    told_by = r"(?:我要|怎么|帮我)?(?:查)?(?:一下)?(?:电子)?保单(?:的)?(?:验真|真伪|真假)(?:查询)?"

    policy_number = Slot(
        policy_number,
        label="保单号",
        ask="请告诉我要核对的保单号。",
        help="在保单第一页上方，字母开头的一串；电子保单文件里也有。",
        deferrable=False,
    )
    code = Slot(
        _CODE,
        label="验真码",
        ask="电子保单最后一页的验真码是多少？12 位，比如 1A2B-3C4D-5E6F。",
        help="没有验真码的（纸质保单、以前出的），请拨打客服热线或回复「人工」核对。",
        deferrable=False,
    )

    @property
    def confirm(self) -> bool:
        """A check needs no yes."""
        return False

    def submit(self, office: BackOffice) -> Outcome:
        """Say whether it fits; whatever does not fit is one answer."""
        found = office.check_paper(str(self.policy_number), str(self.code))
        if found is None:
            return Outcome.say(_NO_MATCH, "验真", "转人工")
        begin, end = found.starts_at, found.ends_on
        return Outcome.say(
            f"和我们的记录一致：{found.product}，{begin.year}年{begin.month}月{begin.day}日起、"
            f"{end.year}年{end.month}月{end.day}日止，现在{found.status}。"
            "其他内容请以您手里这份保单和所附条款为准。",
            "转人工",
        )
