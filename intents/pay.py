"""缴费：登记缴费异常；付到个人账户的当场提醒。"""

from __future__ import annotations

from bot.dialogue.flow import Slot
from bot.dialogue.request import Request, not_told
from bot.dialogue.slot_types.phone import phone
from bot.dialogue.slot_types.plate import plate
from bot.dialogue.slot_types.text import free_text


class Pay(Request):
    """Look into a payment; ends with a ticket."""

    name = "pay"
    title = "缴费问题"
    taps = (
        "缴费问题",
        "查缴费",
    )
    examples = ("钱扣了没出单", "保费扣了两次", "付款失败了怎么办")
    notice = (
        "保费只付到公司账户；谁让您转到个人微信、支付宝或银行卡都不要转，已经转了请马上告诉我。"
    )

    details = Slot(
        free_text,
        label="缴费情况",
        when=not_told,
        ask="什么时候付的、付了多少、用什么方式？页面或短信上怎么写的？",
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
