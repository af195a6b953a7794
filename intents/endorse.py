"""保单变更：问清改什么，登记受理；改身份和账户由人核实本人。"""

from __future__ import annotations

from bot.dialogue.flow import Slot
from bot.dialogue.request import Request, not_told
from bot.dialogue.slot_types.phone import phone
from bot.dialogue.slot_types.plate import plate
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
