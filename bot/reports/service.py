"""The service evaluation of a period as one page: satisfaction, complaints, quality, demand."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from bot.log import mask
from bot.reports.charts import bars, shares
from bot.reports.kpi_xlsx import SIDES
from storage.kpi.definition import Definition
from storage.kpi.figures import CHARTER_CODES, By
from storage.kpi.processes import ProcessTime
from storage.kpi.report import Report, shown

_COLOURS: Final = {"wait": "#b3392f", "work": "#2f7d4f", "customer": "#8aa5bf", "third": "#c7ced4"}


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
        target=_target,
        pct=_percent,
        hours=_hours,
        masked=mask,
        sides=SIDES,
        share_chart=_share_chart,
        part_table=lambda code, by: _part_table(report, code, by),
    )


def _charter_chart(report: Report) -> Markup:
    tables = [report.tables[code] for code in CHARTER_CODES]
    rows = [
        (t.definition.name, t.total.value or 0.0, shown(t.total), t.total.met(t.definition))
        for t in tables
    ]
    return Markup(bars("四项考核指标", rows, top=1.0))  # noqa: S704 - our own drawing, escaped


def _share_chart(process: ProcessTime) -> Markup:
    spent = {
        side: sum(step.total_s for step in process.steps if step.side == side) for side in SIDES
    }
    parts = [(SIDES[side], seconds, _COLOURS[side]) for side, seconds in spent.items()]
    return Markup(shares(process.label, parts))  # noqa: S704 - our own drawing, escaped


def _part_table(report: Report, code: str, by: By) -> Markup:
    table = report.tables[code]
    rows = "".join(
        f"<tr><td>{escape(name or '（没有）')}</td><td class='n'>{escape(shown(part))}"
        f"{'（样本不足）' if part.few else ''}</td>"
        f"<td class='n'>{part.hits} / {part.rows}</td></tr>"
        for name, part in table.by[by].items()
    )
    head = escape(table.definition.name)
    empty = "<tr><td colspan='3'>本期没有可数的行</td></tr>"
    return Markup(  # noqa: S704 - every part is escaped above
        f"<table><tr><th>{head}</th><th></th><th>分子 / 分母</th></tr>{rows or empty}</table>"
    )


def _target(definition: Definition) -> str:
    if definition.target is None:
        return ""
    return f"{definition.target:.0%}" if definition.kind == "share" else f"{definition.target:g}"


def _percent(share: float | None) -> str:
    return "—" if share is None else f"{share:.0%}"


def _hours(seconds: float) -> str:
    return f"{seconds / 3600:.1f} 小时" if seconds >= 3600 else f"{seconds / 60:.1f} 分钟"
