"""保障方案：问清给谁保、担心什么，请同事配方案。"""

from __future__ import annotations

from bot.dialogue.flow import Slot
from bot.dialogue.request import Request, not_told, phone_slot
from bot.dialogue.slot_types.text import free_text


class NeedPlan(Request):
    """Recommend cover; ends with a lead."""

    name = "need_plan"
    title = "保障方案"
    taps = (
        "配个方案",
        "推荐方案",
    )
    examples = ("帮我配个保险方案", "推荐一下该买什么保险", "刚买车不知道上哪些险")

    details = Slot(
        free_text,
        label="需要的保障",
        when=not_told,
        ask="给谁、给什么保？最担心什么风险，大概预算多少？",
    )
    phone = phone_slot()
