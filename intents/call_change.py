"""改约或取消回电：约好的电话不用打了、换个时间打，当场改在那张回电工单上。"""

from __future__ import annotations

from bot.back_office import BackOffice
from bot.dialogue import awaited, call_words, phrases
from bot.dialogue.call_form import CallForm, call_slot
from bot.dialogue.flow import Outcome, Slot
from bot.dialogue.fold import fold
from bot.dialogue.slot_types.call_time import call_time
from bot.dialogue.slot_types.pattern import Pattern
from bot.dialogue.slot_types.phone import phone

_MOST = 200
_OFF, _MOVE = phrases.CALL_OFF, "改回电时间"
_AGAIN = "约个时间回电"
_NONE = "没有查到约着的回电，可能已经打过或取消了。要我们给您打电话，点「约个时间回电」。"


class CallChange(CallForm):
    """Call a promised call off, or have it at another time."""

    name = "call_change"
    title = "改回电时间"
    keeps_draft = False
    taps = (_MOVE,)
    told_by = (
        r"(?:我要?|帮我|麻烦|请|把|那|[ ,，])*(?:取消|不要)(?:那个|这个|刚才的?|约的)?回电[了吧。]*"
        r"|(?:我要?|帮我|麻烦|请|把|那|[ ,，])*(?:改|换)(?:一下|下|个)?回电的?时间[吧。]*"
        r"|(?:那个|约的|刚才的?)?回电(?:不用打了?|(?:时间)?(?:改|换|挪|推)[到成至][^,，。?？]{1,16})[。]?"
    )

    at = call_slot(
        when=lambda change: (
            bool(change.kept.get("number")) and change.off is None and not change.kept.get("phone")
        )
    )
    off = Slot(Pattern(call_words.OFF), label="取消回电", ask="不用打了吗？", optional=True)
    # Who has left a number is not asked for it by the next form.
    phone = Slot(phone, label="联系电话", ask="打哪个电话？", optional=True, remembered=True)

    def begin(self, office: BackOffice) -> None:
        """Find the call that is meant, and what is to become of it."""
        super().begin(office)
        owed, text = office.call_back(), fold(self.utterance).strip()
        self.kept["number"] = owed.number if owed else None
        self.kept["usual"] = owed.due_at.date().isoformat() if owed else None
        self.kept["words"] = self.utterance[:_MOST]
        found = call_time.find(text, office.now)
        self.kept["phone"] = call_words.number_left(text)
        if number := self.kept["phone"]:
            self.keep("phone", number, str(number))
            return
        if call_words.calls_off(text):
            self.keep("off", self.utterance, self.utterance)
        elif found is not None and found.value is not None:
            self.keep("at", found.value, self.utterance)

    def submit(self, office: BackOffice) -> Outcome:
        """Change the promise, and say what holds now."""
        number, words = str(self.kept.get("number") or ""), str(self.kept.get("words") or "")
        if phone := str(self.kept.get("phone") or ""):
            return self._number(office, number, phone)
        if self.at is not None and self.off is None:
            return self._moved(office, number, words)
        if not office.call_off(number, words):
            return Outcome.say(_NONE, _AGAIN, "转人工")
        other = office.call_back()
        left = awaited.still_owed(other)
        said = f"好的，回电取消了，同事不会再打（编号 {number}）。{left}"
        # Who is called because nobody could come to the queue does not wait in it any longer.
        if office.waiting and not other and not office.withdraw_hand_off():
            said = f"{said}\n{phrases.PERSON_COMES_ANYWAY}"
        return Outcome.say(said, *((_OFF,) if other else ()), _AGAIN)

    def _number(self, office: BackOffice, number: str, phone: str) -> Outcome:
        owed = office.call_back()
        if owed is None or not office.call_number(number, phone):
            return Outcome.say(_NONE, _AGAIN, "转人工")
        when = call_time.show(owed.due_at)
        return Outcome.say(
            f"电话记下了（尾号 {phone[-4:]}），{when} 前给您回电就打这个号码，编号 {number}。",
            _MOVE,
            _OFF,
        )

    def _moved(self, office: BackOffice, number: str, words: str) -> Outcome:
        assert self.at is not None
        at = office.can_call(self.at)
        if not office.move_call(number, at, words):
            return Outcome.say(_NONE, _AGAIN, "转人工")
        moved = "" if at == self.at else phrases.CALL_AT_NEXT_OPENING
        return Outcome.say(
            f"好的，改好了。{moved}{call_time.show(at)} 前后给您打电话，编号还是 {number}。",
            _MOVE, _OFF,
        )  # fmt: skip
