"""转人工：第一次就转，告诉客户排在第几、什么时候有人；没人值班时登记回电。"""

from bot.back_office import BackOffice, HandoffView
from bot.dialogue import phrases
from bot.dialogue.escalation import instead, place, promise
from bot.dialogue.flow import Flow, Outcome, Slot
from bot.dialogue.slot_types.phone import phone


class Human(Flow):
    """Open a hand-off with everything an agent needs."""

    name = "human"
    title = "转人工"
    keeps_draft = False
    taps = ("转人工", "人工", "人工客服")
    examples = ("转人工", "人工客服", "找真人", "我要和人说话", "叫你们的人来")

    phone = Slot(phone, label="联系电话", ask="请留个电话。", optional=True, remembered=True)

    @property
    def confirm(self) -> bool:
        """Nobody has to insist."""
        return False

    def submit(self, office: BackOffice) -> Outcome:
        """Ask for a person, once, and say what happens next."""
        view = office.hand_off("human", "客户要求转人工")
        if not view.fresh:
            if not view.staffed:
                return Outcome.say(promise(view, urgent=False))
            return Outcome.say(phrases.HANDOFF_ALREADY.format(ahead=place(view)), *instead(view))
        hours, hotline = office.fact("chat_hours"), office.fact("hotline")
        note = f"\n人工服务时间：{hours}；热线：{hotline}。" if hours and hotline else ""
        told = promise(view, urgent=False) + note + self._call_back(office, view)
        return Outcome.say(told, *instead(view))

    def _call_back(self, office: BackOffice, view: HandoffView) -> str:
        """Out of hours the promise is a ticket, so that it is on a list (domain.md 6).

        Whoever left the queue and asks again keeps the call that is owed by then anyway.
        """
        if view.staffed:
            return ""
        owed = office.call_back()
        if owed and owed.due_at <= view.answer_by:
            number = owed.number
            office.add_to_ticket(number, self.utterance[:500])
        else:
            facts = {"phone": self.phone, "words": self.utterance[:500]}
            number = office.open_ticket("callback", facts)
        ask = "" if self.phone else "方便的话把联系电话发给我，或者在这里留言，同事都看得到。"
        return f"\n回电登记编号 {number}。{ask}"
