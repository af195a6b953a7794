"""`anda kb …`: match, check, export."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from bot import settings
from bot.bootstrap import App
from bot.cli import jsonl
from bot.cli.explain import lines
from knowledge_base.calibration import calibrate
from knowledge_base.loader import load_jsonl
from knowledge_base.matcher import FaqMatcher, Question
from knowledge_base.products import overdue

app = typer.Typer(no_args_is_help=True)
_SHOWN = 5


@app.callback()
def _kb() -> None:
    """知识库。"""


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
def check() -> int:
    """检查知识库：重复、缺失、过期、没有配置的分公司信息。"""
    parts = App.from_configuration()
    problems = list(_problems(parts))
    for problem in problems:
        print(problem)
    print(f"共 {len(parts.knowledge.base.entries)} 条，发现 {len(problems)} 个问题")
    return 1 if problems else 0


def _problems(parts: App) -> Iterable[str]:
    today, seen = parts.clock().date(), dict[str, str]()
    for card in overdue(parts.products, today):
        yield f"产品卡 {card.code}：已过复核日 {card.review_due}，客户暂时看不到"
    for entry in parts.knowledge.base.entries.values():
        if entry.review_due and entry.review_due < today:
            yield f"{entry.id}：已过复核日 {entry.review_due}"
        answer = parts.knowledge.base.answer(entry, parts.settings.branch).replace(" ", "")
        for fact in entry.must_contain:
            if "{" not in fact and fact.replace(" ", "") not in answer:
                yield f"{entry.id}：答案里缺少「{fact}」（可能是分公司信息没有配置）"
        for text in entry.texts:
            if (other := seen.setdefault(text, entry.id)) != entry.id:
                yield f"{entry.id}：问法「{text}」与 {other} 重复"


@app.command()
def export(file: Path) -> None:
    """导出为 JSONL。"""
    parts = App.from_configuration()
    with file.open("wb") as target:
        for entry in parts.knowledge.base.entries.values():
            row: dict[str, Any] = {
                name: getattr(entry, name) for name in entry.__dataclass_fields__
            }
            target.write(orjson.dumps(row) + b"\n")
    print(f"已导出 {len(parts.knowledge.base.entries)} 条到 {file}")
