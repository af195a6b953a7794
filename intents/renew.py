"""续保：登记车牌和电话，请同事报价；不想续的不劝。"""

from __future__ import annotations

from bot.dialogue.request import Request, phone_slot, plate_slot


class Renew(Request):
    """Renew a policy; ends with a lead."""

    name = "renew"
    title = "续保"
    taps = (
        "办续保",
        "我要续保",
    )
    examples = ("我要续保", "车险快到期了给我续上", "帮我办续保")
    notice = "续保价格要由系统核算，我不能报个人价格；登记后同事会把方案和价格一起告诉您。"
    buttons = ("查保单", "转人工")

    plate = plate_slot()
    phone = phone_slot()
