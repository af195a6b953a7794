"""Warn the knowledge owners of entries whose time runs out, and take out what is over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from scheduler.context import JobContext
from storage import knowledge_expiry, staff_notices
from storage.knowledge_expiry import WARNED, Outlook, key_of
from storage.rules.jobs import rules
from storage.staff_notices import LEAD, TRAINER, Word
from storage.tickets import TicketBook
from storage.unit_of_work import UnitOfWork

TITLE = "知识条目：到期前提醒知识岗，过期的不再回答"
CRON = "15 1 * * *"
CATCH_UP = "merge"
_SHOWN = 40


def run(context: JobContext, as_of: datetime, *, dry_run: bool = False) -> list[str]:
    """Look at the live release; safe to run twice, and to run late."""
    way = context.ways.read if dry_run else context.ways.run
    return way(lambda uow: _work(context, uow, as_of))


def _work(context: JobContext, uow: UnitOfWork, now: datetime) -> list[str]:
    uow.knowledge.lock()
    live = uow.knowledge.live()
    if not live:
        return []
    found = knowledge_expiry.look(uow.knowledge.contents(live), _warned(uow), rules().kb, now)
    lines = [f"提醒：{ends.words}" for ends, _ in found.warn]
    lines += [f"不再回答：{ends.words}" for ends in found.over]
    lines += [f"过了期限没有下架，请复核：{ends.words}" for ends in found.held]
    number = knowledge_expiry.take_out(uow, found.over, now)
    if number:
        lines.append(f"第 {number} 号发布生效")
    _tell(context, uow, found, number, now)
    return lines


def _warned(uow: UnitOfWork) -> Mapping[str, int]:
    """Return what was warned of, from the notices themselves."""
    found: dict[str, int] = {}
    for notice in staff_notices.newest(uow, kind=WARNED, limit=500):
        for key, step in notice.data.get("steps", {}).items():
            found[key] = min(int(step), found.get(key, int(step)))
    return found


def _tell(context: JobContext, uow: UnitOfWork, found: Outlook, number: int, now: datetime) -> None:
    hooks, today = context.settings.webhooks, f"{now:%Y-%m-%d}"
    if found.warn:
        steps = {key_of(ends): step for ends, step in found.warn}
        lines = [ends.words for ends, _ in found.warn]
        title = f"{len(lines)} 条知识快到复核或失效日"
        key = f"{WARNED}:{today}:{min(steps)}:{len(steps)}"
        word = Word(key, WARNED, TRAINER, title, lines[:_SHOWN], {"steps": steps})
        if staff_notices.put(uow, word, now, hooks):
            book = TicketBook(uow, context.cipher, context.settings, now, "system")
            facts = {"words": title, "details": "；".join(lines[:_SHOWN])}
            book.open_once(f"kb_review:{key}", "kb_review", facts, f"KB{now:%Y%m%d}")
    if number:
        lines = [ends.words for ends in found.over]
        title = f"{len(lines)} 条知识过期，不再用来回答（第 {number} 号发布）"
        word = Word(f"kb_out:{number}", "kb_out", TRAINER, title, lines[:_SHOWN], {})
        staff_notices.put(uow, word, now, hooks)
    if found.held:
        lines = [ends.words for ends in found.held]
        title = f"{len(lines)} 条知识过了复核期，没有自动下架，请尽快复核"
        week = f"{now:%G-W%V}"
        word = Word(f"kb_held:{week}", "kb_held", LEAD, title, lines[:_SHOWN], {})
        staff_notices.put(uow, word, now, hooks)
