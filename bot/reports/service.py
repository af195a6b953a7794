"""The service evaluation of a period as one page: satisfaction, complaints, quality, demand."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from bot.log import mask
from bot.reports import names
from bot.reports.charts import bars, shares
from bot.reports.names import SIDES
from storage.kpi.figures import CHARTER_CODES, By, Table
from storage.kpi.names import label, promise
from storage.kpi.processes import ProcessTime
from storage.kpi.report import Report, shown

COLOURS: Final = {"wait": "#b3392f", "work": "#2f7d4f", "customer": "#8aa5bf", "third": "#c7ced4"}
# What is put into these is escaped by them.
_EMPTY = Markup()
_PART_ROW = Markup("<tr><td>{}</td><td class='n'>{}{}</td><td class='n'>{} / {}</td></tr>")
_NO_PARTS = Markup("<tr><td colspan='3'>本期没有可数的行</td></tr>")
_PART_TABLE = Markup("<table><tr><th>{}</th><th></th><th>分子 / 分母</th></tr>{}</table>")


def page(report: Report, title: str) -> str:
    """Return the page; it needs nothing but itself."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined
    )
    return environment.get_template("service.html").render(
        report=report,
        title=title,
        charter=[report.tables[code] for code in CHARTER_CODES],
        charter_chart=_charter_chart(report),
        shown=shown,
        target=names.target,
        pct=names.percent,
        hours=names.hours,
        masked=mask,
        sides=SIDES,
        colours=COLOURS,
        share_chart=_share_chart,
        count_chart=_count_chart,
        promise=promise,
        late=[(promise(name), count) for name, count in report.late_clocks],
        line_of=names.line_of,
        matter=lambda label: names.matter(report, label),
        part_table=lambda code, by: _part_table(report, code, by),
    )


def _charter_chart(report: Report) -> Markup:
    tables = [report.tables[code] for code in CHARTER_CODES]
    rows = [
        (t.definition.name, t.total.value or 0.0, shown(t.total), t.total.met(t.definition))
        for t in tables
    ]
    return bars("四项考核指标", rows, top=1.0)


def _count_chart(title: str, counts: Sequence[tuple[str, int]]) -> Markup:
    rows = [(name, float(count), str(count), None) for name, count in counts]
    return bars(title, rows) if rows else Markup("")


def spent(process: ProcessTime) -> list[tuple[str, float, str]]:
    """Return where a process's time went: (side, seconds, colour), sides without any left out."""
    found = [
        (side, sum(step.total_s for step in process.steps if step.side == side)) for side in SIDES
    ]
    return [(side, seconds, COLOURS[side]) for side, seconds in found if seconds]


def _share_chart(process: ProcessTime) -> Markup:
    parts = [(SIDES[side], seconds, colour) for side, seconds, colour in spent(process)]
    return shares(process.label, parts)


def named(table: Table, by: By, name: str) -> str:
    """Return what one part of a breakdown is called."""
    return (label(table.definition.code, name) if by == "label" else name) or "（没有）"


def _part_table(report: Report, code: str, by: By) -> Markup:
    table = report.tables[code]
    rows = _EMPTY.join(
        _PART_ROW.format(
            named(table, by, name), shown(part),
            "（样本不足）" if part.few and part.value is not None else "", part.hits, part.below,
        )
        for name, part in table.by[by].items()
    )  # fmt: skip
    return _PART_TABLE.format(table.definition.name, rows or _NO_PARTS)
