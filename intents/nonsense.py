"""闲聊与无关：礼貌地说明能帮什么。"""

import re

from bot.back_office import BackOffice
from bot.dialogue.flow import Flow, Outcome

_RUDE = re.compile(r"傻[xX逼屄叉*]|[sS][bB]|滚|混蛋|王八|他妈|tmd|草泥马|去死|废物|脑残")
_IDENTITY = re.compile(r"真人|机器人|男的|女的|几岁|你是谁|叫什么|叫嘛")
_RULES = re.compile(
    r"忽略|没有规则|没有任何限制|假装|扮演|提示词|系统指令|报案人的电话|所有客户|别人的保单|IT|测试"
)


class Nonsense(Flow):
    """Answer small talk, rudeness and attempts to talk us out of our rules."""

    name = "nonsense"
    title = "闲聊"
    examples = ("今天天气怎么样", "讲个笑话", "哈哈哈", "你几岁了")

    @property
    def confirm(self) -> bool:
        """Small talk needs no yes."""
        return False

    def submit(self, office: BackOffice) -> Outcome:
        """Say kindly what we are here for."""
        buttons = ("报案", "查保单", "投诉", "转人工")
        if _RUDE.search(self.utterance):
            return Outcome.say(
                "听得出您现在很不痛快，抱歉让您有这样的感受。您把遇到的事告诉我，我来帮您办；"
                "也可以直接回复「人工」。",
                "投诉",
                "转人工",
            )
        if _RULES.search(self.utterance):
            return Outcome.say(
                "这个我帮不了：客户的信息和保单只能由本人核验后查看，谁来问都一样。"
                "您自己的业务，核验身份后我可以马上帮您查。",
                *buttons,
            )
        if _IDENTITY.search(self.utterance):
            return Outcome.say(
                "我是智能助手安答，不是真人，专门帮您处理保险的事。需要真人的话，回复「人工」就行。",
                *buttons,
            )
        return Outcome.say(
            "我主要帮您处理保险的事，比如报案、查保单、查理赔进度、登记投诉。您看需要哪一项？",
            *buttons,
        )
