"""报价：说明价格由系统核算，登记后由同事报价。"""

from __future__ import annotations

from bot.dialogue.flow import Slot
from bot.dialogue.request import Request, not_told, phone_slot, plate_slot
from bot.dialogue.slot_types.text import free_text


class NeedQuote(Request):
    """Ask for a price; ends with a lead."""

    name = "need_quote"
    title = "报价"
    taps = (
        "要个报价",
        "算一下保费",
    )
    examples = ("给我的车报个价", "帮我算算保费多少钱", "我这车一年保险多少钱")
    notice = (
        "价格和车辆、地区、用途、近几年出险次数有关，由系统核算，我不能口头报价，也没有返现返利。"
    )

    details = Slot(
        free_text,
        label="要报价的",
        when=not_told,
        ask="要给什么报价？车的话说车型、车龄和用途。",
    )
    plate = plate_slot()
    phone = phone_slot()
