"""`anda kb misses` and `anda kb miss …`: what customers asked in vain, and what to make of it."""

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


cluster = typer.Typer(no_args_is_help=True, help="处理没答上的一组问题")
Number = Annotated[int, typer.Argument(help="组号，见 anda kb misses", show_default=False)]
User = Annotated[str, typer.Option("--as", help="以谁的名义")]


def register(app: typer.Typer) -> None:
    """Add `misses`, which looks, and `miss`, which does something about one cluster."""
    app.command()(misses)
    app.add_typer(cluster, name="miss")


def misses(
    show: Annotated[int, typer.Option(help="看第 N 组的全部问法")] = 0,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 30,
    every: Annotated[bool, typer.Option("--all", help="连已解决和不用管的也列出")] = False,
) -> None:
    """没答上、只给了候选、没解决的问题，归成组；处理用 anda kb miss。"""
    parts, _ = _gathered()
    if show:
        _show(parts, show)
    else:
        _list(parts, tuple(_STATES) if every else pool.SHOWN_STATES, limit)


@cluster.command()
def take(number: Number, user: User = "") -> None:
    """领走这一组。"""
    _move(number, "taken", user)


@cluster.command()
def done(number: Number, user: User = "") -> None:
    """这一组已解决。"""
    _move(number, "done", user)


@cluster.command()
def ignore(number: Number, user: User = "") -> None:
    """这一组不用管。"""
    _move(number, "ignored", user)


@cluster.command()
def draft(
    number: Number,
    answer: Annotated[str, typer.Option(help="答案")] = "",
    source: Annotated[str, typer.Option(help="依据")] = "",
    user: User = "",
) -> None:
    """用这一组起草一条新的。"""
    parts, now = _gathered()
    said = {"answer": answer, "source": source}
    made = _change(parts, user, lambda uow, name: pool.draft(uow, number, name, now, said).code)
    print(f"已起草 {made}，补上答案后提交复核：anda kb submit {made} --as {user}")


@cluster.command()
def variant(
    number: Number, code: Annotated[str, typer.Argument(help="条目编号，如 F125")], user: User = ""
) -> None:
    """把这一组加为某条的问法。"""
    parts, now = _gathered()
    _change(parts, user, lambda uow, name: pool.variant(uow, number, code, name, now).code)
    print(f"已把第 {number} 组加进 {code} 的草稿，提交复核：anda kb submit {code} --as {user}")


def _gathered() -> tuple[App, datetime]:
    """Return the branch with all misses in their clusters, as of now."""
    parts = ready()
    now = parts.clock()
    parts.transactions.run(lambda uow: pool.gather(uow, now))
    return parts, now


def _move(number: int, state: ClusterState, user: str) -> None:
    parts, now = _gathered()
    _change(parts, user, lambda uow, name: _state(uow, number, state, name, now))
    print(f"第 {number} 组：{_STATES[state]}")


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
    for one in found:
        print(_line(one))
    if not found:
        print("没有未处理的问题。")


def _line(found: Cluster) -> str:
    owner = f"　{found.owner}" if found.owner else ""
    entry = f"　→ {found.entry}" if found.entry else ""
    kinds = found.kinds
    told = f"没答 {kinds['unanswered']}，候选 {kinds['offered']}，没解决 {kinds['unsolved']}"
    state, leader = _STATES[found.state], past.shown(found.leader)
    return f"{found.id:>4}　{found.count} 次（{told}）　{state}{owner}{entry}　{leader}"


def _show(parts: App, number: int) -> None:
    found = parts.transactions.read(lambda uow: uow.misses.cluster(number))
    print(_line(found))
    for miss in parts.transactions.read(lambda uow: uow.misses.of(number, 1_000)):
        text, entry = past.shown(miss.text), miss.entry or "—"
        print(f"      {miss.at:%m-%d %H:%M}　{miss.kind}　{entry}　{text}")
