"""核实人员和链接：先护住钱和验证码，再登记线索。"""

from __future__ import annotations

from bot.back_office import BackOffice
from bot.dialogue.flow import Flow, Outcome


class AgentVerify(Flow):
    """Warn of fraud, and take down the lead."""

    name = "agent_verify"
    title = "核实真假"
    knowledge_first = True
    taps = (
        "核实真假",
        "举报诈骗",
    )
    examples = ("这个电话是你们的吗", "有人自称你们业务员真的假的", "短信里的链接能点吗")

    @property
    def confirm(self) -> bool:
        """A piece of information needs no yes."""
        return False

    def submit(self, office: BackOffice) -> Outcome:
        """Open a ticket with the words, and say what protects the customer now."""
        number = office.open_ticket(self.name, {"words": self.utterance[:500]})
        hotline = office.fact("hotline")
        check = f"，也可以拨官方热线 {hotline} 核实" if hotline else ""
        return Outcome.say(
            "先别转账、别点链接、别开屏幕共享，验证码和密码谁要都不给。"
            f"您说的情况我已登记核实，编号 {number}，同事查清后告诉您{check}。\n"
            "已经转了钱的，请马上拨打 110 或反诈专线 96110。",
            "转人工",
            "投诉",
        )
