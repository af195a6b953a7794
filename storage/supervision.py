"""Supervision: what is looked at, what was found, and the tickets that follow (S52, S53)."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from bot.errors import Refused
from storage.kpi.definition import EVENT, Period
from storage.ledger import NOBODY, Happening, person
from storage.models.case import Ticket
from storage.models.ledger import StaffPost
from storage.models.quality import QaPlan, QaSample
from storage.rules.supervision import Risk, rules
from storage.unit_of_work import UnitOfWork

_TICKET = "improvement"
_DAYS_TO_ACT = timedelta(days=7)


@dataclass(frozen=True)
class Served:
    """One hand-off that a person served: what is drawn from."""

    subject: str
    conversation_id: int | None
    agent: str


@dataclass(frozen=True)
class Completion:
    """How much of a plan is done, in all and by person."""

    drawn: int
    done: int
    by_agent: Mapping[str, tuple[int, int]]

    @property
    def share(self) -> float | None:
        """Return the share that is done; None when nothing was drawn."""
        return self.done / self.drawn if self.drawn else None


@dataclass
class Supervision:
    """The supervisor's desk in one transaction; never commits."""

    uow: UnitOfWork
    now: datetime
    actor: str

    def plan(self, period: Period) -> QaPlan:
        """Draw the sample of a period, once: random by a seed that is kept, and every risk."""
        known = self._plan(period)
        if known is not None:
            return known
        served = self._served(period)
        table = rules()
        seed = int(f"{period.first:%y%m%d}{(period.last - period.first).days:03d}")
        plan = QaPlan(
            first=period.first,
            last=period.last,
            seed=seed,
            population=len(served),
            rules={"random_share": table.random_share, "quota": table.quota},
            made_by=self.actor,
            made_at=self.now,
        )
        self.uow.session.add(plan)
        self.uow.session.flush()
        why = draw(served, self._newcomers(), seed)
        for risk in table.risks:
            for subject in self._at_risk(risk, period, served):
                why[subject].append(risk.code)
        for one in served:
            if reasons := why.get(one.subject):
                self._add(plan, one, reasons)
        return plan

    def score(
        self, number: int, scores: Mapping[str, int], vetoes: Sequence[str] = (), comment: str = ""
    ) -> QaSample:
        """Fill in the scorecard; a finding (a veto, or under 80) becomes a ticket."""
        sample = self.uow.session.get(QaSample, number, with_for_update=True)
        if sample is None or sample.status == "done":
            raise Refused(f"没有待评的抽检 {number}")
        _check(scores, vetoes)
        if person(self.actor) == sample.agent:
            raise Refused("不能给自己打分")
        sample.scores, sample.vetoes = dict(scores), list(vetoes)
        sample.total = 0 if vetoes else sum(scores.values())
        sample.comment, sample.reviewer = comment[:1000], self.actor
        sample.status, sample.done_at = "done", self.now
        if vetoes or sample.total < 80:
            sample.ticket_number = self._finding(sample)
        self._told(sample)
        return sample

    def completion(self, period: Period) -> Completion:
        """Return how much of the plan is done."""
        plan = self._plan(period)
        by_agent: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        for sample in self.samples(plan.id) if plan else ():
            by_agent[sample.agent][0] += 1
            by_agent[sample.agent][1] += sample.status == "done"
        counted = {name: (drawn, done) for name, (drawn, done) in sorted(by_agent.items())}
        drawn, done = (sum(pair[n] for pair in counted.values()) for n in (0, 1))
        return Completion(drawn, done, counted)

    def samples(self, plan: int) -> Sequence[QaSample]:
        """Return the samples of a plan in the order drawn."""
        query = select(QaSample).where(QaSample.plan_id == plan).order_by(QaSample.id)
        return self.uow.session.scalars(query).all()

    def _plan(self, period: Period) -> QaPlan | None:
        query = select(QaPlan).where(QaPlan.first == period.first, QaPlan.last == period.last)
        return self.uow.session.scalar(query)

    def _served(self, period: Period) -> list[Served]:
        query = (
            select(EVENT.c.case_number, EVENT.c.conversation_id, func.max(EVENT.c.actor))
            .where(
                EVENT.c.kind.in_(("handoff.taken", "handoff.closed")),
                EVENT.c.at >= period.start,
                EVENT.c.at < period.end,
                EVENT.c.actor.not_in(NOBODY),
            )
            .group_by(EVENT.c.case_number, EVENT.c.conversation_id)
            .order_by(EVENT.c.case_number)
        )
        return [Served(*row) for row in self.uow.connection.execute(query)]

    def _newcomers(self) -> frozenset[str]:
        since = self.now.date() - timedelta(days=rules().new_staff_days)
        query = select(StaffPost.name).where(StaffPost.joined_on > since)
        return frozenset(self.uow.session.scalars(query))

    def _at_risk(self, risk: Risk, period: Period, served: Iterable[Served]) -> list[str]:
        """Return the served hand-offs in whose conversation the risk shows in the period."""
        query = select(EVENT.c.conversation_id).where(
            EVENT.c.kind == risk.kind,
            EVENT.c.at >= period.start,
            EVENT.c.at < period.end,
            # What belongs to no talk says nothing about the others that belong to none.
            EVENT.c.conversation_id.is_not(None),
        )
        if risk.value_from is not None:
            query = query.where(EVENT.c.value >= risk.value_from)
        if risk.value_up_to is not None:
            query = query.where(EVENT.c.value <= risk.value_up_to)
        if risk.labels:
            query = query.where(EVENT.c.label.in_(risk.labels))
        touched = set(self.uow.connection.execute(query.distinct()).scalars())
        return [one.subject for one in served if one.conversation_id in touched]

    def _add(self, plan: QaPlan, one: Served, why: list[str]) -> None:
        self.uow.session.add(
            QaSample(
                plan_id=plan.id,
                subject=one.subject,
                conversation_id=one.conversation_id,
                agent=one.agent,
                why=why,
                status="open",
                reviewer="",
                comment="",
            )
        )

    def _finding(self, sample: QaSample) -> str:
        """Open a ticket for what was found; whoever answers for the team works on it."""
        number = self.uow.cases.number("TK", self.now)
        facts = {"sample": sample.id, "agent": sample.agent, "total": sample.total,
                 "vetoes": sample.vetoes, "about": sample.subject}  # fmt: skip
        self.uow.cases.add(
            Ticket(
                number=number,
                conversation_id=sample.conversation_id,
                kind=_TICKET,
                status="new",
                facts=facts,
                queue="lead",
                opened_at=self.now,
                updated_at=self.now,
                due_at=self.now + _DAYS_TO_ACT,
            )
        )
        self.uow.cases.note(number, self.now, self.actor, "opened", {"kind": _TICKET})
        return number

    def _told(self, sample: QaSample) -> None:
        result = "veto" if sample.vetoes else "ok"
        self.uow.ledger.add(
            Happening(
                "qa.scored", self.now, sample.conversation_id, f"QA{sample.id}", sample.agent,
                result=result, value=sample.total,
            )
        )  # fmt: skip
        detail: dict[str, Any] = {"scores": sample.scores, "vetoes": sample.vetoes}
        self.uow.audit.note(self.now, self.actor, "decision", f"qa {sample.subject}", detail)


def draw(served: Sequence[Served], newcomers: frozenset[str], seed: int) -> dict[str, list[str]]:
    """Draw at random: a share of everybody's, twice for newcomers, never under the quota."""
    table = rules()
    by_agent: dict[str, list[str]] = defaultdict(list)
    for one in served:
        by_agent[one.agent].append(one.subject)
    why: dict[str, list[str]] = defaultdict(list)
    for agent, subjects in sorted(by_agent.items()):
        share = table.random_share * (2 if agent in newcomers else 1)
        count = min(len(subjects), max(table.quota, round(len(subjects) * share)))
        # With the seed kept, anybody can draw the same again.
        chance = random.Random(f"{seed}:{agent}")  # noqa: S311 - no secret
        for subject in chance.sample(sorted(subjects), count):
            why[subject].append("random")
    return why


def _check(scores: Mapping[str, int], vetoes: Sequence[str]) -> None:
    card = rules().scorecard
    if missing := [label for code, (label, _) in card.items() if code not in scores]:
        raise Refused(f"还没打分：{'、'.join(missing)}")
    for code, points in scores.items():
        label, most = card.get(code, (code, 0))
        if not 0 <= points <= most or code not in card:
            raise Refused(f"「{label}」的分数须在 0 到 {most} 之间")
    if unknown := [code for code in vetoes if code not in rules().vetoes]:
        raise Refused(f"没有 {'、'.join(unknown)} 这种否决项")
