"""The copy as a PDF: the same as the page, for people who want paper."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import orjson

from bot.pdf.begin import new_sheet
from bot.privacy.page import names

_EMPTY: tuple[Any, ...] = (None, "", {}, [])


def paper(copy: Mapping[str, Any], request: str) -> bytes:
    """Return the document."""
    made_at = datetime.fromisoformat(copy["made_at"])
    sheet = new_sheet("个人信息副本", foot=f"请求编号 {request}", at=made_at)
    sheet.title("个人信息副本", f"请求编号 {request}，{made_at:%Y-%m-%d %H:%M} 制作")
    sheet.paragraph("这里是我们保存的关于您的全部信息。请妥善保管，不要交给他人。")
    for table in copy["tables"]:
        sheet.heading(f"{table['title']}（{len(table['rows'])} 条）")
        for row in table["rows"]:
            sheet.facts(list(_shown(row)))
    return sheet.finish()


def _shown(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in row.items():
        if value not in _EMPTY:
            text = value if isinstance(value, str) else orjson.dumps(value).decode()
            yield names().get(name, name), text
