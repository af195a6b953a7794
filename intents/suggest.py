"""意见建议和表扬：原样记下，转给有关的人。"""

from __future__ import annotations

import re

from bot.dialogue.flow import Slot
from bot.dialogue.request import Request, not_told
from bot.dialogue.slot_types.text import free_text

_BARE = re.compile(
    r"我|想|要|提|个|一下|点|条|建议|意见|表扬|夸|你们?|给|点赞|赞|[吧了啊呀的,，。!！ ]"
)
_ENOUGH = 3


class Suggest(Request):
    """Pass on a suggestion or praise; ends with a ticket."""

    name = "suggest"
    title = "意见建议"
    taps = (
        "提建议",
        "表扬",
    )
    examples = ("我要提个建议", "表扬一下理赔的小王", "建议你们把字弄大点")

    @property
    def told(self) -> bool:
        """«页面字太小» says it all; only «提个建议» does not."""
        return len(_BARE.sub("", self.words)) >= _ENOUGH

    details = Slot(
        free_text,
        label="您的意见",
        when=not_told,
        ask="请直接说，我会原样转给有关的同事。",
    )
