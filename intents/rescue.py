"""道路救援：问清在哪儿、哪辆车、打哪个电话，登记救援工单。"""

from __future__ import annotations

from bot.dialogue.flow import Slot
from bot.dialogue.request import Request, phone_slot, plate_slot
from bot.dialogue.slot_types.place import place


class Rescue(Request):
    """Ask for a tow or a jump start; ends with a ticket."""

    name = "rescue"
    title = "道路救援"
    taps = (
        "叫救援",
        "叫拖车",
    )
    examples = ("车打不着火了叫救援", "帮我叫个拖车", "车抛锚了需要救援")
    notice = "先保证安全：打开双闪，车后放警示牌，人到护栏外或路边等；高速上马上拨 12122。"
    after = "救援是否免费按保单权益，出发前会告诉您。"
    buttons = ("转人工", "报案")

    place = Slot(
        place,
        label="停车位置",
        called=("位置", "地点"),
        ask="车停在哪儿？说路名和附近的标志物，也可以直接发定位。",
    )
    plate = plate_slot()
    phone = phone_slot()
