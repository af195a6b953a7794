"""退保：先如实说规则，再登记，不设障碍。"""

from __future__ import annotations

from bot.dialogue.flow import Slot
from bot.dialogue.request import Request, not_told, phone_slot, plate_slot
from bot.dialogue.slot_types.text import free_text


class Surrender(Request):
    """Cancel a policy; ends with a ticket."""

    name = "surrender"
    title = "退保"
    taps = (
        "我要退保",
        "申请退保",
    )
    examples = ("我要退保", "商业险给我退了吧", "保险不要了 把剩下的钱退给我")
    notice = (
        "退保随时可以申请。交强险只有车辆注销登记、办理停驶或公安证实丢失三种情形能退；商业险按条"
        "款计算，实际金额以核算为准。提醒一句：收费代办“全额退保”的不可信。"
    )
    after = "退款只退到投保人本人账户。"

    details = Slot(
        free_text,
        label="要办的事",
        when=not_told,
        ask="退哪一份、什么原因？比如卖车了、重复投保；不想说原因也行。",
    )
    plate = plate_slot()
    phone = phone_slot()
