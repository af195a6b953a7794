"""理赔争议：原样记下不认可的地方，登记复核，可以改投诉。"""

from __future__ import annotations

from bot.dialogue.flow import Slot
from bot.dialogue.request import Request, not_told, phone_slot, plate_slot
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
    plate = plate_slot()
    phone = phone_slot()
