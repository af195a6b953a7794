"""转人工：第一次就转，告诉客户排在第几、什么时候有人。"""

from bot.back_office import BackOffice
from bot.dialogue import phrases
from bot.dialogue.escalation import promise
from bot.dialogue.flow import Flow, Outcome


class Human(Flow):
    """Open a hand-off with everything an agent needs."""

    name = "human"
    title = "转人工"
    taps = ("转人工", "人工", "人工客服", "没解决")
    examples = ("转人工", "人工客服", "找真人", "我要和人说话", "叫你们的人来")

    @property
    def confirm(self) -> bool:
        """Nobody has to insist."""
        return False

    def submit(self, office: BackOffice) -> Outcome:
        """Ask for a person, once, and say what happens next."""
        view = office.hand_off("human", "客户要求转人工")
        if not view.fresh:
            return Outcome.say(phrases.HANDOFF_ALREADY.format(ahead=phrases.ahead(view.ahead)))
        hours, hotline = office.fact("chat_hours"), office.fact("hotline")
        note = f"\n人工服务时间：{hours}；热线：{hotline}。" if hours and hotline else ""
        return Outcome.say(promise(view, urgent=False) + note)
