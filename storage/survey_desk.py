"""Surveys as the dialogue answers them; fulfils `bot.desks.surveys.SurveyDesk`."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from bot.desks.surveys import Rated
from storage import surveys
from storage.kpi.definition import EVENT
from storage.ledger import BOT, Happening
from storage.models.case import Survey, Ticket
from storage.rules.surveys import rules

if TYPE_CHECKING:
    from bot.back_office import Values
    from storage.conversations import OpenConversation
    from storage.unit_of_work import UnitOfWork

_A_MOMENT = timedelta(minutes=30)
_FOLLOW_UP = {"complaint": "complaint_review"}


class SurveyDeskMixin:
    """One customer's answers during one turn."""

    uow: UnitOfWork
    conversation: OpenConversation
    channel: str
    at: datetime

    if TYPE_CHECKING:

        def open_ticket(self, kind: str, values: Values) -> str:
            """Whoever mixes this in opens tickets."""
            ...

    def rate(self, score: int, words: str) -> Rated | None:
        """Record the score at once; a low one opens a callback with a clock."""
        survey = self.uow.cases.waiting_survey(self.conversation.id, self.at)
        if survey is None:
            return None
        surveys.asked(self.uow, survey, self.at)
        survey.score, survey.comment = score, words if len(words) > 3 else ""
        survey.status, survey.answered_at = "answered", self.at
        self.uow.ledger.add(answered(survey, score, self.at, self.channel))
        by = _call_back(self, survey, score) if score <= rules().low_score else None
        return Rated(survey.about, by, rules().tags)

    def comment(self, words: str) -> bool:
        """Add words; a topic among them is the dimension that the score was about (S55)."""
        query = select(Survey).where(
            Survey.conversation_id == self.conversation.id,
            Survey.status == "answered",
            Survey.answered_at >= self.at - rules().comment,
        )
        survey = self.uow.session.scalar(query.order_by(Survey.id.desc()).limit(1))
        if survey is None:
            return False
        named = [d for tag, d in rules().dimensions.items() if tag in words]
        survey.answers = {**(survey.answers or {}), "topics": named}
        survey.comment = "；".join(filter(None, (survey.comment, words[:500])))
        for dimension in named:
            told = answered(survey, survey.score or 0, self.at, self.channel)
            key = f"dimension:{survey.id}:{dimension}"
            self.uow.ledger.add(told._replace(kind="survey.dimension", label=dimension, key=key))
        return True

    def mark_solved(self, *, solved: bool) -> None:
        """Tell the ledger, with what the matter was."""
        result = "solved" if solved else "unsolved"
        self.uow.ledger.add(
            Happening(
                "solved", self.at, self.conversation.id, None, BOT, BOT, self.channel,
                _last_matter(self), result,
            )
        )  # fmt: skip


def answered(survey: Survey, score: int, at: datetime, channel: str) -> Happening:
    """Return the row for an answer, credited to whoever served this customer then."""
    return Happening(
        "survey.answered",
        at,
        survey.conversation_id,
        f"SV{survey.id}",
        survey.agent or "",
        channel=channel,
        label=survey.about,
        value=score,
        key=f"answered:{survey.id}",
    )


def _call_back(office: SurveyDeskMixin, survey: Survey, score: int) -> datetime | None:
    """Owe a call, about a complaint a look at whether it was really solved (S58)."""
    facts = {"survey": survey.key, "score": score, "case": survey.case_number or ""}
    kind = _FOLLOW_UP.get(survey.about, "feedback")
    number = office.open_ticket(kind, facts)
    return office.uow.session.scalar(select(Ticket.due_at).where(Ticket.number == number))


def _last_matter(office: SurveyDeskMixin) -> str:
    """Return the entry or flow of the last turn that had one."""
    query = (
        select(EVENT.c.label)
        .where(
            EVENT.c.conversation_id == office.conversation.id,
            EVENT.c.kind == "turn",
            EVENT.c.label != "",
            EVENT.c.at >= office.at - _A_MOMENT,
        )
        .order_by(EVENT.c.at.desc())
        .limit(1)
    )
    return office.uow.connection.execute(query).scalar() or ""
