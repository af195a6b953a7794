"""保单变更：问清改什么，登记受理；改身份和账户由人核实本人。"""

from __future__ import annotations

from bot.dialogue.flow import Slot
from bot.dialogue.request import Request, not_told, phone_slot, plate_slot
from bot.dialogue.slot_types.text import free_text


class Endorse(Request):
    """Change a policy; ends with a ticket."""

    name = "endorse"
    title = "保单变更"
    taps = (
        "保单变更",
        "申请批改",
    )
    examples = ("车过户了保险要变更", "保单上的名字打错了要改", "我要给保单加个附加险")
    notice = "保单变更要核实本人，改动在批单生成后才生效；我先帮您登记受理。"
    buttons = ("查保单", "转人工")

    details = Slot(
        free_text,
        label="要办的事",
        when=not_told,
        ask="要改哪一项？从什么改成什么，简单说一下。",
    )
    plate = plate_slot()
    phone = phone_slot()
