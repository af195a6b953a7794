"""请专家答复：一时答不了的问题记下来，说好什么时候答复，查清了在原处回（S31、S32）。"""

from __future__ import annotations

from bot.back_office import BackOffice
from bot.clockwork.words import moment
from bot.dialogue import phrases
from bot.dialogue.flow import Outcome, Slot
from bot.dialogue.request import Request, not_told
from bot.dialogue.slot_types.pattern import Pattern

# Not greedy: whoever wants a person's answer is not answered by the knowledge base instead.
_A_QUESTION = Pattern(r"[\s\S]{4,}", volunteered=False)


class AskExpert(Request):
    """Take down a question for somebody who knows; ends with a promised time."""

    name = "question"
    title = "请专家答复"
    knowledge_first = False
    taps = (phrases.EXPERT_BUTTON, "留下问题")
    sounds_like = (
        r"(问问|请教|咨询|找).{0,3}(专家|专业|懂行|核保|条款)的?(的?人|同事|老师|师傅|人员)"
        r"|(查|弄|问)(清楚|明白)(了)?(以后|之后)?再(告诉|回复|答复|回)我"
        r"|(留|记)(下|个|一个)+(这个)?(问题|疑问)"
    )

    details = Slot(
        _A_QUESTION,
        label="您的问题",
        when=not_told,
        ask="请把问题说清楚一点，我原样转给专业的同事去查。",
    )

    @property
    def confirm(self) -> bool:
        """A question is passed on as it is."""
        return False

    def hear(self, text: str, rest: str) -> None:
        """Keep the question whole, also where a slot has taken it."""
        super().hear(text, text)

    def submit(self, office: BackOffice) -> Outcome:
        """Open the ticket and promise a time, not «soon»."""
        number = office.open_ticket(self.name, {**self.facts(), "question": self.words})
        view = next(iter(office.tickets(number)), None)
        when = f"最晚 {moment(view.due_at)} 在这里答复您" if view else "查清后在这里答复您"
        return Outcome.say(
            f"这个问题记下了，编号 {number}。我请专业的同事查证，{when}；"
            "到时还没查清，也会先告诉您进展。想查进度，把编号发给我就行。",
            "转人工",
        )
