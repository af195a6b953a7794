"""The KPI report as a workbook: figures, breakdowns, processes, and the meaning of each figure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from bot.reports.names import SIDES
from storage.kpi.figures import DEFINITIONS, Figure
from storage.kpi.report import Report, shown

Row = Sequence[Any]
FIGURES = (
    "代码",
    "指标",
    "分子",
    "分母",
    "数值",
    "显示",
    "样本不足",
    "目标",
    "达标",
    "扣除",
    "上期",
)
PARTS = ("代码", "指标", "维度", "是谁", "分子", "分母", "数值", "显示", "样本不足")
MEANING = ("代码", "指标", "版本", "公式", "分子的行", "分母的行", "剔除", "依据", "目标")
STEPS = ("流程", "步骤", "时间花在", "次数", "平均（小时）", "P90（小时）", "合计（小时）", "退回")
BYS = {"actor": "人员", "team": "班组", "channel": "渠道", "label": "触点"}
_BOLD = Font(bold=True)


def workbook(report: Report) -> bytes:
    """Return the workbook."""
    book = Workbook()
    book.remove(book.worksheets[0])
    period = f"{report.period.first} 至 {report.period.last}"
    _sheet(book, "指标", FIGURES, _figures(report), period)
    _sheet(book, "分项", PARTS, _parts(report), period)
    _sheet(book, "流程耗时", STEPS, _steps(report), period)
    _sheet(book, "口径", MEANING, _meaning())
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _sheet(book: Workbook, title: str, heading: Row, rows: Iterator[Row], period: str = "") -> None:
    sheet: Worksheet = book.create_sheet(title)
    sheet.append(list(heading))
    for row in rows:
        sheet.append(list(row))
    for cell in sheet[1]:
        cell.font = _BOLD
    sheet.freeze_panes = "C2"
    if sheet.oddHeader:
        sheet.oddHeader.center.text = period
    for column in "ABCDEFGH":
        sheet.column_dimensions[column].width = 18


def _figures(report: Report) -> Iterator[Row]:
    for code, table in report.tables.items():
        total, definition = table.total, table.definition
        met = total.met(definition)
        before = report.before.get(code)
        yield (
            code,
            definition.name,
            total.hits,
            total.below,
            total.value,
            shown(total),
            "是" if total.few else "",
            definition.target,
            "" if met is None else "是" if met else "否",
            total.excluded,
            shown(before) if before else "",
        )


def _parts(report: Report) -> Iterator[Row]:
    for code, table in report.tables.items():
        for by, parts in table.by.items():
            for name, part in parts.items():
                yield (code, table.definition.name, BYS[by], name or "（没有）", *_numbers(part))


def _numbers(part: Figure) -> Row:
    return (part.hits, part.below, part.value, shown(part), "是" if part.few else "")


def _steps(report: Report) -> Iterator[Row]:
    for process in report.processes:
        for step in process.steps:
            hours = (step.mean_s / 3600, step.p90_s / 3600, step.total_s / 3600)
            yield (
                process.label,
                step.label,
                SIDES[step.side],
                step.times,
                *(round(hour, 2) for hour in hours),
                step.returned,
            )


def _meaning() -> Iterator[Row]:
    for one in DEFINITIONS.values():
        yield (
            one.code,
            one.name,
            one.version,
            one.formula,
            one.numerator,
            one.denominator,
            one.excluded,
            one.basis,
            one.target,
        )
