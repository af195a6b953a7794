"""合作权益：银行、车行等合作方给客户的服务，只说在有效期内的。"""

from __future__ import annotations

from datetime import date

from bot.advice.partners import Partner, partners
from bot.back_office import BackOffice
from bot.dialogue.flow import Flow, Outcome
from bot.dialogue.fold import fold

_TABLE = partners()
_NONE = "目前没有在有效期内的这类合作权益，有了新的我会更新。想了解保险产品，直接问我就行。"


class PartnerBenefits(Flow):
    """Tell what partners do for our customers, with dates."""

    name = "partner_benefits"
    title = "合作权益"
    taps = ("合作权益", "合作伙伴有哪些")
    sounds_like = _TABLE.sentences

    @property
    def confirm(self) -> bool:
        """Reading a list needs no yes."""
        return False

    def submit(self, office: BackOffice) -> Outcome:
        """List the benefits that hold today."""
        today = office.now.date()
        blocks = [
            block
            for partner in _TABLE.meant(fold(self.utterance))
            if (block := _block(partner, today))
        ]
        if not blocks:
            return Outcome.say(_NONE, "其他产品", "转人工")
        return Outcome.say("\n".join([*blocks, _TABLE.foot]), "推荐方案", "转人工")


def _block(partner: Partner, today: date) -> str:
    benefits = partner.current(today)
    lines = (
        f"· {b.text}（{b.valid_from:%Y-%m-%d} 至 {b.valid_to:%Y-%m-%d}；怎么用：{b.how}）"
        for b in benefits
    )
    head = f"【{partner.name}】联系：{partner.contact}"
    return "\n".join([head, *lines]) if benefits else ""
