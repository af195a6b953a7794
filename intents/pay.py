"""缴费：登记缴费异常；付到个人账户的当场提醒。"""

from __future__ import annotations

from bot.dialogue.flow import Slot
from bot.dialogue.request import Request, not_told, phone_slot, plate_slot
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
    plate = plate_slot()
    phone = phone_slot()
