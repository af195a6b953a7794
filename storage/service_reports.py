"""Evaluations of service that are kept: which are due, made once, listed, fetched."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from storage.kpi.definition import EVENT, Period
from storage.kpi.figures import CHARTER_CODES
from storage.kpi.report import Report, shown
from storage.ledger import Happening
from storage.models.base import table_of
from storage.models.report import ServiceReport
from storage.rules.service_reports import Kind, rules
from storage.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Due:
    """A period that is over and has no report; ``why_not`` says why it gets none."""

    kind: Kind
    period: Period
    why_not: str = ""


@dataclass
class ServiceReports:
    """All reports; never commits."""

    uow: UnitOfWork

    def due(self, today: date) -> Iterator[Due]:
        """Yield what is to be made, the oldest first."""
        for kind in rules().kinds:
            for period in reversed(list(kind.ended(today))):
                if self.find(kind.code, period) is None:
                    yield Due(kind, period, "" if self._any(period) else "这一期没有任何记录")

    def _any(self, period: Period) -> bool:
        query = select(EVENT.c.id).where(EVENT.c.at >= period.start, EVENT.c.at < period.end)
        return self.uow.connection.execute(query.limit(1)).scalar() is not None

    def find(self, kind: str, period: Period) -> ServiceReport | None:
        """Return the report of a period."""
        query = select(ServiceReport).where(
            ServiceReport.kind == kind,
            ServiceReport.first == period.first,
            ServiceReport.last == period.last,
        )
        return self.uow.session.scalar(query)

    def get(self, number: int) -> ServiceReport | None:
        """Return a report by its number."""
        return self.uow.session.get(ServiceReport, number)

    def all(self, limit: int = 200) -> Sequence[ServiceReport]:
        """Return the reports, the newest period first."""
        query = select(ServiceReport).order_by(ServiceReport.last.desc(), ServiceReport.id.desc())
        return self.uow.session.scalars(query.limit(limit)).all()

    def keep(
        self, kind: Kind, report: Report, drawn: tuple[bytes, bytes], by: tuple[str, datetime]
    ) -> ServiceReport | None:
        """Keep what was drawn (page, paper); None when another one has kept it meanwhile."""
        page, paper = drawn
        actor, now = by
        values = {
            "kind": kind.code,
            "first": report.period.first,
            "last": report.period.last,
            "title": kind.name(report.period),
            "figures": _figures(report),
            "page": page,
            "paper": paper,
            "digest": hashlib.sha256(page + paper).hexdigest(),
            "made_by": actor,
            "made_at": now,
        }
        on_postgresql = self.uow.connection.dialect.name == "postgresql"
        insert = (postgresql if on_postgresql else sqlite).insert(table_of(ServiceReport))
        new = insert.on_conflict_do_nothing().values(values).returning(ServiceReport.id)
        number = self.uow.session.scalar(new)
        made = self.uow.session.get(ServiceReport, number) if number else None
        if made is None:
            return None
        key = f"report:{kind.code}:{report.period.first}"
        self.uow.ledger.add(Happening("report.made", now, actor=actor, label=kind.code, key=key))
        self.uow.audit.note(now, actor, "decision", key, {"digest": made.digest})
        return made


def _figures(report: Report) -> list[dict[str, Any]]:
    """Return the four figures of the charter as they were then."""
    tables = [report.tables[code] for code in CHARTER_CODES]
    return [
        {
            "code": table.definition.code,
            "title": table.definition.name,
            "version": table.definition.version,
            "hits": table.total.hits,
            "rows": table.total.rows,
            "value": table.total.value,
            "shown": shown(table.total),
            "target": table.definition.target,
            "met": table.total.met(table.definition),
        }
        for table in tables
    ]
