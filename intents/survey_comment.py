"""评价之后补一句：分已经算数，说不说都行。"""

from __future__ import annotations

from bot.back_office import BackOffice
from bot.dialogue.flow import Flow, Outcome, Slot
from bot.dialogue.slot_types.text import free_text

_TOPICS = ("服务方面", "产品方面", "理赔方面")
_MORE = "补充一句"


class SurveyComment(Flow):
    """Add a word to a score that counts already."""

    name = "survey_comment"
    title = "补充评价"
    keeps_draft = False
    taps = (*_TOPICS, _MORE)
    # «昨天给一星是因为查勘员迟到了»: the reason for a score, a day later.
    told_by = (
        r".{0,6}(?:给|打)(?:你们|了|的|过|是|那|这|个)*[1-5一二三四五](?:颗?星|分)"
        r".{0,4}(?:因为|原因|主要|就是|为的).{2,400}"
    )

    told_within = 450

    words = Slot(
        free_text,
        label="补充的话",
        when=lambda f: not f.kept.get("topic"),
        ask="您说，我原样记下。",
    )

    @property
    def confirm(self) -> bool:
        """A word more needs no yes."""
        return False

    def begin(self, office: BackOffice) -> None:
        """A tapped topic says it all."""
        self.kept["topic"] = self.utterance if self.utterance in _TOPICS else ""
        if self.utterance not in self.taps:
            self.values["words"] = self.utterance

    def submit(self, office: BackOffice) -> Outcome:
        """Keep the words; they go to whoever works on improvements."""
        said = str(self.kept.get("topic") or self.words or "")
        if not office.comment(said):
            office.open_ticket("feedback", {"words": said})
        return Outcome.say("记下了，会原样转给有关的同事。")
