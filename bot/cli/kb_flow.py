"""`anda kb draft … releases`: proposals, their review, and the releases made of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.kb_people import acting, ready
from bot.errors import BadRequest
from bot.knowledge import past, pool, seed, transfer
from bot.knowledge.releases import restore
from bot.permissions import Action
from knowledge_base import export
from knowledge_base.replay import STATUSES, Change, Report
from storage.knowledge_values import Version
from storage.models.knowledge import OPEN_STATES
from storage.statuses import KB_STATES
from storage.unit_of_work import UnitOfWork

User = Annotated[str, typer.Option("--as", help="以谁的名义（anda user add 建的账号）")]
Codes = Annotated[list[str] | None, typer.Argument(help="条目编号")]
Every = Annotated[bool, typer.Option("--all", help="全部")]
Explain = Annotated[str, typer.Option(help="为什么答案的变化是对的")]
Sheet = Annotated[Path | None, typer.Option("--xlsx", help="写成 Excel")]
_NAMES = {"same": "不变", "better": "变好", "newly": "新答上", "changed": "变了", "lost": "答不了"}
_KINDS = {"past": "过去的提问", "test": "测试问题", "variant": "问法"}
_SHOWN = 20


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (
        draft, withdraw, submit, approve, reject, discard, publish, rollback, releases, versions,
        diff, replay,
    ):  # fmt: skip
        app.command()(command)


def draft(file: Path, user: User) -> None:
    """把文件里的条目存为草稿（.xlsx、.jsonl、.yaml）；已有的草稿会被改写。"""
    intake, parts = transfer.read(file), ready()
    author, now = acting(parts, user, "write"), parts.clock()
    texts = [seed.text_of(entry) for entry in intake.entries.values()]

    def write(uow: UnitOfWork) -> None:
        for text in texts:
            uow.knowledge.draft(text, author, now)

    parts.transactions.run(write)
    print(f"已存 {len(texts)} 条草稿：{'、'.join(text.code for text in texts[:_SHOWN])}")


def withdraw(code: str, user: User, reason: Annotated[str, typer.Option()] = "") -> None:
    """提议撤下一条；和修改一样要复核、发布后才生效。"""
    parts = ready()
    author, now = acting(parts, user, "write"), parts.clock()

    parts.transactions.run(lambda uow: pool.withdrawal(uow, code, author, now, reason))
    print(f"已提议撤下 {code}")


def submit(user: User, codes: Codes = None, every: Every = False) -> None:
    """把草稿提交复核。"""
    _step(codes, user, every, ("write", "draft", "已提交复核"))


def approve(user: User, codes: Codes = None, every: Every = False) -> None:
    """复核通过；不能复核自己写的。"""
    _step(codes, user, every, ("review", "review", "已复核通过"))


def reject(code: str, user: User, reason: Annotated[str, typer.Option(help="为什么退回")]) -> None:
    """退回给作者。"""
    parts = ready()
    acting(parts, user, "review")
    now = parts.clock()
    parts.transactions.run(lambda uow: uow.knowledge.reject(code, f"{user}：{reason}", now))
    print(f"已退回 {code}")


def discard(code: str, user: User) -> None:
    """删去一份草稿（历史里还查得到）。"""
    parts = ready()
    acting(parts, user, "write")
    now = parts.clock()
    parts.transactions.run(lambda uow: uow.knowledge.discard(code, now))
    print(f"已删去 {code} 的草稿")


def _step(codes: list[str] | None, user: str, every: bool, step: tuple[Action, str, str]) -> None:
    action, state, words = step
    if bool(codes) == every:
        raise typer.BadParameter("请写出编号，或者用 --all")
    parts = ready()
    name, now = acting(parts, user, action), parts.clock()

    def move(uow: UnitOfWork) -> list[str]:
        chosen = codes or [v.code for v in uow.knowledge.open((state,)) if _may(v, name, action)]
        for code in chosen:
            _move(uow, code, state, name, now)
        return chosen

    moved = parts.transactions.run(move)
    print(f"{words} {len(moved)} 条：{'、'.join(moved[:_SHOWN])}")


def _may(version: Version, name: str, action: Action) -> bool:
    return action != "review" or version.author != name


def _move(uow: UnitOfWork, code: str, state: str, name: str, now: datetime) -> None:
    if state == "draft":
        uow.knowledge.submit(code, name, now)
    else:
        uow.knowledge.approve(code, name, now)


def publish(user: User, explain: Explain = "") -> None:
    """把复核通过的发布成新的一号；先重放，有没说明的变化就拒绝。"""
    parts = ready()
    name = acting(parts, user, "publish")
    release, report = parts.editors.publish(name, parts.clock(), explain)
    _show(report, 0)
    print(f"已发布为第 {release.number} 号（{release.size} 条），运行中的服务随即启用。")


def rollback(number: int, user: User = "", explain: Explain = "") -> None:
    """让第 N 号发布的内容重新生效。"""
    parts = ready()
    name = acting(parts, user, "publish") if user else "cli"
    now = parts.clock()
    release = parts.transactions.run(lambda uow: restore(uow, number, name, now, explain))
    print(f"第 {number} 号的内容已作为第 {release.number} 号发布生效（{release.size} 条）。")


def releases(limit: Annotated[int, typer.Option(min=1, max=1000)] = 20) -> None:
    """列出发布，新的在前。"""
    parts = ready()
    for r in parts.transactions.read(lambda uow: uow.knowledge.releases(limit)):
        told = f"　{r.explanation}" if r.explanation else ""
        print(
            f"{r.number:>4}　{r.created_at:%Y-%m-%d %H:%M}　{r.kind}　{r.size} 条　{r.actor}{told}"
        )


def versions(
    code: Annotated[str, typer.Argument(help="条目编号；不写则列出待处理的")] = "",
) -> None:
    """列出一条的全部版本，或全部草稿、待复核、待发布的。"""
    parts = ready()

    def read(uow: UnitOfWork) -> Sequence[Version]:
        return uow.knowledge.history(code) if code else uow.knowledge.open(OPEN_STATES)

    now = parts.clock()
    found = parts.transactions.read(read)
    if code and not found:
        raise BadRequest(f"没有 {code} 这一条")
    for v in found:
        state = "expired" if v.state == "published" and v.is_expired(now) else v.state
        what = "撤下" if v.gone else str(v.body.get("question", ""))
        people = f"{v.author}{f' → {v.reviewer}' if v.reviewer else ''}"
        note = f"　{v.note}" if v.note else ""
        print(f"{v.code} v{v.number}　{KB_STATES[state]}　{people}　{what}{note}")


def diff(old: int, new: Annotated[int, typer.Argument(help="缺省：现在生效的")] = 0) -> None:
    """比较两号发布的条目。"""
    parts = ready()

    def read(uow: UnitOfWork) -> tuple[dict[str, Version], dict[str, Version]]:
        other = new or uow.knowledge.live()
        uow.knowledge.release(old), uow.knowledge.release(other)
        sides = (uow.knowledge.contents(number) for number in (old, other))
        before, after = ({v.code: v for v in side} for side in sides)
        return before, after

    before, after = parts.transactions.read(read)
    for code in sorted(before.keys() | after.keys()):
        _difference(code, before.get(code), after.get(code))
    print(f"共 {len(before)} 条 → {len(after)} 条")


def _difference(code: str, old: Version | None, new: Version | None) -> None:
    if old is None or new is None:
        version = new or old
        print(f"{'+' if new else '-'} {code}　{version.body.get('question') if version else ''}")
    elif old.hash != new.hash:
        fields = [name for name in new.body if new.body.get(name) != old.body.get(name)]
        print(f"~ {code} v{old.number} → v{new.number}　{'、'.join(fields)}")


def replay(
    approved: Annotated[bool, typer.Option("--approved", help="只看待发布的")] = False,
    full: Annotated[bool, typer.Option("--full", help="每一句都重新匹配，不做取舍")] = False,
    since: Annotated[int, typer.Option("--from", help="比较两号发布：从")] = 0,
    until: Annotated[int, typer.Option("--to", help="到（缺省：现在生效的）")] = 0,
    xlsx: Sheet = None,
) -> int:
    """用过去的提问、测试问题和全部问法试一遍：不变、变好、新答上、变了、答不了。"""
    if xlsx:
        _refuse_other_than_excel(xlsx)
    parts = ready()
    now, states = parts.clock(), ("approved",) if approved else OPEN_STATES
    if since:
        live = parts.transactions.read(lambda uow: uow.knowledge.live())
        report = parts.editors.compare(since, until or live, now)
    else:
        report = parts.editors.replay(now, states, everything=full)
    _show(report, _SHOWN)
    if xlsx:
        write_report(xlsx, report)
        print(f"已写入 {xlsx}")
    return 1 if report.to_explain else 0


def _show(report: Report, changes: int) -> None:
    print(f"共 {report.total} 个问题，重新匹配 {report.matched} 个")
    for kind, counter in sorted(report.counts.items()):
        told = "　".join(f"{_NAMES[status]} {counter[status]}" for status in STATUSES[::-1])
        print(f"  {_KINDS[kind]}：{told}")
    for change in report.changes[:changes]:
        print(f"  {_NAMES[change.status]}　{past.shown(change.asked.text)}　{_way(change)}")
    if len(report.changes) > changes > 0:
        print(f"  ……还有 {len(report.changes) - changes} 个（--xlsx 文件 可以看全部）")


def _way(change: Change) -> str:
    return f"{_told(change.before)} → {_told(change.after)}"


def _told(verdict: object) -> str:
    outcome = getattr(verdict, "outcome", "")
    first, score = getattr(verdict, "first", ""), getattr(verdict, "score", 0.0)
    return {"answer": f"{first}（{score:.2f}）", "offer": f"候选 {first}"}.get(outcome, "不答")


def _refuse_other_than_excel(file: Path) -> None:
    if file.suffix.lower() != ".xlsx":
        raise BadRequest("--xlsx 的文件名要以 .xlsx 结尾")


def write_report(file: Path, report: Report) -> None:
    """Write every change to Excel; what did not change is only counted."""
    _refuse_other_than_excel(file)
    headings = (
        "结果",
        "来自",
        "问题",
        "原来",
        "原来的条目",
        "原来的把握",
        "将来",
        "将来的条目",
        "将来的把握",
    )
    rows: list[tuple[object, ...]] = [
        (
            _NAMES[c.status], _KINDS[c.asked.kind], past.shown(c.asked.text),
            c.before.outcome, c.before.first, round(c.before.score, 4),
            c.after.outcome, c.after.first, round(c.after.score, 4),
        )
        for c in report.changes
    ]  # fmt: skip
    totals = sum(report.counts.values(), Counter[str]())
    rows += [(_NAMES[status], "合计", "", "", "", totals[status], "", "", 0) for status in STATUSES]
    export.table(file, headings, rows, (8, 12, 50, 10, 12, 10, 10, 12, 10))
