"""赔款：没到账的登记核查；改账户要核实本人。"""

from __future__ import annotations

from bot.dialogue.flow import Slot
from bot.dialogue.request import Request, not_told, phone_slot, plate_slot
from bot.dialogue.slot_types.text import free_text


class ClaimPay(Request):
    """Look into a payment of a claim; ends with a ticket."""

    name = "claim_pay"
    title = "赔款核查"
    taps = (
        "查赔款",
        "赔款没到账",
    )
    examples = ("赔款什么时候到账", "赔款打错账户了", "协议签了钱还没收到")
    notice = "赔款只打给本人账户；要改收款账户，同事会先核实您本人。请不要在这里发密码或验证码。"
    buttons = ("查理赔进度", "转人工")

    details = Slot(
        free_text,
        label="赔款情况",
        when=not_told,
        ask="哪个案子、什么时候说付的、现在是什么情况？",
    )
    plate = plate_slot()
    phone = phone_slot()
