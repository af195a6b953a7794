"""What the demo customers thought of it, and what the branch made of that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from bot.clock import SHANGHAI
from storage import promise_check, survey_draw
from storage.demo.talks import scripts
from storage.demo.threads import CHANNEL
from storage.feedback import FeedbackBox, Told
from storage.improvements import Improvements
from storage.kpi.definition import Period
from storage.ledger import Happening, Ledger
from storage.models.case import Survey
from storage.rules.supervision import rules as supervision_rules
from storage.rules.surveys import rules
from storage.supervision import Supervision
from storage.survey_desk import answered
from storage.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from storage.demo.months import Served

_ANSWER, _ANSWER_REGULAR = 0.7, 0.45
_WHOLE_HISTORY = timedelta(days=400)
_YOUNG = 8
_REMARKS = ("", "可以再主动一点", "时限说得不够清楚")
_REVIEWER, _LEAD = "吴静", "刘洋"


@dataclass(frozen=True)
class Asking:
    """Surveys as they went out over the months until ``now``."""

    uow: UnitOfWork
    rng: Random
    now: datetime

    def run(self, ledger: Ledger, served: Sequence[Served]) -> None:
        """Ask about the talks and for the quarter; tell the ledger of every question."""
        session = self.uow.session
        _claim_seeded(self.uow, served)
        rows = [*self._about_talks(served), *self._of_quarter()]
        session.execute(insert(Survey), rows, execution_options={"render_nulls": True})
        for survey in session.scalars(select(Survey).order_by(Survey.id)).all():
            for happening in _told(survey, self.rng):
                ledger.add(happening)

    def _about_talks(self, served: Iterable[Served]) -> Iterator[dict[str, Any]]:
        known = set(self.uow.session.scalars(select(Survey.key)))
        # A customer is asked at most once in a while, as the rules have it.
        cap = next(episode.cap for episode in rules().episodes if episode.about == "handoff")
        last: dict[int, datetime] = {}
        for one in sorted(served, key=lambda talk: talk.at):
            key, here = f"handoff:{one.number}", one.conversation
            if key in known or one.at - last.get(here, one.at - cap) < cap:
                continue
            last[here] = one.at
            row = self._row(key, here, one.at, self._score(one.scores, _ANSWER))
            named = row["score"] and self.rng.random() < 0.6
            yield row | {
                "agent": one.agent, "case_number": one.number,
                "comment": one.words if named else "",
            }  # fmt: skip

    def _of_quarter(self) -> Iterator[dict[str, Any]]:
        """Yield the regular survey of this quarter, as it is drawn, unless the quarter is young."""
        now = self.now
        begun = datetime(now.year, (now.month - 1) // 3 * 3 + 1, 1, 10, tzinfo=SHANGHAI)
        days = (now - begun).days - _YOUNG
        for conversation in survey_draw.drawn(self.uow, now) if days > 0 else ():
            at = begun + timedelta(days=self.rng.randint(1, days), minutes=self.rng.randint(0, 400))
            key = f"regular:{survey_draw.quarter(now)}:{conversation}"
            yield self._row(key, conversation, at, self._score(scripts().regular, _ANSWER_REGULAR))

    def _score(self, scores: Sequence[int], share: float) -> int | None:
        return self.rng.choice(scores) if self.rng.random() < share else None

    def _row(self, key: str, conversation: int, at: datetime, score: int | None) -> dict[str, Any]:
        after = at + timedelta(minutes=self.rng.randint(1, 300))
        return {
            "key": key, "conversation_id": conversation, "about": key.partition(":")[0],
            "status": "answered" if score else "expired", "score": score, "comment": "",
            "sent_at": at, "answered_at": min(after, self.now) if score else None,
            "agent": None, "case_number": None, "expires_at": at + timedelta(hours=72),
        }  # fmt: skip


def _claim_seeded(uow: UnitOfWork, served: Iterable[Served]) -> None:
    """Say which talk each seeded survey asks about."""
    talks = {(one.conversation, one.at.date()): one for one in served}
    for survey in uow.session.scalars(select(Survey).where(Survey.about == "handoff")).all():
        found = talks.get((survey.conversation_id, survey.sent_at.astimezone(SHANGHAI).date()))
        if found:
            survey.key, survey.agent = f"handoff:{found.number}", found.agent
            survey.case_number, survey.sent_at = found.number, found.at
            if survey.answered_at:
                survey.answered_at = max(survey.answered_at, found.at + timedelta(minutes=1))
    uow.session.flush()


def _told(survey: Survey, rng: Random) -> Iterable[Happening]:
    """Yield what the ledger hears of a survey: sent, delivered, answered, the topics named."""
    name, agent = f"SV{survey.id}", survey.agent or ""
    here = survey.conversation_id
    yield Happening("survey.sent", survey.sent_at, here, name, agent, label=survey.about)
    took = rng.randint(200, 2_000)
    sent = survey.sent_at + timedelta(milliseconds=took)
    result = "sent" if rng.random() < 0.97 else "undeliverable"
    yield Happening("outbox", sent, here, None, "system", "", CHANNEL, "survey", result, took)
    if survey.score is None or survey.answered_at is None:
        return
    row = answered(survey, survey.score, survey.answered_at, CHANNEL)
    yield row
    for tag, dimension in rules().dimensions.items():
        if tag in survey.comment:
            key = f"dimension:{survey.id}:{dimension}"
            yield row._replace(kind="survey.dimension", label=dimension, key=key)


def look_back(uow: UnitOfWork, now: datetime) -> None:
    """Let supervision sample the months, look for forbidden words, and improve what was said."""
    promise_check.run(uow, now - _WHOLE_HISTORY)
    uow.ledger.write()
    for month in _months_before(now.date(), 3):
        _review(uow, month, now)
    _improve(uow, now)


def _months_before(today: date, count: int) -> list[Period]:
    """Return the whole months before today, the oldest first."""
    found, first = [], today.replace(day=1)
    for _ in range(count):
        last = first - timedelta(days=1)
        first = last.replace(day=1)
        found.append(Period(first, last))
    return found[::-1]


def _review(uow: UnitOfWork, month: Period, now: datetime) -> None:
    """Score the sample of a month in the first days of the next."""
    at = min(datetime.combine(month.last + timedelta(days=3), time(10), SHANGHAI), now)
    desk = Supervision(uow, at, _REVIEWER)
    plan, card = desk.plan(month), supervision_rules().scorecard
    for place, sample in enumerate(desk.samples(plan.id)):
        full = {code: points for code, (_, points) in card.items()}
        lost = place % 3
        marks = {code: points - (lost if points >= 10 else 0) for code, points in full.items()}
        desk.score(sample.id, marks, (), _REMARKS[lost])


def _improve(uow: UnitOfWork, now: datetime) -> None:
    """Put calls and mails into the box, improve what came more than once, and tell who said it."""
    clusters: dict[str, int] = {}
    for place, row in enumerate(scripts().feedback):
        at = now - timedelta(days=100 - 3 * place, hours=1)
        box = FeedbackBox(uow, at, _LEAD)
        piece = box.receive(Told(f"demo:{place}", row["channel"], row["words"]))
        assert piece is not None
        if row["topic"] not in clusters:
            clusters[row["topic"]] = box.found_cluster(piece)
        piece.cluster_id, piece.status = clusters[row["topic"]], "sorted"
    for row in scripts().improvements:
        _improved(uow, now, row, clusters[row["topic"]])


def _improved(uow: UnitOfWork, now: datetime, row: Mapping[str, Any], cluster: int) -> None:
    opened, days = now - timedelta(days=row["ago"]), row["days"]
    item = FeedbackBox(uow, opened, _LEAD).improve(cluster, row["title"], row["kpi"])
    desk = Improvements(uow, opened + timedelta(days=1), _LEAD)
    desk.take_on(item.id, row["measure"], row["owner"], (opened + timedelta(days=days)).date())
    done = opened + timedelta(days=days - 3)
    after = Period((done - timedelta(days=20)).date(), done.date()) if row["kpi"] else None
    Improvements(uow, done, _LEAD).close(item.id, row["result"], after)
    box = FeedbackBox(uow, done + timedelta(days=1), _LEAD)
    for piece in box.of(cluster):
        box.mark_told(piece.id)
