"""问候：说明身份，给出四件常办的事。"""

from bot.back_office import BackOffice
from bot.dialogue.flow import Flow, Outcome


class Greet(Flow):
    """Say who we are and what we can do."""

    name = "greet"
    title = "能帮您做什么"
    taps = ("菜单", "首页")
    examples = ("你好", "在吗", "你能干什么", "菜单", "你都会办嘛")

    @property
    def confirm(self) -> bool:
        """A greeting needs no yes."""
        return False

    def submit(self, office: BackOffice) -> Outcome:
        """Introduce the bot; the law wants it to say that it is one."""
        branch = office.fact("branch_name") or "分公司"
        return Outcome.say(
            f"您好，我是{branch}的智能助手安答（不是真人），可以帮您报案、查理赔进度、查保单、"
            "登记投诉，也能回答保险问题。直接说事儿就行；想找工作人员，随时回复「人工」。\n"
            "聊天内容会保存用于办理业务，回复「隐私」可以查看说明。\n"
            "有人受伤请先拨打 120、122。",
            "报案",
            "查理赔进度",
            "查保单",
            "投诉",
            "转人工",
        )
