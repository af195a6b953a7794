"""电子保单：补发登记；自己查看走保单查询。"""

from __future__ import annotations

from bot.dialogue.request import Request, phone_slot, plate_slot


class Epolicy(Request):
    """Send an electronic policy again; ends with a ticket."""

    name = "epolicy"
    title = "电子保单补发"
    taps = ("补发电子保单",)
    examples = ("电子保单给我重发一份", "没收到电子保单", "把保单PDF发我邮箱")
    notice = "保单内容和下载要先核实您本人，想现在看，点「查保单」；需要补发的话我来登记。"
    after = "补发会发到核实过的手机或邮箱。"
    buttons = ("查保单", "转人工")

    plate = plate_slot()
    phone = phone_slot()
