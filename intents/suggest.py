"""意见建议和表扬：原样记下，转给有关的人。"""

from __future__ import annotations

from bot.dialogue.flow import Slot
from bot.dialogue.request import Request, not_told
from bot.dialogue.slot_types.text import free_text


class Suggest(Request):
    """Pass on a suggestion or praise; ends with a ticket."""

    name = "suggest"
    title = "意见建议"
    taps = (
        "提建议",
        "表扬",
    )
    examples = ("我要提个建议", "表扬一下理赔的小王", "建议你们把字弄大点")

    details = Slot(
        free_text,
        label="您的意见",
        when=not_told,
        ask="请直接说，我会原样转给有关的同事。",
    )
