"""纸质保单：问清寄到哪儿，登记打印邮寄。"""

from __future__ import annotations

from bot.dialogue.flow import Slot
from bot.dialogue.request import Request, phone_slot, plate_slot
from bot.dialogue.slot_types.text import free_text


class Paper(Request):
    """Print a policy and post it; ends with a ticket."""

    name = "paper"
    title = "纸质保单"
    taps = ("要纸质保单",)
    examples = ("我要一份盖章的纸质保单", "纸质保单给我邮一份", "打印一份保单寄给我")

    plate = plate_slot()
    address = Slot(
        free_text,
        label="寄送地址",
        called=("地址",),
        ask="寄到哪里？收件地址和收件人说一下；想自己到网点取，回复「自取」。",
    )
    phone = phone_slot()
