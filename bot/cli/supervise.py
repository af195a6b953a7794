"""`anda supervise …` and `anda feedback …`: samples, scorecards, forbidden words, the box."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated, TypeVar

import typer

from bot import feedback as sorting
from bot.bootstrap import App
from bot.errors import AndaError
from bot.log import mask
from storage import promise_check, schema
from storage.feedback import FeedbackBox, Told
from storage.improvements import Improvements, name_of
from storage.kpi.definition import Period
from storage.rules.supervision import promised, rules
from storage.supervision import Supervision
from storage.unit_of_work import UnitOfWork

app = typer.Typer(no_args_is_help=True)
box = typer.Typer(no_args_is_help=True)
T = TypeVar("T")
_DAY = ["%Y-%m-%d"]
First = Annotated[datetime, typer.Option("--from", formats=_DAY, help="从哪天")]
Last = Annotated[datetime, typer.Option("--to", formats=_DAY, help="到哪天（含）")]
By = Annotated[str, typer.Option("--as", help="以谁的名义")]


@app.command()
def plan(first: First, last: Last, by: By) -> None:
    """抽一期的样本（随机加风险），并看完成率；再运行不会重抽。"""
    period = Period(first.date(), last.date())

    def work(uow: UnitOfWork, now: datetime) -> list[str]:
        desk = Supervision(uow, now, by)
        made = desk.plan(period)
        done = desk.completion(period)
        lines = [
            f"{s.id}\t{s.subject}\t{s.agent}\t{'、'.join(s.why)}\t"
            f"{'待评' if s.status == 'open' else s.total}"
            for s in desk.samples(made.id)
        ]
        share = "—" if done.share is None else f"{done.share:.0%}"
        return [*lines, f"共 {made.population} 份，抽 {done.drawn} 份，已评 {done.done}（{share}）"]

    print("\n".join(_do(work)))


@app.command()
def score(
    number: Annotated[int, typer.Argument(help="抽检编号")],
    by: By,
    points: Annotated[list[str], typer.Option("--points", help="项=分，如 polite=10；可重复")],
    veto: Annotated[list[str] | None, typer.Option(help="否决项，可重复")] = None,
    comment: Annotated[str, typer.Option(help="评语")] = "",
) -> None:
    """填评分表；有否决项或不到 80 分，自动开问题单。"""
    try:
        scores = {code: int(value) for code, _, value in (p.partition("=") for p in points)}
    except ValueError:
        raise typer.BadParameter("--points 要写成 项=分，例如 polite=10") from None
    done = _do(
        lambda uow, now: Supervision(uow, now, by).score(number, scores, veto or (), comment)
    )
    ticket = f"，问题单 {done.ticket_number}" if done.ticket_number else ""
    print(f"抽检 {number}：{done.total} 分{ticket}")


@app.command()
def scorecard() -> None:
    """评分表、否决项与承诺词表。"""
    for code, (label, points) in rules().scorecard.items():
        print(f"{code}\t{label}\t{points}")
    for code, label in rules().vetoes.items():
        print(f"{code}\t{label}\t否决")


@app.command()
def promises(
    text: Annotated[str, typer.Argument(help="要看的话；不写就查最近的人工对话")] = "",
    days: Annotated[int, typer.Option(min=1, max=366)] = 2,
) -> int:
    """查人工说的话里有没有不许作的承诺。"""
    if text:
        found = promised(text)
        for promise, words in found:
            print(f"✗ {promise.label}：{words}")
        return 1 if found else 0
    count = _do(lambda uow, now: promise_check.run(uow, now - timedelta(days=days)))
    print(f"最近 {days} 天命中 {count} 条，已记入总账（promise.flagged）")
    return 0


@box.command()
def add(
    words: Annotated[str, typer.Argument(help="客户的话")],
    by: By,
    channel: Annotated[
        str, typer.Option(help="phone 电话、email 邮件、form 问卷、chat 在线")
    ] = "phone",
    contact: Annotated[str, typer.Option(help="怎么联系客户")] = "",
) -> None:
    """登记一条反馈。"""

    def work(uow: UnitOfWork, now: datetime) -> str:
        told = Told(f"{channel}:{by}:{now.isoformat()}", channel, words, contact)
        piece = FeedbackBox(uow, now, by).receive(told)
        return f"已登记：{piece.nature}，{piece.category}" if piece else "已经有了"

    print(_do(work))


@box.command("list")
def show(days: Annotated[int, typer.Option(min=1, max=3660)] = 90) -> None:
    """把反馈归成组，列出每组。"""

    def work(uow: UnitOfWork, now: datetime) -> list[str]:
        sorting.sort(uow, now, now - timedelta(days=days))
        desk = FeedbackBox(uow, now, "cli")
        return [
            f"{number}\t{len(desk.of(number))} 条\t{mask(leader)}"
            for number, leader in desk.leaders().items()
        ]

    print("\n".join(_do(work)) or "没有反馈")


@box.command()
def improve(
    cluster: Annotated[int, typer.Argument(help="组号")], title: str, by: By,
    kpi: Annotated[str, typer.Option(help="应当改变的指标代码")] = "",
) -> None:  # fmt: skip
    """为一组反馈开改进项。"""
    print(_do(lambda uow, now: name_of(FeedbackBox(uow, now, by).improve(cluster, title, kpi))))


Improvement = Annotated[int, typer.Argument(help="改进项编号", show_default=False)]


@box.command()
def measure(
    number: Improvement,
    by: By,
    due: Annotated[datetime, typer.Option(formats=_DAY, help="期限")],
    what: Annotated[str, typer.Option(help="措施")] = "",
    owner: Annotated[str, typer.Option(help="负责人")] = "",
    method: Annotated[str, typer.Option(help="方法，如 精益、流程再造")] = "",
) -> None:
    """定措施、负责人、期限。"""

    def work(uow: UnitOfWork, now: datetime) -> str:
        Improvements(uow, now, by).take_on(number, what, owner, due.date(), method)
        return f"IM{number}：{owner}，{due:%Y-%m-%d} 前"

    print(_do(work))


@box.command()
def close(
    number: Improvement,
    by: By,
    result: Annotated[str, typer.Option(help="结果，客户会看到")],
    after_first: Annotated[datetime | None, typer.Option(formats=_DAY, help="改进后统计期")] = None,
    after_last: Annotated[datetime | None, typer.Option(formats=_DAY)] = None,
) -> None:
    """写明结果关闭，并告诉提过的客户。"""
    after = Period(after_first.date(), after_last.date()) if after_first and after_last else None

    def work(uow: UnitOfWork, now: datetime) -> str:
        Improvements(uow, now, by).close(number, result, after)
        uow.session.flush()
        here, called = FeedbackBox(uow, now, by).tell(number)
        return f"IM{number} 已关闭；已在会话里告诉 {here} 位，另有 {called} 位要电话或邮件告诉"

    print(_do(work))


def _do(work: Callable[[UnitOfWork, datetime], T]) -> T:
    parts = App.from_configuration()
    if not schema.is_current(parts.transactions.engine):
        raise AndaError("数据库还没有准备好：请先运行 anda db upgrade")
    now = parts.clock()
    done = parts.transactions.run(lambda uow: work(uow, now))
    parts.transactions.close()
    return done
