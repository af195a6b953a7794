"""公司与资质：只说公司审定的口径。"""

from __future__ import annotations

from bot.back_office import BackOffice
from bot.dialogue.flow import Flow, Outcome


class Company(Flow):
    """Say who we are, in the approved words."""

    name = "company"
    title = "公司介绍"
    knowledge_first = True
    taps = ("公司介绍",)
    examples = ("你们公司靠谱吗", "天安是不是改名了", "公司有没有保险牌照")

    @property
    def confirm(self) -> bool:
        """A piece of information needs no yes."""
        return False

    def submit(self, office: BackOffice) -> Outcome:
        """Say it, and offer what comes next."""
        profile = office.fact("company_profile") or (
            "我们是经监管批准的财产保险公司在天津的分公司。"
        )
        return Outcome.say(
            f"{profile}\n公司资质、偿付能力和股东情况，请以监管机构网站和公司官网的公开披露为准；"
            "已经生效的保单按合同执行，不因名称变化受影响。",
            "查保单",
            "转人工",
        )
