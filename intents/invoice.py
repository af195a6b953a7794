"""发票：问清抬头和税号，登记开票、换开或补发。"""

from __future__ import annotations

from bot.dialogue.flow import Slot
from bot.dialogue.request import Request, phone_slot, plate_slot
from bot.dialogue.slot_types.text import free_text


class Invoice(Request):
    """Issue, change or send an invoice; ends with a ticket."""

    name = "invoice"
    title = "开发票"
    taps = (
        "开发票",
        "补发发票",
    )
    examples = ("给我开张发票", "发票抬头开错了要重开", "发票还没收到")
    after = "开好后发到您登记的手机或邮箱。"

    plate = plate_slot()
    payee = Slot(
        free_text,
        label="发票抬头和税号",
        called=("抬头", "税号"),
        ask="发票抬头是什么？公司的请把税号一起发来，个人的写姓名就行。",
    )
    phone = phone_slot()
