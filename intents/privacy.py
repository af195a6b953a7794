"""隐私：说清收集什么、为什么、存多久、有什么权利；删除和导出登记给人办。"""

import re

from bot.back_office import BackOffice
from bot.dialogue.flow import Flow, Outcome

_REQUEST = re.compile(r"删|清掉|清除|导出|导一份|撤回|更正|注销|别存|看看你们收集")


class Privacy(Flow):
    """Tell what happens with personal data; register a request about one's own."""

    name = "privacy"
    title = "隐私说明"
    taps = ("隐私", "隐私说明", "删除我的信息", "导出我的信息")
    examples = ("隐私说明", "隐私政策", "删除我的信息", "你们怎么有我电话", "把我的记录导出来")

    @property
    def confirm(self) -> bool:
        """Reading a notice needs no yes."""
        return False

    def submit(self, office: BackOffice) -> Outcome:
        """Show the notice (PIPL 17); open a ticket for a request (PIPL 44–47)."""
        notice = (
            "我们收集您主动提供的姓名、联系方式、证件尾号、车辆和出险信息，只用于核验身份和办理您的业务；"
            "不相关的信息您可以不提供，不影响其他服务。\n"
            "业务记录按《保险法》随保单档案保存至少 5 年或 10 年；纯咨询记录"
            f"{office.fact('chat_retention') or '按公司规定的期限保存'}。\n"
            "您可以随时查看、更正、导出或删除自己的信息，也可以撤回同意。"
        )
        if not _REQUEST.search(self.utterance):
            return Outcome.say(notice, "删除我的信息", "导出我的信息", "转人工")
        number = office.open_ticket("privacy_request", {"words": self.utterance[:500]})
        return Outcome.say(
            f"{notice}\n\n您的请求已登记，编号 {number}。涉及身份核验，工作人员会联系您确认后办理；"
            "法律要求保存的业务资料会停止其他使用，只作存档。",
            "转人工",
        )
