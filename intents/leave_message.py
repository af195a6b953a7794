"""留言回电：排队太久不想等的，登记一个电话，同事按承诺的时间打过去；排着的队就退掉。"""

from __future__ import annotations

from bot.back_office import BackOffice
from bot.clockwork.words import moment
from bot.dialogue import phrases
from bot.dialogue.flow import Flow, Outcome
from bot.dialogue.request import phone_slot


class LeaveMessage(Flow):
    """Change a place in the queue for a promised call."""

    name = "leave_message"
    title = "留言回电"
    keeps_draft = False
    taps = (phrases.LEAVE_MESSAGE,)
    told_by = r"(?:算了|那)?[,， ]?我?不(?:想)?(?:排队?|等)了[,， ]*我?(?:先|就)?留个?言[吧了。!]*"
    examples = ("不排队了，先留言", "留个言等你们联系", "我留言，不排队了")

    phone = phone_slot()

    @property
    def confirm(self) -> bool:
        """A number that was just given needs no card."""
        return False

    def submit(self, office: BackOffice) -> Outcome:
        """Open the ticket and leave the queue; who is in danger is called in any case."""
        number = office.open_ticket("callback", {"phone": self.phone, "words": self.utterance})
        view = next(iter(office.tickets(number)), None)
        promise = phrases.REQUEST_BY.format(when=moment(view.due_at)) if view else ""
        said = phrases.MESSAGE_LEFT.format(
            number=number, promise=promise or phrases.REQUEST_SOON, tail=str(self.phone)[-4:]
        )
        gone = office.withdraw_hand_off()
        return Outcome.say(said if gone else f"{said}\n{phrases.PERSON_COMES_ANYWAY}")
