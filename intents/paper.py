"""纸质保单：问清寄到哪儿，登记打印邮寄。"""

from __future__ import annotations

from bot.dialogue.flow import Slot
from bot.dialogue.request import Request
from bot.dialogue.slot_types.phone import phone
from bot.dialogue.slot_types.plate import plate
from bot.dialogue.slot_types.text import free_text


class Paper(Request):
    """Print a policy and post it; ends with a ticket."""

    name = "paper"
    title = "纸质保单"
    taps = ("要纸质保单",)
    examples = ("我要一份盖章的纸质保单", "纸质保单给我邮一份", "打印一份保单寄给我")

    plate = Slot(
        plate,
        label="车牌号",
        called=("车牌",),
        ask="车牌号是多少？没上牌或者不是车险，回复「以后补」。",
        help="比如津A12345；新能源车是 8 位。",
        remembered=True,
    )
    address = Slot(
        free_text,
        label="寄送地址",
        called=("地址",),
        ask="寄到哪里？收件地址和收件人说一下；想自己到网点取，回复「自取」。",
    )
    phone = Slot(
        phone,
        label="联系电话",
        called=("电话", "手机", "手机号"),
        ask="请留个联系电话，同事会打这个号码。",
        remembered=True,
    )
