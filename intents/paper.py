"""纸质保单：自取还是邮寄、寄到哪儿，核验本人后登记打印，进度随时可查。"""

from __future__ import annotations

import re
from typing import Any

from bot.back_office import BackOffice
from bot.dialogue.flow import Outcome, Slot
from bot.dialogue.policy_request import PolicyRequest, under_way
from bot.dialogue.slot_types.choice import Choice
from bot.dialogue.slot_types.text import free_text

_SHORTEST = 6
_PLACE = re.compile(r"[省市区县镇乡村路街道巷里园庄楼号栋室院]|\d{2,}")


def _by_post(flow: Any) -> bool:
    return bool(flow.way == "post")


def _address(flow: Any, said: str) -> str | None:
    """«商业险那份» is nowhere to send a parcel to."""
    if len(said) >= _SHORTEST and _PLACE.search(said):
        return None
    return "这不像能收快递的地址。收件人、电话、区、街道和门牌号一起说一下。"


class Paper(PolicyRequest):
    """Print a policy, to be posted or fetched; ends with a number that can be asked after."""

    name = "paper"
    title = "纸质保单"
    version = 2
    family = "paper"
    taps = ("要纸质保单",)
    examples = ("我要一份盖章的纸质保单", "纸质保单给我邮一份", "打印一份保单寄给我")

    way = Slot(
        Choice(
            (
                ("post", "邮寄", "寄|邮|快递"),
                ("pick_up", "到网点自取", "自取|自己取|去取|来取|网点|门店|柜台"),
            ),
            volunteered=True,
        ),
        label="怎么取",
        ask="邮寄给您，还是到网点自取？",
        buttons=("邮寄", "到网点自取"),
        help="邮寄要收件地址；自取带投保人身份证到网点就行。电子保单效力一样，不急用可以不打。",
        deferrable=False,
    )
    address = Slot(
        free_text,
        label="收件地址和收件人",
        called=("地址",),
        when=_by_post,
        check=_address,
        ask="寄到哪里？收件人、电话和地址说一下。",
        help="比如：收件人、能接快递电话的手机号、区、街道、门牌号。只用来寄这份保单。",
        deferrable=False,
    )

    def submit(self, office: BackOffice) -> Outcome:
        """File it and say when and where."""
        view = self.file(office, "copy")
        if view is None:
            return self.not_filed()
        if not view.fresh:
            return Outcome.say(under_way(view), "查纸质保单进度", "转人工")
        rule = office.fact("paper_policy")
        promise = f"{rule}。" if rule else f"预计 {view.due_on:%m月%d日} 前办好。"
        outlets = office.fact("outlets")
        where = f"可以取的网点：{outlets}。" if self.way == "pick_up" and outlets else ""
        return Outcome.say(
            f"纸质保单打印已登记，编号 {view.number}。{promise}{where}"
            "寄出或可以取的时候会在这里通知您；电子保单和纸质保单效力一样，现在就可以先下载。",
            "电子保单",
            "查纸质保单进度",
            "转人工",
        )
