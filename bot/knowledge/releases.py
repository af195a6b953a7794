"""From proposals to a release: replay first, explain what changes, publish, roll back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.errors import Refused
from bot.knowledge import live, past
from bot.knowledge.shares import replay_shared
from knowledge_base import replay as tries
from knowledge_base.loader import KnowledgeBase
from knowledge_base.matcher import FaqMatcher
from knowledge_base.replay import Report, Side, Verdict
from knowledge_base.service import Service, build
from storage.knowledge_values import Cut, Text, Version
from storage.models.knowledge import OPEN_STATES, KbRelease
from storage.transactions import Transactions
from storage.unit_of_work import UnitOfWork

APPROVED = ("approved",)
Calibrate = Callable[[KnowledgeBase], Mapping[str, Any] | None]


def shipped_weights(_: KnowledgeBase) -> Mapping[str, Any] | None:
    """Learn nothing from a base: its answers are judged by the weights the product ships."""
    return None


@dataclass(frozen=True)
class Plan:
    """The release that would be made of what is proposed now."""

    number: int
    before: Sequence[Version]
    after: Sequence[Version]
    proposals: Sequence[Version] = ()
    calibration: Mapping[str, Any] | None = None

    @property
    def versions(self) -> dict[str, int]:
        """Return code → version of the release."""
        return {version.code: version.id for version in self.after}


def plan(uow: UnitOfWork, now: datetime, states: Sequence[str] = APPROVED) -> Plan:
    """Return what a release of the proposals in these states would hold.

    What is past its date leaves with it.
    """
    number = uow.knowledge.live()
    before = uow.knowledge.contents(number)
    proposals = uow.knowledge.open(states)
    after = {version.code: version for version in before if not version.is_expired(now)}
    for version in proposals:
        if version.gone:
            after.pop(version.code, None)
        else:
            after[version.code] = version
    learnt = uow.knowledge.release(number).calibration if number else None
    return Plan(number, before, list(after.values()), proposals, learnt)


class Editors:
    """What whoever edits the knowledge base may do beyond a single version."""

    def __init__(
        self,
        transactions: Transactions,
        service: Callable[[], Service],
        calibrate: Calibrate = shipped_weights,
    ) -> None:
        self.transactions = transactions
        self.service = service
        self.calibrate = calibrate
        self.cores = 1
        self._known: dict[str, Verdict] = {}
        self._known_of = -1

    def replay(
        self, now: datetime, states: Sequence[str] = OPEN_STATES, *, everything: bool = False
    ) -> Report:
        """Try all questions against what is proposed."""
        planned = self.transactions.read(lambda uow: plan(uow, now, states))
        calibration = self.calibrate(live.base_of(planned.after, now))
        return self._replay(planned, now, calibration, everything=everything)

    def try_texts(self, texts: Sequence[Text], now: datetime) -> Report:
        """Try all questions against the live release with some texts put into it."""

        def read(uow: UnitOfWork) -> Plan:
            planned = plan(uow, now, ())
            after = {version.code: version for version in planned.before}
            after |= {text.code: text.as_version(now) for text in texts}
            return replace(planned, after=list(after.values()))

        planned = self.transactions.read(read)
        return self._replay(planned, now, self.calibrate(live.base_of(planned.after, now)))

    def compare(self, old: int, new: int, now: datetime) -> Report:
        """Try all questions against two releases that were made."""

        def read(uow: UnitOfWork) -> tuple[Plan, Mapping[str, Any] | None]:
            was, will = uow.knowledge.release(old), uow.knowledge.release(new)
            sides = uow.knowledge.contents(old), uow.knowledge.contents(new)
            return Plan(old, *sides, calibration=was.calibration), will.calibration

        planned, calibration = self.transactions.read(read)
        return self._replay(planned, now, calibration)

    def _replay(
        self,
        planned: Plan,
        now: datetime,
        calibration: Mapping[str, Any] | None,
        *,
        everything: bool = False,
    ) -> Report:
        before, after = live.base_of(planned.before, now), live.base_of(planned.after, now)
        service = self.service()
        if service.release == planned.number and service.base.entries == before.entries:
            was = Side(service.base, service.matcher, self._remembered(planned.number))
        else:
            was = Side(before, self._matcher(service, before, planned.calibration))
        will = Side(after, self._matcher(service, after, calibration))
        asked = [*self.transactions.read(past.questions), *tries.variants(before, after)]
        return replay_shared(
            was, will, asked, service.memory, everything=everything, cores=self.cores
        )

    def _matcher(
        self, service: Service, base: KnowledgeBase, calibration: Mapping[str, Any] | None
    ) -> FaqMatcher:
        """Build from what the service remembers, without turning its memory.

        What is live is what will be needed again.
        """
        with service.building:
            return build(base, calibration, service.memory, service.precision)

    def _remembered(self, release: int) -> dict[str, Verdict]:
        """Return what the live release was found to answer, as long as it is live."""
        if release != self._known_of:
            self._known, self._known_of = {}, release
        return self._known

    def prepare(self, now: datetime, explanation: str = "") -> Ready:
        """Replay what is approved; Refused while a change is not explained."""
        planned = self.transactions.read(lambda uow: plan(uow, now))
        if not planned.proposals:
            raise Refused("没有复核通过、等待发布的条目")
        calibration = self.calibrate(live.base_of(planned.after, now))
        report = self._replay(planned, now, calibration)
        if report.to_explain and not explanation.strip():
            raise Unexplained(report)
        return Ready(planned, report, explanation.strip(), calibration)

    def publish(self, actor: str, now: datetime, explanation: str = "") -> tuple[KbRelease, Report]:
        """Publish what is approved."""
        ready = self.prepare(now, explanation)
        return self.transactions.run(lambda uow: ready.cut(uow, actor, now)), ready.report


@dataclass(frozen=True)
class Ready:
    """A release that was replayed and explained, and only has to be cut."""

    planned: Plan
    report: Report
    explanation: str
    calibration: Mapping[str, Any] | None

    def cut(self, uow: UnitOfWork, actor: str, now: datetime) -> KbRelease:
        """Make it live; Refused when what was replayed is not what is there any more."""
        uow.knowledge.lock()
        again = plan(uow, now)
        if (again.number, again.versions) != (self.planned.number, self.planned.versions):
            raise Refused("比对期间知识库又有了变化，请再发布一次")
        about = Cut(
            "publish", actor, now, self.explanation, self.report.summary(), self.calibration
        )
        return uow.knowledge.release(uow.knowledge.cut(self.planned.versions, about))


def restore(
    uow: UnitOfWork, number: int, actor: str, now: datetime, explanation: str = ""
) -> KbRelease:
    """Make an earlier release live again, under a number of its own."""
    uow.knowledge.lock()
    old = uow.knowledge.release(number)
    if number == uow.knowledge.live():
        raise Refused(f"第 {number} 号发布现在就是生效的")
    versions = {version.code: version.id for version in uow.knowledge.contents(number)}
    words = explanation.strip() or f"回滚到第 {number} 号发布"
    about = Cut("rollback", actor, now, words, calibration=old.calibration, restores=number)
    return uow.knowledge.release(uow.knowledge.cut(versions, about))


class Unexplained(Refused):
    """A release would change answers, and nobody has said why that is right."""

    def __init__(self, report: Report) -> None:
        count = report.to_explain
        super().__init__(
            f"有 {count} 个问题的答案会变（变了 {report.count('changed')}，"
            f"答不了 {report.count('lost')}）：请先看 anda kb replay，"
            "再用 --explain 说明为什么这样是对的"
        )
        self.report = report
