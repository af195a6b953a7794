"""理赔争议：原样记下不认可的地方，登记复核，可以改投诉。"""

from __future__ import annotations

from bot.dialogue.flow import Slot
from bot.dialogue.request import Request, not_told
from bot.dialogue.slot_types.phone import phone
from bot.dialogue.slot_types.plate import plate
from bot.dialogue.slot_types.text import free_text


class ClaimDispute(Request):
    """Have a settlement looked at again; ends with a ticket."""

    name = "claim_dispute"
    title = "理赔复核"
    taps = ("申请复核",)
    examples = ("定损太低要求复核", "拒赔理由我不认", "赔得太少了不接受")
    after = "复核会逐项告诉您依据；您也可以随时投诉。"
    buttons = ("投诉", "查理赔进度", "转人工")

    details = Slot(
        free_text,
        label="不认可的地方",
        when=not_told,
        ask="哪个案子、哪一项不认可？您的理由说一说，我原样转给复核的同事。",
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
