"""发票：问清抬头和税号，登记开票、换开或补发。"""

from __future__ import annotations

from bot.dialogue.flow import Slot
from bot.dialogue.request import Request
from bot.dialogue.slot_types.phone import phone
from bot.dialogue.slot_types.plate import plate
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

    plate = Slot(
        plate,
        label="车牌号",
        called=("车牌",),
        ask="车牌号是多少？没上牌或者不是车险，回复「以后补」。",
        help="比如津A12345；新能源车是 8 位。",
        remembered=True,
    )
    payee = Slot(
        free_text,
        label="发票抬头和税号",
        called=("抬头", "税号"),
        ask="发票抬头是什么？公司的请把税号一起发来，个人的写姓名就行。",
    )
    phone = Slot(
        phone,
        label="联系电话",
        called=("电话", "手机", "手机号"),
        ask="请留个联系电话，同事会打这个号码。",
        remembered=True,
    )
