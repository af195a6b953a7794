"""报案之后的更正：客户说哪一项错了，直接改在刚报的案子上，改前改后都留着。"""

from __future__ import annotations

from bot.back_office import BackOffice, ClaimView
from bot.dialogue.fact_slots import fact_slots, matters, of_line
from bot.dialogue.flow import Flow, Outcome, Slot
from bot.dialogue.slot_types.accident import accident_type
from bot.dialogue.slot_types.flags import drivable, injured, police_reported
from bot.dialogue.slot_types.moment import moment
from bot.dialogue.slot_types.numbers import claim_number
from bot.dialogue.slot_types.person import person_name
from bot.dialogue.slot_types.phone import phone
from bot.dialogue.slot_types.place import place
from bot.dialogue.slot_types.plate import other_plate, plate
from bot.dialogue.slot_types.text import free_text

_SAFETY = "请先拨打 120 急救、122 报警，不要移动伤者。值班人员马上联系您。\n"


class ClaimAmend(Flow):
    """Change a claim that was reported in this conversation."""

    name = "claim_amend"
    title = "更正报案信息"
    keeps_draft = False
    taps = ("更正报案信息",)

    number = Slot(claim_number, label="报案号", ask="哪一件？", optional=True, shown=False)
    injured = Slot(injured, label="有人受伤", ask="有人受伤吗？", optional=True)
    happened_at = Slot(moment, label="出险时间", called=("时间",), ask="什么时候？", optional=True)
    place = Slot(
        place, label="出险地点", called=("地点", "地方", "位置"), ask="在哪儿？", optional=True
    )
    plate = Slot(plate, label="车牌号", called=("车牌",), ask="车牌号？", optional=True)
    other_plate = Slot(other_plate, label="对方车牌", ask="对方车牌？", optional=True)
    accident_type = Slot(accident_type, label="事故类型", ask="怎么出的事？", optional=True)
    drivable = Slot(drivable, label="车能否行驶", ask="车还能开吗？", optional=True)
    police_reported = Slot(police_reported, label="已报警", ask="报警了没有？", optional=True)
    reporter = Slot(
        person_name, label="报案人", called=("姓名", "名字"), ask="怎么称呼您？", optional=True
    )
    phone = Slot(
        phone, label="联系电话", called=("电话", "手机"), ask="打哪个电话？", optional=True
    )
    # What no field asks for is kept in the customer's words.
    later = Slot(free_text, label="补充说明", ask="还要补充什么？", optional=True)
    further = fact_slots(lambda c, key: matters(c.kept.get("line"), key))

    @property
    def confirm(self) -> bool:
        """A correction is done at once and read back; saying it again changes it again."""
        return False

    def submit(self, office: BackOffice) -> Outcome:
        """Change the newest claim and read back what is recorded now."""
        newest = next(iter(office.claims(self.number)), None)
        if newest is None:
            return Outcome.say("没有查到您在这里报的案，没有可以更正的。", "报案", "转人工")
        told = {name: value for name, value in self.values.items() if name != "number"}
        if not told:
            return Outcome.say(
                "请直接说哪一项要改、改成什么，比如「车牌错了，津B12345」「时间改成昨天下午三点」。",
                "转人工",
            )
        self.kept["line"] = newest.line
        office.amend_claim(newest.number, of_line(newest.line, told))
        safety = ""
        if self.injured:
            office.hand_off("P0", "报案后补充：有人受伤")
            safety = _SAFETY
        changed = "\n".join(self.lines())
        return Outcome.say(
            f"{safety}好的，报案 {newest.number} 已更正：\n{changed}\n"
            f"理赔人员看得到改前和改后的内容。{_what_is_left(office, newest)}",
            *(("补充报案信息",) if newest.lacking else ()),
            "查理赔进度",
            "转人工",
        )


def _what_is_left(office: BackOffice, before: ClaimView) -> str:
    """Return what a claim to be completed still waits for, or that it goes on now."""
    after = next(iter(office.claims(before.number)), before)
    if after.lacking:
        return f"还差：{'、'.join(after.lacking)}。"
    return "报案信息补齐了，已经往下办。" if before.lacking else ""
