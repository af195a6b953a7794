"""查勘定损：催到场、改时间、换地点，登记给调度。"""

from __future__ import annotations

from bot.dialogue.flow import Slot
from bot.dialogue.request import Request, not_told, phone_slot, plate_slot
from bot.dialogue.slot_types.text import free_text


class SurveyVisit(Request):
    """Arrange a survey; ends with a ticket."""

    name = "survey_visit"
    title = "查勘定损预约"
    taps = (
        "约查勘",
        "改查勘时间",
    )
    examples = ("查勘员什么时候到", "改一下定损时间", "约明天上午来看车")
    buttons = ("查理赔进度", "转人工")

    details = Slot(
        free_text,
        label="查勘安排",
        when=not_told,
        ask="要约还是要改？哪天、哪儿方便，或者等了多久没来？",
    )
    plate = plate_slot()
    phone = phone_slot()
