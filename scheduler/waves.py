"""What the jobs that touch customers about policies share: plan a day, or tell what it would be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from scheduler.context import JobContext
from storage.outbound import planning
from storage.outbound.configured import configured
from storage.outbound.rehearsal import Line, rehearse
from storage.rules.outbound import rules


def run(context: JobContext, family: str, as_of: datetime, *, dry_run: bool) -> list[str]:
    """Plan the touches of a day; a dry run lists each of them and what it would come to."""
    if dry_run:
        return [*map(line, lines := rehearsed(context, family, as_of)), total(lines, as_of)]
    table = rules()
    found = planning.caught_up(table, family, as_of.date())
    return [f"排了 {planning.plan(context.ways, table, found, as_of)} 条"]


def rehearsed(context: JobContext, family: str, as_of: datetime) -> list[Line]:
    """Return what each touch would come to that the job plans, or that waits since yesterday."""
    table = rules()
    found = planning.caught_up(table, family, as_of.date())
    return rehearse(context.ways, context.cipher, table, configured(context.settings), found, as_of)


def line(touch: Line) -> str:
    """Return a touch in one line: who, what, and what becomes of it."""
    words = {"send": f"会发（{touch.way}）", "wait": f"顺延：{touch.reason}"}
    end = words.get(touch.outcome, f"不发：{touch.reason}")
    return "\t".join((touch.subject, touch.step, touch.who, end, touch.text))


def total(lines: Sequence[Line], as_of: datetime) -> str:
    """Return the sums: every touch is in exactly one of them."""
    ends = Counter(line.outcome for line in lines)
    reasons = Counter(line.reason for line in lines if line.outcome == "not_sent")
    why = "、".join(f"{reason} {count}" for reason, count in reasons.most_common())
    sums = f"会发 {ends['send']}，顺延 {ends['wait']}，不发 {ends['not_sent']}"
    late = sum(line.due_at is not None and line.due_at.date() < as_of.date() for line in lines)
    head = f"共 {len(lines)} 条" + (f"，其中昨天的 {late} 条" if late else "")
    return f"{head}：{sums}" + (f"（{why}）" if why else "")
