"""报价：说明价格由系统核算，登记后由同事报价。"""

from __future__ import annotations

from bot.dialogue.flow import Slot
from bot.dialogue.request import Request, not_told
from bot.dialogue.slot_types.phone import phone
from bot.dialogue.slot_types.plate import plate
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
