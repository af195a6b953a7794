"""Assessments made, published, appealed and corrected; training and improvements that follow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from bot.clock import SHANGHAI
from bot.clockwork.workdays import WorkCalendar
from bot.errors import Refused
from storage.assessing import Item, Person, Result, Sample, assess, score, shortfalls
from storage.improvements import Finding, Improvements
from storage.kpi import figures
from storage.kpi.definition import Period
from storage.kpi.figures import DEFINITIONS, Table
from storage.ledger import Happening, person
from storage.ledger_clocks import Promise, promised
from storage.models.ledger import StaffPost
from storage.models.quality import Assessment, Merit, TrainingTask
from storage.rules.assessment import Rules, rules
from storage.unit_of_work import UnitOfWork

_SIGNED_TWICE = ("penalty", "veto", "upheld_complaint")
_WORST = 3


@dataclass
class Assessments:
    """The assessments of one transaction; never commits."""

    uow: UnitOfWork
    now: datetime
    actor: str

    @property
    def table(self) -> Rules:
        """Return the rules."""
        return rules()

    def work_out(self, period: Period) -> list[Result]:
        """Assess everybody with a post, from the ledger alone."""
        posts = list(self.uow.session.scalars(select(StaffPost).order_by(StaffPost.name)))
        known = [post for post in posts if post.post in self.table.posts]
        codes = {m.code for post in known for m in self.table.posts[post.post]} & set(DEFINITIONS)
        tables = figures.tables(self.uow.connection, period, sorted(codes))
        merits = self._merits(period)
        return assess([_person(post, tables, merits.get(post.name, [])) for post in known], rules())

    def make(self, period: Period) -> list[Result]:
        """Keep the results as drafts; what is published stays as it was published."""
        results = self.work_out(period)
        for result in results:
            kept = self._find(period, result.person)
            if kept is None:
                self.uow.session.add(self._draft(period, result))
            elif kept.status == "draft":
                kept.body, kept.made_at = result.body(), self.now
        self.uow.session.flush()
        return results

    def _draft(self, period: Period, result: Result) -> Assessment:
        return Assessment(
            first=period.first,
            last=period.last,
            person=result.person,
            team=result.team,
            post=result.post,
            body=result.body(),
            status="draft",
            made_at=self.now,
        )

    def publish(self, period: Period) -> int:
        """Publish the drafts and give out the training that they call for; return how many."""
        results = {result.person: result for result in self.make(period)}
        drafts = self.of(period, "draft")
        for draft in drafts:
            draft.status, draft.published_at = "published", self.now
            self._told(draft, "assessment.published")
            for item in shortfalls(results[draft.person], self.table):
                self._train(period, draft.person, item)
        return len(drafts)

    def _train(self, period: Period, name: str, item: Item) -> None:
        key = f"train:{period.first}:{period.last}:{name}:{item.code}"
        if self.uow.session.scalar(select(TrainingTask.id).where(TrainingTask.key == key)):
            return
        title = DEFINITIONS[item.code].name
        why = f"{period.first} 至 {period.last}：{title} {item.score:.0f} 分，{item.rows} 个样本"
        self.uow.session.add(
            TrainingTask(
                key=key[:128],
                person=name,
                topic=self.table.topics.get(item.code, title),
                why=why,
                kpi=item.code,
                before={"rows": item.rows, "value": item.value, "score": item.score},
                due_on=self.now.date() + timedelta(days=self.table.retest_days),
                status="open",
                opened_at=self.now,
            )
        )

    def finish_training(self, number: int, after: Period) -> TrainingTask:
        """Close a task with the figure after it: the loop is closed by a number, not a stamp."""
        task = self.uow.session.get(TrainingTask, number, with_for_update=True)
        if task is None or task.status != "open":
            raise Refused(f"没有未完成的培训任务 {number}")
        definition = DEFINITIONS[task.kpi]
        found = figures.table(self.uow.connection, definition, after).by["actor"].get(task.person)
        task.after = {"rows": found.rows if found else 0, "value": found.value if found else None}
        task.status, task.done_at = "done", self.now
        due = datetime.combine(task.due_on + timedelta(days=1), time(), SHANGHAI)
        promise = Promise(f"TR{task.id}", "training", task.opened_at, due, task.person)
        promised(self.uow.ledger, promise, self.now)
        return task

    def appeal(self, period: Period, name: str, words: str, calendar: WorkCalendar) -> None:
        """Note an appeal against a published result, within the working days of the rules."""
        kept = self._published(period, name)
        assert kept.published_at is not None
        last = calendar.add_days(kept.published_at.date(), self.table.appeal_working_days)
        if self.now.date() > last:
            raise Refused(f"申诉期到 {last} 为止，已经过了")
        if not words.strip():
            raise Refused("请写明对哪一项有异议、为什么")
        kept.status = "appealed"
        kept.appeal = {"words": words[:1000], "at": self.now.isoformat(), "by": self.actor}
        self._told(kept, "assessment.appealed")

    def decide(self, period: Period, name: str, reason: str, corrected: float | None) -> None:
        """Answer an appeal: upheld, or corrected with the old total kept beside."""
        kept = self._find(period, name)
        if kept is None or kept.status != "appealed" or kept.appeal is None:
            raise Refused(f"{name} 没有待复核的申诉")
        if person(self.actor) == name or not reason.strip():
            raise Refused("申诉由本人以外的人复核，并写明理由")
        kept.appeal = {
            **kept.appeal,
            "reason": reason[:1000],
            "decided_by": self.actor,
            "decided_at": self.now.isoformat(),
            "before": kept.body["total"],
        }
        kept.status = "upheld" if corrected is None else "corrected"
        if corrected is not None:
            grade = self.table.grade(corrected)
            changed = {"total": corrected, "grade": grade.grade, "bonus": grade.bonus}
            kept.body = {**kept.body, **changed}
        self._told(kept, f"assessment.{kept.status}")

    def honours(self, period: Period) -> tuple[list[Assessment], list[Assessment]]:
        """Return whom to praise and whom to help: the best grade, and the last one (S65, S66)."""
        best, worst = self.table.grades[0].grade, self.table.grades[-1].grade
        every = self.of(period)
        return (
            [a for a in every if a.body["grade"] == best],
            [a for a in every if a.body["grade"] == worst],
        )

    def record_merit(self, merit: Merit) -> None:
        """Record praise, or a penalty or veto that two people have signed."""
        if merit.kind not in (*self.table.merits, "veto"):
            raise Refused(f"没有 {merit.kind} 这一种记录")
        if merit.kind in _SIGNED_TWICE and merit.approved_by in (None, "", merit.recorded_by):
            raise Refused("处罚和一票否决须质检与主管两人签字")
        self.uow.session.add(merit)
        self.uow.session.flush()

    def weak_spots(self, period: Period) -> list[dict[str, Any]]:
        """Return the worst cells of team × figure with their change; open an item each (S67)."""
        codes = sorted({m.code for post in self.table.posts.values() for m in post}
                       & set(DEFINITIONS))  # fmt: skip
        now = figures.tables(self.uow.connection, period, codes)
        before = figures.tables(self.uow.connection, period.before, codes)
        cells = sorted(_cells(now, before, self.table), key=lambda cell: cell["score"])[:_WORST]
        ledger = Improvements(self.uow, self.now, self.actor)
        for cell in cells:
            title = f"{cell['team']}的{DEFINITIONS[cell['code']].name}偏低"
            key = f"weak:{period.first}:{period.last}:{cell['team']}:{cell['code']}"[:128]
            ledger.propose(Finding(title, "kpi", cell["code"], key, cell["code"], period))
        return cells

    def of(self, period: Period, status: str | None = None) -> Sequence[Assessment]:
        """Return the assessments of a period by name."""
        query = select(Assessment).where(
            Assessment.first == period.first, Assessment.last == period.last
        )
        if status:
            query = query.where(Assessment.status == status)
        return self.uow.session.scalars(query.order_by(Assessment.person)).all()

    def _find(self, period: Period, name: str) -> Assessment | None:
        query = select(Assessment).where(
            Assessment.first == period.first,
            Assessment.last == period.last,
            Assessment.person == name,
        )
        return self.uow.session.scalar(query.with_for_update())

    def _published(self, period: Period, name: str) -> Assessment:
        kept = self._find(period, name)
        if kept is None or kept.status != "published":
            raise Refused(f"{name} 在这一期没有可申诉的考核结果")
        return kept

    def _merits(self, period: Period) -> dict[str, list[str]]:
        query = select(Merit).where(Merit.on >= period.first, Merit.on <= period.last)
        found: dict[str, list[str]] = {}
        for merit in self.uow.session.scalars(query):
            found.setdefault(merit.person, []).append(merit.kind)
        return found

    def _told(self, kept: Assessment, kind: str) -> None:
        subject = f"assessment {kept.person} {kept.first}"
        detail = {"status": kept.status, "total": kept.body["total"]}
        self.uow.audit.note(self.now, self.actor, "decision", subject, detail)
        self.uow.ledger.add(
            Happening(kind, self.now, actor=self.actor, label=kept.post, team=kept.team)
        )


def _person(post: StaffPost, tables: Mapping[str, Table], merits: list[str]) -> Person:
    return Person(
        post.name,
        post.team,
        post.post,
        _samples(tables, "actor", post.name),
        _samples(tables, "team", post.team),
        tuple(Counter(merits).elements()),
        "veto" in merits,
    )


def _samples(tables: Mapping[str, Table], by: Any, name: str) -> dict[str, Sample]:
    return {
        code: Sample(part.rows, part.value)
        for code, table in tables.items()
        if (part := table.by[by].get(name)) and part.value is not None
    }


def _cells(
    now: Mapping[str, Table], before: Mapping[str, Table], table: Rules
) -> list[dict[str, Any]]:
    measures = {m.code: m for post in table.posts.values() for m in post}
    cells = []
    for code, counted in now.items():
        for team, part in counted.by["team"].items():
            if not team or team == "bot" or part.few or part.value is None:
                continue
            earlier = before[code].by["team"].get(team)
            cells.append(
                {
                    "team": team,
                    "code": code,
                    "rows": part.rows,
                    "value": part.value,
                    "before": earlier.value if earlier else None,
                    "score": score(measures[code], part.value, table.cap),
                }
            )
    return cells
