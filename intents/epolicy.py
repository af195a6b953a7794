"""电子保单：补发登记；自己查看走保单查询。"""

from __future__ import annotations

from bot.dialogue.flow import Slot
from bot.dialogue.request import Request
from bot.dialogue.slot_types.phone import phone
from bot.dialogue.slot_types.plate import plate


class Epolicy(Request):
    """Send an electronic policy again; ends with a ticket."""

    name = "epolicy"
    title = "电子保单补发"
    taps = ("补发电子保单",)
    examples = ("电子保单给我重发一份", "没收到电子保单", "把保单PDF发我邮箱")
    notice = "保单内容和下载要先核实您本人，想现在看，点「查保单」；需要补发的话我来登记。"
    after = "补发会发到核实过的手机或邮箱。"
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
