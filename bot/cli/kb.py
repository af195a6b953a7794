"""`anda kb …`: match, check, export, import; editing and releasing are in the neighbours."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Annotated

import typer

from bot import settings
from bot.bootstrap import App
from bot.cli import jsonl, kb_flow, kb_misses
from bot.cli.explain import lines
from bot.cli.kb_people import acting, ready
from bot.knowledge import past, transfer
from knowledge_base import export as files
from knowledge_base import lint
from knowledge_base.calibration import calibrate
from knowledge_base.loader import load_jsonl
from knowledge_base.matcher import FaqMatcher, Question
from knowledge_base.products import overdue
from storage import schema

app = typer.Typer(no_args_is_help=True)
_SHOWN = 5
_ROWS_SHOWN = 50
# With fewer answers given, an entry that nobody asked for says nothing.
_ANSWERS_TO_JUDGE = 500


@app.callback()
def _kb() -> None:
    """知识库。"""


kb_flow.register(app)
kb_misses.register(app)


@app.command()
def match(
    as_lines: Annotated[bool, typer.Option("--jsonl")] = False,
    kb: Annotated[Path | None, typer.Option(help="另一份知识库（JSONL）")] = None,
    explain: Annotated[str | None, typer.Option(help="说明这句话为什么对上哪一条")] = None,
) -> None:
    """读 {"id","text"} 行，写 {"id","answered","matches"} 行。"""
    if not as_lines and explain is None:
        raise typer.BadParameter("请加 --jsonl，从标准输入逐行读取，或者 --explain 一句话")
    matcher = _matcher(kb)
    if explain is not None:
        print("\n".join(lines(matcher.explain(explain)[1], matcher.model)))
        return
    for row in jsonl.rows():
        matches = matcher.match(str(row.get("text") or ""), _SHOWN)
        found = [{"id": m.id, "score": round(m.score, 4)} for m in matches]
        jsonl.write({"id": row.get("id"), "answered": matcher.answered(matches), "matches": found})


def _matcher(kb: Path | None) -> FaqMatcher:
    if kb is None:
        return App.from_configuration().knowledge.matcher
    questions = [Question(entry.id, entry.texts) for entry in load_jsonl(kb)]
    return FaqMatcher.build(questions, calibrate(questions, settings.load().knowledge.precision))


@app.command()
def check(
    notices: Annotated[bool, typer.Option("--all", help="连提醒也列出")] = False,
) -> int:
    """检查知识库：重复、抢答、过期、缺依据、没有配置的分公司信息；提醒：相近、没人问过。"""
    parts = App.from_configuration()
    service = parts.knowledge
    hits = _hits(parts)
    facts, now = parts.settings.facts, parts.clock()
    found = list(lint.check(service.base, service.matcher, facts, now, hits))
    problems = [finding for finding in found if not finding.is_notice]
    for finding in found if notices else problems:
        print(f"{'提醒 ' if finding.is_notice else ''}{finding.entry}：{finding.text}")
    late = overdue(parts.products, now.date())
    for card in late:
        print(f"产品卡 {card.code}：已过复核日 {card.review_due}，客户暂时看不到")
    rest = len(found) - len(problems)
    more = f"，另有 {rest} 条提醒{'' if notices else '（--all 列出）'}" if rest else ""
    count = len(problems) + len(late)
    print(f"共 {len(service.base.entries)} 条，发现 {count} 个问题{more}")
    return 1 if count else 0


def _hits(parts: App) -> set[str] | None:
    if not schema.is_current(parts.transactions.engine):
        return None
    entries, answers = parts.transactions.read(past.hits)
    return entries if answers >= _ANSWERS_TO_JUDGE else None


@app.command()
def export(file: Path) -> None:
    """导出生效中的条目，按文件名写成 .xlsx、.jsonl 或 .yaml。"""
    base = App.from_configuration().knowledge.base
    count = files.write(file, (base.entries[code] for code in sorted(base.entries)))
    print(f"已导出 {count} 条到 {file}")


@app.command("import")
def take_in(
    file: Path,
    publish: Annotated[bool, typer.Option("--publish", help="立即生效")] = False,
    replace: Annotated[bool, typer.Option("--replace", help="代替现有的全部条目")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查，不写入")] = False,
    explain: Annotated[str, typer.Option(help="为什么答案的变化是对的")] = "",
    user: Annotated[str, typer.Option("--as", help="以谁的名义")] = "",
) -> int:
    """导入 .xlsx、.jsonl 或 .yaml；有一行不对就整个不导入。不加 --publish 时成为草稿。"""
    if replace and not publish:
        raise typer.BadParameter("--replace 要和 --publish 一起用")
    try:
        intake = transfer.read(file)
    except transfer.RowsRefused as refused:
        for error in refused.errors[:_ROWS_SHOWN]:
            print(error)
        print(f"共 {len(refused.errors)} 处错误，没有导入任何一条。")
        return 1
    parts = ready()
    if user:
        acting(parts, user, "publish" if publish else "write")
    order = transfer.Order(
        user or f"cli:{getpass.getuser()}", parts.clock(), publish, replace, explain
    )
    if dry_run:
        done = parts.transactions.read(lambda uow: transfer.preview(uow, intake, order))
    else:
        done = transfer.bring_in(parts.editors, intake, order)
    _tell(done, publish=publish, dry_run=dry_run)
    parts.transactions.close()
    return 0


def _tell(done: transfer.Imported, *, publish: bool, dry_run: bool) -> None:
    if done.ignored:
        print(f"没有用到的列：{'、'.join(done.ignored)}")
    gone = f"，移出 {done.removed} 条" if done.removed else ""
    print(f"共 {done.entries} 条：新增 {done.new} 条，改动 {done.changed} 条{gone}")
    if dry_run:
        print("只做了检查，没有写入。")
    elif publish:
        print(f"已发布为第 {done.release} 号，运行中的服务随即启用。")
    else:
        print("已存为草稿。提交复核：anda kb submit --all --as 姓名")
