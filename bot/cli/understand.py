"""`anda understand --jsonl`: what single messages mean; no state is read or written."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer

from bot import clock
from bot.bootstrap import App
from bot.cli import jsonl
from bot.dialogue.fold import fold
from bot.dialogue.slot_types.extract import claim_slots
from bot.errors import BadRequest
from knowledge_base.understanding.reader import SentenceReader


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(understand)


def understand(
    as_lines: Annotated[bool, typer.Option("--jsonl")] = False,
    now: Annotated[str, typer.Option(help="ISO 时间，缺省为现在")] = "",
) -> None:
    """读 {"id","text","now"?} 行，写 {"id","intent","confidence","escalate","slots"} 行。"""
    if not as_lines:
        raise typer.BadParameter("请加 --jsonl，从标准输入逐行读取")
    try:
        default = _moment(now) if now else clock.now()
    except BadRequest as error:
        raise typer.BadParameter(str(error)) from None
    reader = App.from_configuration().reader
    for row in jsonl.rows():
        jsonl.write(_line(row, default, reader))


def _line(row: dict[str, Any], default: datetime, reader: SentenceReader) -> dict[str, Any]:
    text = str(row.get("text") or "")
    at = _moment(str(row["now"])) if row.get("now") else default
    reading = reader.read(text)
    return {
        "id": row.get("id"),
        "intent": reading.intent,
        "confidence": round(reading.confidence, 4),
        "escalate": reading.escalation.level,
        "slots": claim_slots(fold(text), at),
    }


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadRequest(f"时间 {text} 看不懂，请写成 2026-11-22T09:30:00+08:00") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=clock.SHANGHAI)
