"""The content calendar on paper: what is planned, who allowed it, and the texts in full."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from bot.pdf.begin import new_sheet
from bot.settings import Settings
from storage.content import STATES, TOPICS, WAYS
from storage.models.content import ContentItem


def printed(
    items: Sequence[ContentItem], first: date, last: date, settings: Settings, at: datetime
) -> bytes:
    """Return a PDF of the items between two days, to be printed or laid out as leaflets."""
    facts = settings.facts
    branch = facts.get("branch_name", "")
    sheet = new_sheet("内容日历", foot=f"{branch}　客服热线 {settings.hotline}", at=at)
    sheet.title("内容日历", f"{facts.get('company_name', '')}　{branch}　{first} 至 {last}")
    rows = [
        (f"{item.planned_on:%m-%d} {item.planned_at:%H:%M}", item.title, WAYS[item.way],
         STATES[item.state], f"{item.author} / {item.approver or '—'}")
        for item in items
    ]  # fmt: skip
    sheet.table(("时间", "标题", "方式", "状态", "撰稿 / 批准"), rows, (26, 52, 42, 20, 34))
    for item in items:
        sheet.heading(f"{item.title}（{item.number}）")
        sheet.note(f"{TOPICS[item.topic]}　{item.planned_on}　出处：{item.source}")
        sheet.paragraph(item.body)
        if item.record:
            sheet.note(f"记录：{item.record}")
    return sheet.finish()
