"""续保：登记车牌和电话，请同事报价；不想续的不劝。"""

from __future__ import annotations

from bot.dialogue.flow import Slot
from bot.dialogue.request import Request
from bot.dialogue.slot_types.phone import phone
from bot.dialogue.slot_types.plate import plate


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

    plate = Slot(
        plate,
        label="车牌号",
        called=("车牌",),
        ask="车牌号是多少？没上牌或者不是车险，回复「以后补」。",
        help="比如津A12345；新能源车是 8 位。",
        remembered=True,
    )
    phone = Slot(
        phone,
        label="联系电话",
        called=("电话", "手机", "手机号"),
        ask="请留个联系电话，同事会打这个号码。",
        remembered=True,
    )
