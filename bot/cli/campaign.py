"""`anda campaign …`: live counters, the stop switch, what nobody knows, and the effect."""

from __future__ import annotations

import time
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from functools import partial
from typing import Annotated

import typer

from bot.bootstrap import App
from bot.clock import SHANGHAI
from bot.errors import AndaError
from storage import schema
from storage.outbound import campaigns, sight
from storage.rules.outbound import rules
from storage.unit_of_work import UnitOfWork

app = typer.Typer(no_args_is_help=True)
_BY = "命令行"
_MOST = 200
_YEARS = range(2000, 2101)
# What a reason may be at most, here as in the API.
_LONGEST = 255


@app.callback()
def _campaign() -> None:
    """主动消息的批次。"""


@app.command()
def show(
    days: Annotated[int, typer.Option(help="看最近几天排的", min=1, max=400)] = 40,
    watch: Annotated[int, typer.Option("--watch", help="再看几次，每秒一次", min=0, max=3600)] = 0,
) -> None:
    """各批次的实时计数：多少待发、发出、送达、不明、不发，各因为什么；停着的种类。"""
    parts = _open()
    for number in range(watch + 1):
        if number:
            time.sleep(1)
            print()
        since = parts.clock() - timedelta(days=days)
        for line in parts.transactions.read(partial(_lines, since=since)):
            print(line)
    parts.transactions.close()


def _lines(uow: UnitOfWork, since: datetime) -> list[str]:
    found = [f"停发中\t{one.kind}\t{one.reason}\t{one.by}" for one in campaigns.stopped(uow)]
    for one in sight.sums(uow, since):
        states = "，".join(f"{name} {count}" for _, name, count in sight.states_of(one))
        ways = "、".join(f"{sight.WAYS.get(way, way)} {n}" for way, n in one.ways.most_common())
        found.append(f"{one.name}\t共 {one.total}\t{states}\t{ways}")
        found += [f"\t不发\t{reason}\t{count}" for reason, count in one.reasons.most_common()]
        found += [f"\t等着\t{reason}\t{count}" for reason, count in one.waiting.most_common()]
    return found or ["还没有批次"]


@app.command()
def stop(
    kind: Annotated[str, typer.Argument(metavar="种类")],
    reason: Annotated[str, typer.Option(help="为什么停，同事看得到")],
) -> None:
    """停发一类，所有进程立即生效；已经在途的收不回来。"""
    if not 0 < len(reason.strip()) <= _LONGEST:
        raise typer.BadParameter(f"--reason 写一句为什么停，{_LONGEST} 字以内，同事要知道")
    parts = _open(kind)
    now = parts.clock()
    parts.transactions.run(lambda uow: campaigns.stop(uow, kind, reason.strip(), _BY, now))
    print(f"已停发：{kind}")
    parts.transactions.close()


@app.command()
def resume(kind: Annotated[str, typer.Argument(metavar="种类")]) -> None:
    """恢复一类。"""
    parts = _open(kind)
    now = parts.clock()
    if not parts.transactions.run(lambda uow: campaigns.resume(uow, kind, now)):
        raise AndaError(f"{kind} 没有停着")
    print(f"已恢复：{kind}")
    parts.transactions.close()


@app.command()
def unknown() -> None:
    """结果不明的：发出去了没有回音，平台也没有回报；一行一条，请人工核实。"""
    parts = _open()
    found = parts.transactions.read(lambda uow: sight.unknown(uow, _MOST))
    for one in found:
        at = f"{one.at:%Y-%m-%d %H:%M}" if one.at else ""
        print("\t".join((one.subject, one.step, sight.WAYS.get(one.way, one.way), at, one.reason)))
    if not found:
        print("没有结果不明的")
    parts.transactions.close()


@app.command()
def effect(
    first: Annotated[str, typer.Option("--from", help="第一天（2026-11-01）")],
    last: Annotated[str, typer.Option("--to", help="最后一天")],
) -> None:
    """效果：各步提醒到多少人、其中多少续了；调查发了多少、答了多少。"""
    since = datetime.combine(_day(first), clock_time(), SHANGHAI)
    until = datetime.combine(_day(last), clock_time(), SHANGHAI) + timedelta(days=1)
    if until <= since:
        raise typer.BadParameter("--from 不能晚于 --to")
    parts = _open()
    read = parts.transactions.read
    for one in read(lambda uow: campaigns.effects(uow, since, until)):
        rate = share(one.renewed, one.reached)
        print(f"{one.step}\t提醒到 {one.reached}\t续保 {one.renewed}\t{rate}")
    asked, answered = read(lambda uow: campaigns.answered(uow, since, until))
    print(f"调查\t发出 {asked}\t答了 {answered}\t{share(answered, asked)}")
    parts.transactions.close()


def share(part: int, whole: int) -> str:
    """Return a share in per cent."""
    return f"{100 * part / whole:.1f}%" if whole else "—"


def _day(text: str) -> date:
    try:
        found = date.fromisoformat(text)
        if found.year not in _YEARS:
            raise ValueError(text)
        return found
    except ValueError:
        raise typer.BadParameter(f"日期「{text}」要写成 2026-11-25 的样子") from None


def _open(kind: str = "") -> App:
    if kind and kind not in rules().kinds:
        raise typer.BadParameter(f"没有种类 {kind}，有：{'、'.join(rules().kinds)}")
    parts = App.from_configuration()
    if not schema.is_current(parts.transactions.engine):
        raise AndaError("数据库还没有准备好：请先运行 anda db upgrade")
    return parts
