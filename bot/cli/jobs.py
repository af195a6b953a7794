"""`anda jobs …`: what is scheduled, and running one of it by hand."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Annotated

import typer

from bot.bootstrap import App
from bot.clock import SHANGHAI
from bot.errors import AndaError
from scheduler.context import JobContext
from scheduler.registry import find_jobs, planned
from storage import job_runs, schema

app = typer.Typer(no_args_is_help=True)
_YEARS = range(2000, 2101)


@app.callback()
def _jobs() -> None:
    """定时任务。"""


@app.command(name="list")
def list_jobs() -> None:
    """列出定时任务：时间（分 时 日 月 周）、停机后怎么补、上次与下次。"""
    parts = _open()
    now = parts.clock()
    for at in parts.transactions.read(partial(job_runs.standings, planned=planned(now))):
        last = f"{at.last_at:%Y-%m-%d %H:%M} {at.result}" if at.last_at else "还没跑过"
        following = f"下次 {at.next_at:%Y-%m-%d %H:%M}"
        print("\t".join((at.job, at.cron, at.catch_up, at.title, last, following)))
    parts.transactions.close()


@app.command()
def run(
    name: Annotated[str, typer.Argument(metavar="名字")],
    as_of: Annotated[str | None, typer.Option("--as-of", help="当作这个时刻（ISO）")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只说会做什么，不写入")] = False,
) -> None:
    """马上运行一个任务；试运行逐条列出谁会收到什么，谁不会、为什么。"""
    jobs = find_jobs()
    if name not in jobs:
        raise typer.BadParameter(f"没有任务 {name}，有：{'、'.join(jobs)}")
    at = _moment(as_of) if as_of else None
    parts = _open()
    context = JobContext(parts.transactions, parts.settings, parts.cipher)
    for line in jobs[name].run(context, at or parts.clock(), dry_run=dry_run):
        print(f"{'（试运行）' if dry_run else ''}{line}")
    parts.transactions.close()


def _open() -> App:
    parts = App.from_configuration()
    if not schema.is_current(parts.transactions.engine):
        raise AndaError("数据库还没有准备好：请先运行 anda db upgrade")
    return parts


def _moment(text: str) -> datetime:
    try:
        made = datetime.fromisoformat(text)
        if made.year not in _YEARS:
            raise ValueError(text)
    except ValueError:
        raise typer.BadParameter(f"时间「{text}」要写成 2026-11-25T09:30 的样子") from None
    return made if made.tzinfo else made.replace(tzinfo=SHANGHAI)
