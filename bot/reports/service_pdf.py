"""The service evaluation of a period on paper: the same figures as the page, with charts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from bot.log import mask
from bot.pdf.begin import new_sheet
from bot.reports import names
from bot.reports.names import SIDES
from bot.reports.service import named, spent
from storage.kpi.figures import CHARTER_CODES, By, Figure, Table
from storage.kpi.names import promise
from storage.kpi.report import Report, shown

if TYPE_CHECKING:
    from bot.pdf.sheet import Sheet

_REACHED: Final = {True: "#2f7d4f", False: "#b3392f", None: "#38618c"}
_PLAIN = _REACHED[None]
_COUNTS, _PARTS = (130, 44), (90, 44, 40)


def paper(report: Report, title: str, at: datetime) -> bytes:
    """Return the document."""
    period = f"{report.period.first} 至 {report.period.last}"
    sheet = new_sheet(title, foot=f"{title}　{period}", at=at)
    sheet.title(title, f"{period}（两日均含，北京时间），{at:%Y-%m-%d %H:%M} 制作")
    sheet.note("每个数都由事件总账的行数出，口径见文末；“—”是没有可数的行。")
    _charter(sheet, report)
    _satisfaction(sheet, report)
    _claims(sheet, report)
    _processes(sheet, report)
    _demand(sheet, report)
    _all(sheet, report)
    return sheet.finish()


def _charter(sheet: Sheet, report: Report) -> None:
    tables = [report.tables[code] for code in CHARTER_CODES]
    sheet.heading("四项考核指标")
    sheet.bars(
        [
            (t.definition.name, t.total.value or 0.0, shown(t.total),
             _REACHED[t.total.met(t.definition)])
            for t in tables
        ],
        top=1.0,
    )  # fmt: skip
    rows = [
        (t.definition.name, _words(t.total), _pair(t.total), names.target(t.definition),
         shown(report.before[t.definition.code]))
        for t in tables
    ]  # fmt: skip
    sheet.table(("指标", "本期", "分子 / 分母", "目标", "上期"), rows, (54, 40, 34, 20, 26))


def _satisfaction(sheet: Sheet, report: Report) -> None:
    sheet.heading("一、满意度")
    _parts(sheet, report.tables["csat"], "label")
    _parts(sheet, report.tables["csat_dimension"], "label")
    sheet.heading("二、投诉")
    _bars(sheet, report.complaints)
    _counted(sheet, "环节", report.complaints, "本期没有投诉")
    _counted(sheet, "办结投诉的根因", report.root_causes, "本期没有办结的投诉")
    sheet.heading("三、质量监控")
    _parts(sheet, report.tables["qa_mean"], "team")


def _claims(sheet: Sheet, report: Report) -> None:
    late = [(promise(label), count) for label, count in report.late_clocks]
    sheet.heading("四、时限与理赔案例分析")
    _bars(sheet, late)
    _counted(sheet, "时限", late, "本期没有超时")
    cases = [
        (c.number, names.line_of(c.line), "、".join(map(promise, c.clocks)), names.hours(c.worst_s))
        for c in report.late_cases
    ]
    if cases:
        sheet.table(("值得讲评的案件", "险种", "超时的时限", "最长用时"), cases, (46, 26, 74, 28))


def _processes(sheet: Sheet, report: Report) -> None:
    sheet.heading("五、流程：时间花在哪里")
    for process in report.processes:
        if not process.moves:
            continue
        sheet.paragraph(
            f"{process.label}：等待占我方用时 {names.percent(process.waiting_share)}；"
            f"退回率 {names.percent(process.return_rate)}；"
            f"放弃率 {names.percent(process.abandon_rate)}；办完 {process.ended} 件。"
        )
        sheet.shares([(SIDES[side], seconds, colour) for side, seconds, colour in spent(process)])
    steps = [
        (f"{s.process_label}·{s.label}（{SIDES[s.side]}）", str(s.times), names.hours(s.mean_s),
         names.hours(s.p90_s), str(s.returned))
        for s in report.bottlenecks
    ]  # fmt: skip
    if steps:
        sheet.table(("最花时间的步骤", "次数", "平均", "P90", "退回"), steps, (74, 20, 30, 30, 20))


def _demand(sheet: Sheet, report: Report) -> None:
    sheet.heading("六、需求热点与没答上的问题")
    asked = [(names.matter(report, label), count) for label, count in report.asked]
    _counted(sheet, "问得最多的条目", asked, "本期没有提问")
    unsolved = [(names.matter(report, label), count) for label, count in report.unsolved]
    _counted(sheet, "答了但没解决的主题", unsolved, "没有")
    missed = [(mask(cluster.leader), cluster.count) for cluster in report.unanswered]
    _counted(sheet, "没答上的问题", missed, "没有")
    flows = [
        (names.matter(report, f.flow), str(f.begun), str(f.done), str(f.cancelled))
        for f in report.flows
    ]
    if flows:
        sheet.table(("办理流程", "开始", "办完", "放弃"), flows, (96, 26, 26, 26))


def _all(sheet: Sheet, report: Report) -> None:
    sheet.heading("七、全部指标")
    rows = [
        (t.definition.name, shown(t.total) + _slow(t), _pair(t.total))
        for t in report.tables.values()
    ]
    sheet.table(("指标", "数值", "分子 / 分母"), rows, _PARTS)
    sheet.heading("八、分班组")
    _parts(sheet, report.tables["response_staff"], "team")
    _parts(sheet, report.tables["claim_on_time"], "team")
    sheet.heading("口径")
    meanings = [
        (f"{t.definition.name}（v{t.definition.version}）",
         f"{t.definition.formula}\n分子：{t.definition.numerator}\n分母：{t.definition.denominator}",
         f"{t.definition.excluded}\n{t.definition.basis}")
        for t in report.tables.values()
    ]  # fmt: skip
    sheet.table(("指标（版本）", "公式", "剔除、依据"), meanings, (40, 90, 44))


def _parts(sheet: Sheet, table: Table, by: By) -> None:
    rows = [
        (named(table, by, name), _words(part), _pair(part)) for name, part in table.by[by].items()
    ]
    empty = [("本期没有可数的行", "", "")]
    sheet.table((table.definition.name, "", "分子 / 分母"), rows or empty, _PARTS)


def _counted(sheet: Sheet, head: str, counts: Sequence[tuple[str, int]], empty: str) -> None:
    rows = [(name, str(count)) for name, count in counts]
    sheet.table((head, "件数或次数"), rows or [(empty, "")], _COUNTS)


def _bars(sheet: Sheet, counts: Sequence[tuple[str, int]]) -> None:
    sheet.bars([(name, float(count), str(count), _PLAIN) for name, count in counts])


def _words(figure: Figure) -> str:
    few = figure.few and figure.value is not None
    return shown(figure) + ("（样本不足）" if few else "")


def _pair(figure: Figure) -> str:
    return f"{figure.hits} / {figure.below}"


def _slow(table: Table) -> str:
    return "".join(f"　P{p} {value:.1f}" for p, value in table.quantiles.items())
