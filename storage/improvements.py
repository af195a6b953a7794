"""The improvement ledger (S83, S84, S87): a measure, its owner and date, before and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from bot.clock import SHANGHAI
from bot.errors import Refused
from storage.kpi import figures
from storage.kpi.definition import Period
from storage.ledger import Happening
from storage.ledger_clocks import Promise, promised
from storage.models.quality import Improvement
from storage.unit_of_work import UnitOfWork

OPEN = ("open", "doing")
STATUSES = (*OPEN, "done", "dropped")


@dataclass(frozen=True)
class Finding:
    """Why something should be improved. ``key`` makes a second item for the same cause impossible;
    ``kpi`` is the figure that should move, taken as it is now."""

    title: str
    source: str
    cause: str
    key: str | None = None
    kpi: str = ""
    period: Period | None = None


@dataclass
class Improvements:
    """All items; never commits."""

    uow: UnitOfWork
    now: datetime
    actor: str

    def propose(self, finding: Finding) -> Improvement:
        """Open an item, or return the one that is there for this cause."""
        if finding.key and (known := self._keyed(finding.key)):
            return known
        item = Improvement(
            key=finding.key,
            title=finding.title[:255],
            source=finding.source,
            cause=finding.cause[:64],
            measure="",
            method="",
            owner="",
            status="open",
            kpi=finding.kpi,
            before=self._figure(finding.kpi, finding.period),
            result="",
            opened_at=self.now,
        )
        self.uow.session.add(item)
        self.uow.session.flush()
        self._tell(item, "improvement.opened")
        return item

    def take_on(
        self, number: int, measure: str, owner: str, due_on: date, method: str = ""
    ) -> None:
        """Say what is done, by whom, until when."""
        item = self._open(number)
        if not (measure.strip() and owner.strip()):
            raise Refused("改进项要写明措施和负责人")
        item.measure, item.owner, item.due_on = measure[:1000], owner[:128], due_on
        item.method, item.status = method[:64], "doing"
        self._tell(item, "improvement.taken")

    def close(self, number: int, result: str, after: Period | None = None) -> Improvement:
        """Close with what came of it; a figure is compared before and after."""
        item = self._open(number)
        if item.status != "doing" or item.due_on is None:
            raise Refused("先写明措施、负责人和期限，再关闭")
        if item.kpi and after is None:
            raise Refused(
                f"这一项要看「{figures.DEFINITIONS[item.kpi].name}」：关闭时请给出改进以后的统计期"
            )
        if not result.strip():
            raise Refused("请写明结果")
        item.after = self._figure(item.kpi, after)
        item.result, item.status, item.closed_at = result[:1000], "done", self.now
        due = datetime.combine(item.due_on + timedelta(days=1), time(), SHANGHAI)
        promise = Promise(name_of(item), "improvement", item.opened_at, due, item.owner)
        promised(self.uow.ledger, promise, self.now)
        self._tell(item, "improvement.done")
        return item

    def drop(self, number: int, reason: str) -> None:
        """Give an item up, with the reason."""
        item = self._open(number)
        if not reason.strip():
            raise Refused("不做也要写明理由")
        item.result, item.status, item.closed_at = reason[:1000], "dropped", self.now
        self._tell(item, "improvement.dropped")

    def all(self, statuses: Sequence[str] = STATUSES) -> Sequence[Improvement]:
        """Return the items in these states, oldest first."""
        query = select(Improvement).where(Improvement.status.in_(statuses)).order_by(Improvement.id)
        return self.uow.session.scalars(query).all()

    def _keyed(self, key: str) -> Improvement | None:
        return self.uow.session.scalar(select(Improvement).where(Improvement.key == key))

    def _open(self, number: int) -> Improvement:
        item = self.uow.session.get(Improvement, number, with_for_update=True)
        if item is None:
            raise Refused(f"没有第 {number} 项改进")
        if item.status not in OPEN:
            raise Refused(f"第 {number} 项已经结束")
        return item

    def _figure(self, code: str, period: Period | None) -> dict[str, Any] | None:
        """Take a figure as it is: what stands here later is what was counted then."""
        if not code or period is None:
            return None
        if code not in figures.DEFINITIONS:
            raise Refused(f"没有指标 {code}")
        definition = figures.DEFINITIONS[code]
        total = figures.table(self.uow.connection, definition, period).total
        return {
            "from": str(period.first),
            "to": str(period.last),
            "hits": total.hits,
            "rows": total.rows,
            "value": total.value,
            "version": definition.version,
        }

    def _tell(self, item: Improvement, kind: str) -> None:
        self.uow.ledger.add(
            Happening(
                kind, self.now, case_number=name_of(item), actor=self.actor, label=item.source
            )
        )


def name_of(item: Improvement) -> str:
    """Return the number under which the ledger knows an item."""
    return f"IM{item.id}"
