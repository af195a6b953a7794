"""`anda content …`: the content calendar: plan, approval, record, print."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from bot.bootstrap import App
from bot.cli.tables import read_table
from bot.errors import AndaError
from bot.reports.content import printed
from storage import schema
from storage.content import STATES, TOPICS, WAYS, ContentCalendar, read_rows
from storage.models.content import ContentItem
from storage.unit_of_work import UnitOfWork

app = typer.Typer(no_args_is_help=True)
T = TypeVar("T")
_DAY = ["%Y-%m-%d"]
First = Annotated[datetime, typer.Option("--from", formats=_DAY, help="从哪天")]
Last = Annotated[datetime, typer.Option("--to", formats=_DAY, help="到哪天（含）")]
By = Annotated[str, typer.Option("--as", help="以谁的名义")]
Number = Annotated[str, typer.Argument(metavar="编号")]
Note = Annotated[str, typer.Option(help="说明")]


@app.command(name="list")
def list_items(first: First, last: Last) -> None:
    """列出两天之间的计划。"""

    def work(uow: UnitOfWork, now: datetime) -> list[str]:
        found = ContentCalendar(uow, now, "cli").between(first.date(), last.date())
        return [_line(item) for item in found]

    print("\n".join(_do(work)) or "这段时间没有计划")


@app.command(name="import")
def import_items(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    by: By,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查，不写入")] = False,
) -> None:
    """导入计划表：列为 日期、时间、栏目、方式、标题、内容、出处；有一行不对就都不写。"""
    texts, errors = read_rows(read_table(file))
    if errors:
        raise AndaError(f"{file.name} 没有导入：\n" + "\n".join(errors))
    if dry_run:
        print(f"{len(texts)} 条都可以导入")
        return

    def work(uow: UnitOfWork, now: datetime) -> int:
        book = ContentCalendar(uow, now, by)
        known = {(i.planned_on, i.title) for t in texts for i in book.between(t.on, t.on)}
        new = [text for text in texts if (text.on, text.title) not in known]
        for text in new:
            book.add(text)
        return len(new)

    made = _do(work)
    print(f"导入 {made} 条草稿，{len(texts) - made} 条已有")


@app.command()
def submit(number: Number, by: By) -> None:
    """提交审批。"""
    _step(number, by, lambda book, item: book.submit(item))


@app.command()
def approve(number: Number, by: By) -> None:
    """批准；不能批自己写的。"""
    _step(number, by, lambda book, item: book.approve(item))


@app.command()
def reject(number: Number, by: By, note: Note = "") -> None:
    """退回改，写明为什么。"""
    _step(number, by, lambda book, item: book.reject(item, note))


@app.command()
def cancel(number: Number, by: By, note: Note = "") -> None:
    """取消。"""
    _step(number, by, lambda book, item: book.cancel(item, note))


@app.command()
def published(number: Number, by: By, where: Annotated[str, typer.Option(help="发在哪里")]) -> None:
    """登记文章、宣传资料发在哪里。"""
    _step(number, by, lambda book, item: book.published(item, where))


@app.command(name="print")
def print_items(
    file: Annotated[Path, typer.Argument(dir_okay=False)], first: First, last: Last
) -> None:
    """存成 PDF，可以打印或排宣传资料。"""
    parts = _open()
    at, begin, end = parts.clock(), first.date(), last.date()
    items = parts.transactions.read(lambda uow: ContentCalendar(uow, at, "cli").between(begin, end))
    parts.transactions.close()
    file.write_bytes(printed(items, begin, end, parts.settings, at))
    print(f"{len(items)} 条已存到 {file}")


def _step(number: str, by: str, do: Callable[[ContentCalendar, ContentItem], None]) -> None:
    def work(uow: UnitOfWork, now: datetime) -> str:
        book = ContentCalendar(uow, now, by)
        item = book.find(number)
        do(book, item)
        return _line(item)

    print(_do(work))


def _line(item: ContentItem) -> str:
    parts = (
        item.number, f"{item.planned_on} {item.planned_at:%H:%M}", TOPICS[item.topic],
        WAYS[item.way], STATES[item.state], item.title, item.record,
    )  # fmt: skip
    return "\t".join(parts)


def _do(work: Callable[[UnitOfWork, datetime], T]) -> T:
    parts = _open()
    now = parts.clock()
    try:
        return parts.transactions.run(lambda uow: work(uow, now))
    finally:
        parts.transactions.close()


def _open() -> App:
    parts = App.from_configuration()
    if not schema.is_current(parts.transactions.engine):
        raise AndaError("数据库还没有准备好：请先运行 anda db upgrade")
    return parts
