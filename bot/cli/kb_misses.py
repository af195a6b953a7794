"""`anda kb misses`: what customers asked in vain, and what to make of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated

import typer

from bot.bootstrap import App
from bot.cli.kb_people import acting, ready
from bot.knowledge import past, pool
from storage.misses import Cluster, ClusterState
from storage.unit_of_work import UnitOfWork

_STATES = {"open": "未处理", "taken": "有人在办", "done": "已解决", "ignored": "不用管"}
_EXAMPLES = 5


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(misses)


def misses(  # noqa: PLR0913 - each option is one thing to do with a cluster
    show: Annotated[int, typer.Option(help="看第 N 组的全部问法")] = 0,
    take: Annotated[int, typer.Option(help="领走第 N 组")] = 0,
    done: Annotated[int, typer.Option(help="第 N 组已解决")] = 0,
    ignore: Annotated[int, typer.Option(help="第 N 组不用管")] = 0,
    draft: Annotated[int, typer.Option(help="用第 N 组起草一条新的")] = 0,
    variant: Annotated[tuple[int, str], typer.Option(help="把第 N 组加为某条的问法：N 编号")] = (
        0,
        "",
    ),
    answer: Annotated[str, typer.Option(help="和 --draft 一起：答案")] = "",
    source: Annotated[str, typer.Option(help="和 --draft 一起：依据")] = "",
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 30,
    every: Annotated[bool, typer.Option("--all", help="连已解决和不用管的也列出")] = False,
    user: Annotated[str, typer.Option("--as", help="以谁的名义")] = "",
) -> None:
    """没答上、只给了候选、没解决的问题，归成组；可以领走、起草、加问法。"""
    parts = ready()
    now = parts.clock()
    parts.transactions.run(lambda uow: pool.gather(uow, now))
    moves: tuple[tuple[ClusterState, int], ...] = (
        ("taken", take), ("done", done), ("ignored", ignore),
    )  # fmt: skip
    if move := next((move for move in moves if move[1]), None):
        state, chosen = move
        _change(parts, user, lambda uow, name: _state(uow, chosen, state, name, now))
        print(f"第 {chosen} 组：{_STATES[state]}")
    elif draft:
        said = {"answer": answer, "source": source}
        made = _change(parts, user, lambda uow, name: pool.draft(uow, draft, name, now, said).code)
        print(f"已起草 {made}，补上答案后提交复核：anda kb submit {made} --as {user}")
    elif variant[0]:
        number, code = variant
        _change(parts, user, lambda uow, name: pool.variant(uow, number, code, name, now).code)
        print(f"已把第 {number} 组加进 {code} 的草稿，提交复核：anda kb submit {code} --as {user}")
    elif show:
        _show(parts, show)
    else:
        _list(parts, tuple(_STATES) if every else pool.SHOWN_STATES, limit)


def _state(uow: UnitOfWork, number: int, state: ClusterState, name: str, now: datetime) -> str:
    pool.take(uow, number, state, name, now)
    return ""


def _change(parts: App, user: str, work: Callable[[UnitOfWork, str], str]) -> str:
    if not user:
        raise typer.BadParameter("请用 --as 写明是谁")
    name = acting(parts, user, "write")
    return parts.transactions.run(lambda uow: work(uow, name))


def _list(parts: App, states: Sequence[str], limit: int) -> None:
    found = parts.transactions.read(lambda uow: uow.misses.clusters(states, limit))
    for cluster in found:
        print(_line(cluster))
    if not found:
        print("没有未处理的问题。")


def _line(cluster: Cluster) -> str:
    owner = f"　{cluster.owner}" if cluster.owner else ""
    entry = f"　→ {cluster.entry}" if cluster.entry else ""
    kinds = cluster.kinds
    told = f"没答 {kinds['unanswered']}，候选 {kinds['offered']}，没解决 {kinds['unsolved']}"
    state, leader = _STATES[cluster.state], past.shown(cluster.leader)
    return f"{cluster.id:>4}　{cluster.count} 次（{told}）　{state}{owner}{entry}　{leader}"


def _show(parts: App, number: int) -> None:
    cluster = parts.transactions.read(lambda uow: uow.misses.cluster(number))
    print(_line(cluster))
    for miss in parts.transactions.read(lambda uow: uow.misses.of(number, 1_000)):
        text, entry = past.shown(miss.text), miss.entry or "—"
        print(f"      {miss.at:%m-%d %H:%M}　{miss.kind}　{entry}　{text}")
