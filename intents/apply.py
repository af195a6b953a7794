"""投保：登记要保什么，请同事办理；先提示如实告知。"""

from __future__ import annotations

from bot.dialogue.flow import Slot
from bot.dialogue.request import Request, not_told, phone_slot
from bot.dialogue.slot_types.text import free_text


class Apply(Request):
    """Take out a policy; ends with a lead."""

    name = "apply"
    title = "投保"
    taps = (
        "我要投保",
        "办投保",
    )
    examples = ("我要上保险", "怎么投保给我办一份", "给新车办个交强险")
    notice = "投保前请看清保险责任和免除责任的条款，询问的情况请如实告知，否则可能影响理赔。"

    details = Slot(
        free_text,
        label="想投保的",
        when=not_told,
        ask="想保什么？比如家用车、房子、给家人的意外险，或者店铺、员工。",
    )
    phone = phone_slot()
