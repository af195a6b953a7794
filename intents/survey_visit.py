"""查勘定损：催到场、改时间、换地点，登记给调度。"""

from __future__ import annotations

from bot.dialogue.flow import Slot
from bot.dialogue.request import Request, not_told
from bot.dialogue.slot_types.phone import phone
from bot.dialogue.slot_types.plate import plate
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
