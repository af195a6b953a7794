"""`anda data import …`: tables from other programs, all or nothing, safe to repeat."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from bot import settings as configuration
from bot.bootstrap import App
from bot.cli.tables import read_table
from bot.errors import AndaError
from storage import schema
from storage.calendar_import import Outcome, import_calendar
from storage.database import open_engine
from storage.imports.run import Importer
from storage.imports.run import Outcome as Imported
from storage.recalculation import Recalculation
from storage.unit_of_work import UnitOfWork

app = typer.Typer(no_args_is_help=True)
imports = typer.Typer(no_args_is_help=True)
app.add_typer(imports, name="import", help="导入 CSV 或 XLSX")
_SHOWN = 50


@imports.callback()
def _imports() -> None:
    """导入 CSV 或 XLSX。"""


@imports.command()
def calendar(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查，不写入")] = False,
) -> int:
    """导入放假与调休：列为 日期、类型（放假/上班）、名称，可有 时段。"""
    parts = App.from_configuration()
    if not schema.is_current(parts.transactions.engine):
        raise AndaError("数据库还没有准备好：请先运行 anda db upgrade")
    rows = read_table(file)
    found = parts.transactions.run(
        lambda uow: import_calendar(
            uow, parts.cipher, parts.settings, rows, parts.clock(), dry_run=dry_run
        )
    )
    parts.transactions.close()
    return _report(found, dry_run=dry_run)


@imports.command()
def customers(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查，不写入")] = False,
) -> int:
    """导入客户：客户编号、姓名、证件号码、手机号。"""
    return _import("customers", file, dry_run=dry_run)


@imports.command()
def policies(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查，不写入")] = False,
) -> int:
    """导入保单：保单号、客户编号、险种、产品、起止、状态、保费等。"""
    return _import("policies", file, dry_run=dry_run)


@imports.command()
def payments(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查，不写入")] = False,
) -> int:
    """导入缴费：交易号、保单号、金额、时间、方式等。"""
    return _import("payments", file, dry_run=dry_run)


def _import(kind: str, file: Path, *, dry_run: bool) -> int:
    settings = configuration.load()
    secret = configuration.secret_key(settings)
    engine = open_engine(settings.database_url, secret)
    current = schema.is_current(engine)
    engine.dispose()
    if not current:
        raise AndaError("数据库还没有准备好：请先运行 anda db upgrade")
    importer = Importer(settings.database_url, secret, settings.data_dir / "imports")
    return _told(importer.run(kind, file, dry_run=dry_run), dry_run=dry_run)


def _told(found: Imported, *, dry_run: bool) -> int:
    if found.unused:
        print(f"没有用到的列：{'、'.join(found.unused)[:300]}", file=sys.stderr)
    for problem in found.problems.shown:
        print(problem, file=sys.stderr)
    if total := found.problems.total:
        more = total - len(found.problems.shown)
        rest = f"，还有 {more} 处没有列出" if more > 0 else ""
        print(f"有 {total} 处错误{rest}；一行也没有写入", file=sys.stderr)
        return 1
    print(f"{'（试运行）' if dry_run else ''}共 {found.rows} 行：新增 {found.added}，"
          f"修改 {found.changed}，不变 {found.same}")  # fmt: skip
    return 0


@app.command()
def recalculate(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只看会变什么，不写入")] = False,
) -> int:
    """规则表改过以后，重算办着的案件、投诉和工单的到期时间，并列出变了哪些。"""
    parts = App.from_configuration()
    if not schema.is_current(parts.transactions.engine):
        raise AndaError("数据库还没有准备好：请先运行 anda db upgrade")

    def work(uow: UnitOfWork) -> list[str]:
        return list(Recalculation(uow, parts.cipher, parts.settings, parts.clock()).run())

    moved = parts.transactions.read(work) if dry_run else parts.transactions.run(work)
    parts.transactions.close()
    for line in moved:
        print(line)
    print(f"{'（试运行）' if dry_run else ''}共 {len(moved)} 件的到期时间改变")
    return 0


def _report(found: Outcome, *, dry_run: bool) -> int:
    for error in found.errors[:_SHOWN]:
        print(error, file=sys.stderr)
    if found.errors:
        more = len(found.errors) - _SHOWN
        rest = f"，还有 {more} 处没有列出" if more > 0 else ""
        print(f"有 {len(found.errors)} 处错误{rest}；一行也没有写入", file=sys.stderr)
        return 1
    print(f"{'（试运行）' if dry_run else ''}新增 {found.added} 天，修改 {found.changed} 天，"
          f"不变 {found.same} 天")  # fmt: skip
    for line in found.moved[:_SHOWN]:
        print(line)
    if found.moved:
        print(f"共 {len(found.moved)} 件的到期时间因此改变")
    return 0
