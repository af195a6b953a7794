"""理赔材料：有案子的按案子说还缺什么，没有的按险种给清单。"""

from __future__ import annotations

from bot.back_office import BackOffice
from bot.dialogue.flow import Flow, Outcome, Slot
from bot.dialogue.slot_types.accident import accident_type, line

_MOST = 12


class ClaimDocs(Flow):
    """Tell which documents a claim needs."""

    name = "claim_docs"
    title = "理赔材料"
    knowledge_first = True
    keeps_draft = False
    taps = ("要哪些材料", "理赔材料")
    # What the customer's own claim lacks is known here, and no line is guessed: a general answer
    # of the knowledge base is worth less.
    sounds_like = (
        r"^(?:我|我这|案子|理赔|索赔|报销|赔|材料|资料|手续|单据|都|那|还|另外|得|需要?|该"
        r"|[, 的])*"
        r"(?:缺|差|少|要|补|交|准备|提供|带|欠)(?:交|些|点|什么)*"
        r"(?:啥|什么|嘛|哪些|哪几样|哪样|几样)(?:材料|资料|手续|单据|单证|证明|文件|东西|没交|没补|样)*"
        r"[了呢啊呀吗的? ]*$"
        r"|^(?:材料|资料|单据)(?:都|全|交)?(?:齐|够|全)了?(?:吗|没|没有|不|么)[? ]*$"
    )
    examples = ("理赔要什么材料", "材料还缺什么", "理赔材料清单发我")

    line = Slot(
        line,
        label="险种",
        when=lambda c: c.kept.get("number") is None,
        ask="是哪一类的事故？",
        buttons=("车险", "家财", "意外健康", "责任险", "货运险", "企财险"),
    )
    accident_type = Slot(accident_type, label="事故类型", ask="是怎么出的事？", optional=True)

    @property
    def confirm(self) -> bool:
        """A list needs no yes."""
        return False

    def begin(self, office: BackOffice) -> None:
        """Look for a claim of this customer that still lacks something."""
        lacking = next((claim for claim in office.claims() if claim.missing), None)
        if lacking is not None:
            self.kept["number"] = lacking.number

    def submit(self, office: BackOffice) -> Outcome:
        """Name what is missing from the claim, or what such a claim needs."""
        number = self.kept.get("number")
        claim = next(iter(office.claims(str(number))), None) if number else None
        if claim is not None:
            text = f"报案 {claim.number} 还需要：{'、'.join(claim.missing)}。"
        else:
            papers = office.checklist(self.line or "auto", self.accident_type or "", injured=False)
            names = "、".join(papers[:_MOST])
            text = f"通常需要（带 * 的必需）：{names}。按案情可能增减，缺的会一次告诉您。"
        return Outcome.say(f"{text}\n拍照发在这里就行，已经交过的不用再交。", "补照片", "转人工")
