"""`anda report …`: figures and evaluations of a period."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from bot import clock
from bot.bootstrap import App
from bot.errors import AndaError
from bot.reports.kpi_xlsx import workbook
from bot.reports.service import page
from bot.reports.service_pdf import paper
from storage import ledger_claims, ledger_promises, schema
from storage.kpi import report as reports
from storage.kpi.definition import Period
from storage.kpi.report import Report, shown
from storage.unit_of_work import UnitOfWork

app = typer.Typer(no_args_is_help=True)
_TITLE = "服务评估报告"


@app.callback()
def _report() -> None:
    """报表。"""


@app.command()
def kpi(
    first: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="从哪天")],
    last: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="到哪天（含）")],
    xlsx: Annotated[Path | None, typer.Option(help="另存为 Excel，含口径一页")] = None,
    html: Annotated[Path | None, typer.Option(help="另存为网页，含图")] = None,
) -> None:
    """指标：每个数的分子、分母、显示值；与接口、控制台同一次计数。"""
    found = _counted(first.date(), last.date())
    for code, table in found.tables.items():
        few = "　样本不足" if table.total.few and table.total.value is not None else ""
        print(
            f"{code}\t{table.definition.name}\t{shown(table.total)}\t"
            f"{table.total.hits}/{table.total.below}{few}"
        )
    if xlsx:
        _write(xlsx, workbook(found))
    if html:
        _write(html, page(found, f"服务指标 {first:%Y-%m-%d} 至 {last:%Y-%m-%d}").encode())


@app.command()
def service(
    first: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="从哪天")],
    last: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="到哪天（含）")],
    file: Annotated[Path, typer.Argument(help="写到哪个 .html 或 .pdf")],
) -> None:
    """服务评估报告：满意度、投诉、质量三合一，加理赔分析、流程瓶颈、需求热点。"""
    if file.suffix.lower() not in (".html", ".pdf"):
        raise typer.BadParameter("文件名要以 .html 或 .pdf 结尾", param_hint="FILE")
    found = _counted(first.date(), last.date())
    drawn = (
        paper(found, _TITLE, clock.now())
        if file.suffix.lower() == ".pdf"
        else page(found, _TITLE).encode()
    )
    _write(file, drawn)


def _counted(first: date, last: date) -> Report:
    if first > last:
        raise typer.BadParameter("--from 不能晚于 --to")
    parts = App.from_configuration()
    if not schema.is_current(parts.transactions.engine):
        raise AndaError("数据库还没有准备好：请先运行 anda db upgrade")
    now = parts.clock()
    parts.transactions.run(lambda uow: _judge(uow, parts, now))
    found = parts.transactions.read(lambda uow: reports.report(uow, Period(first, last)))
    parts.transactions.close()
    return found


def _judge(uow: UnitOfWork, parts: App, now: datetime) -> None:
    """What is late by now counts although nobody has touched it since."""
    ledger_promises.sweep(uow.session, uow.ledger, now)
    ledger_claims.sweep(uow, parts.cipher, parts.settings, now)


def _write(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    print(f"已写到 {file}")
