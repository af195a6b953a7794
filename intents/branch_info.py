"""网点与联系方式：告诉热线，问清区县的由人答。"""

from __future__ import annotations

from bot.back_office import BackOffice
from bot.dialogue.flow import Flow, Outcome


class BranchInfo(Flow):
    """Tell how to reach the branch."""

    name = "branch_info"
    title = "网点与电话"
    knowledge_first = True
    taps = (
        "网点地址",
        "客服电话",
    )
    examples = ("你们网点在哪", "营业厅几点下班", "附近有没有你们的门店")

    @property
    def confirm(self) -> bool:
        """A piece of information needs no yes."""
        return False

    def submit(self, office: BackOffice) -> Outcome:
        """Say it, and offer what comes next."""
        hotline = office.fact("hotline")
        address, hours = office.fact("address"), office.fact("office_hours")
        chat_hours = office.fact("chat_hours")
        lines = [
            f"网点地址：{address}" if address else "",
            f"门店：{hours}" if hours else "",
            f"在线人工：{chat_hours}" if chat_hours else "",
            f"客服热线：{hotline}" if hotline else "",
            "想知道离您最近的网点，回复「人工」并说一下您在哪个区，同事告诉您；"
            "大多数业务在这里就能办，不用跑。",
        ]
        return Outcome.say("\n".join(filter(None, lines)), "报案", "查保单", "转人工")
