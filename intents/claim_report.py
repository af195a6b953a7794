"""报案：先问安全，再问事故；必填问完给客户核对，提交后给报案号、清单和下一步。"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.back_office import BackOffice
from bot.dialogue import two_plates
from bot.dialogue.claim_form import ClaimForm
from bot.dialogue.fact_slots import asked, fact_slots, matters
from bot.dialogue.flow import Outcome, Slot
from bot.dialogue.later import settle
from bot.dialogue.message import Reply
from bot.dialogue.slot_types.accident import accident_type, line
from bot.dialogue.slot_types.asked_flags import drives, police
from bot.dialogue.slot_types.flags import injured
from bot.dialogue.slot_types.moment import moment
from bot.dialogue.slot_types.numbers import policy_number
from bot.dialogue.slot_types.person import person_name
from bot.dialogue.slot_types.phone import phone
from bot.dialogue.slot_types.photos import photos
from bot.dialogue.slot_types.place import place
from bot.dialogue.slot_types.plate import other_plate, plate
from bot.dialogue.slot_types.relation import relation
from bot.dialogue.slot_types.sameness import same_event, same_or_new
from bot.dialogue.slot_types.text import free_text

_HURT = "人身伤亡"  # the rule of escalation.yaml that sees somebody hurt
_SAME_EMERGENCY = timedelta(hours=2)
_OWN = ("story", "same_case", "same_event")
_SCENE_HOURS = 3  # afterwards nobody is at the scene any more


def _calm(claim: Any) -> bool:
    """Nobody is hurt: there is time for questions."""
    return not claim.injured and not claim.kept.get("alarm")


def _not_told_yet(claim: Any) -> bool:
    """Who cried for help is not asked whether somebody needs it."""
    return claim.injured is not None or not claim.kept.get("alarm")


def _motor(claim: Any) -> bool:
    return _calm(claim) and claim.kind == "auto"


def _unhurried(claim: Any) -> bool:
    """There is time, or the line lives on injuries and this one is hours ago."""
    past = claim.kept.get("past") or not claim.kept.get("alarm")
    return _calm(claim) or (claim.kind in ("accident", "liability") and bool(past))


def _drives(claim: Any) -> bool:
    """A stolen car is not asked whether it drives."""
    return _motor(claim) and claim.accident_type != "theft"


def _asks(claim: Any, key: str) -> bool:
    known = claim.values | {"story": claim.kept.get("story")}
    if claim.plate:
        known["carrier_plate"] = claim.plate  # as it is recorded where cargo is concerned
    return _unhurried(claim) and asked(claim.kind, key, known)


def _a_story(claim: Any, text: str) -> str | None:
    return "麻烦说得稍微具体一点，比如「右前门被蹭掉一块漆」。" if len(text) < 2 else None


class ClaimReport(ClaimForm):
    """Report an accident; ends with a claim number."""

    name = "claim_report"
    title = "报案"
    examples = ("我要报案", "出险了", "车被撞了要报案", "追尾了", "家里漏水要报案", "报案")
    taps = ("报案", "我要报案")
    amended_by = "claim_amend"
    followed_by = "claim_status"
    told_apart_by = ("happened_at", "place", "plate")

    same_event = Slot(
        same_event,
        label="是否同一起",
        when=lambda c: bool(c.kept.get("unclear")),
        deferrable=False,
        ask="您刚才说的和前面报的不太一样，是同一起事故吗？是同一起我就按新说的改；是另一起就分开报。",
        buttons=("是同一起", "另一起，分开报"),
        shown=False,
    )
    injured = Slot(
        injured,
        label="有人受伤",
        when=_not_told_yet,
        buttons=("没有人受伤", "有人受伤"),
        ask="先确认安全：现场有没有人受伤、被困，或者起火、漏油？",
        help="有人受伤请先拨打 120、122，起火拨打 119；都平安的话回复「没有」。",
    )
    same_case = Slot(
        same_or_new,
        label="重复报案",
        when=lambda c: bool(c.kept.get("similar")),
        deferrable=False,
        belongs_to="plate",
        ask="是同一次事故吗？可以接着办那一件，或者把刚才说的补充进去；另一次事故就另外报。",
        buttons=("接着办那一件", "补充到那一件", "另外报一次"),
        shown=False,
    )
    line = Slot(
        line,
        label="险种",
        implied=True,
        when=lambda c: _calm(c) and (c.line is not None or c.kind is None),
        ask="出事的是车、家里的财产、人身意外，还是货物、责任、企业财产方面的？",
        buttons=("车险", "家财", "意外健康", "责任险", "货运险", "企财险"),
    )
    happened_at = Slot(
        moment,
        label="出险时间",
        called=("时间", "几点"),
        when=_unhurried,
        also="place",
        ask="事故是什么时候发生的？",
        ask_both="事故是什么时候、在哪儿发生的？",
        help="大概的时间就行，比如「今天下午三点多」「昨晚八点」。",
    )
    place = Slot(
        place,
        label="出险地点",
        called=("地点", "地方", "位置"),
        ask="在什么地方？说路名、路口或附近的标志物，也可以直接发定位。",
        help="比如「南开区卫津路和鞍山道路口」「京津高速 12 公里处」，或者发个定位。",
    )
    plate = Slot(
        plate,
        label="车牌号",
        called=("车牌", "牌照"),
        when=lambda c: _motor(c) and (c.plate is not None or c.policy_number is None),
        ask="您的车牌号是多少？",
        help="比如「津A12345」，新能源车是 8 位。没有上牌的回复「以后补」。",
        remembered=True,
    )
    # Before the kind of accident, whose words may go round it: «后面一辆津D12399追了尾».
    other_plate = Slot(other_plate, label="对方车牌", ask="对方车牌号是多少？", optional=True)
    accident_type = Slot(
        accident_type,
        label="事故类型",
        when=_motor,
        ask="是怎么出的事？比如追尾、剐蹭、撞到固定物、水淹、玻璃破碎、被盗。",
        buttons=("追尾", "剐蹭", "单方事故", "水淹", "玻璃破碎", "其他"),
    )
    drivable = Slot(
        drives,
        label="车能否行驶",
        when=_drives,
        also="police_reported",
        ask="车现在还能开吗？",
        ask_both="车现在还能开吗？报警了没有？",
        buttons=("能开", "开不了"),
    )
    police_reported = Slot(
        police,
        label="已报警",
        when=_motor,
        ask="报警了没有？",
        buttons=("报警了", "没报警"),
    )
    story = Slot(
        free_text,
        label="事故经过",
        when=lambda c: _calm(c) and not c.told,
        ask="请简单说说经过和损失情况，比如怎么撞的、伤到哪儿了。",
        check=_a_story,
        shown=False,
    )
    further = fact_slots(lambda c, key: matters(c.kind, key), _asks)
    reporter = Slot(
        person_name,
        label="报案人",
        called=("名字", "姓名", "人名", "姓"),
        when=_unhurried,
        also="phone",
        remembered=True,
        ask="怎么称呼您？",
        ask_both="请留下您的姓名和手机号，方便理赔人员联系您。",
    )
    phone = Slot(
        phone,
        label="联系电话",
        called=("电话", "手机", "手机号"),
        ask="请留下联系电话，理赔人员会打这个号码。",
        remembered=True,
        help="11 位手机号，或带区号的座机。",
    )
    policy_number = Slot(policy_number, label="保单号", ask="保单号是多少？", optional=True)
    reporter_relation = Slot(
        relation, label="与被保险人关系", ask="您和被保险人是什么关系？", optional=True
    )
    photos = Slot(
        photos,
        label="照片",
        ask="请发现场和车损照片。",
        optional=True,
        adds=True,
        received="照片收到了，一共 {shown}。",
    )

    @property
    def told(self) -> bool:
        """Tell whether we know what happened; the card invites more words."""
        return bool(self.kept.get("told")) or self.accident_type not in (None, "other")

    @property
    def confirm(self) -> bool:
        """A claim with injured people is opened at once, without a card."""
        return _calm(self) and not self.joined

    @property
    def joined(self) -> bool:
        """Tell whether this turned out to be an accident that was reported before."""
        return self.same_case in ("same", "more")

    def takes(self, name: str) -> bool:
        """Take «是同一起» only where there is such a claim, and what is exact over what is not."""
        if self.vague(name):
            return True
        return super().takes(name) and (name != "same_case" or bool(self.kept.get("similar")))

    def pending(self) -> Slot[Any] | None:
        """Ask for nothing more where the claim is there already."""
        return None if self.joined else super().pending()

    @property
    def over(self) -> bool:
        """Tell whether the words belong to a claim that has been opened already."""
        return bool(self.kept.get("told_again"))

    def alarm(self, rule: str) -> None:
        """Fire, water or worse: open the claim at once and ask for nothing but place and phone."""
        self.kept["alarm"] = True
        if rule == _HURT and self.injured is None:
            # A guess of the rule: whatever the customer says about it wins.
            self.values["injured"] = True

    def listens(self) -> bool:
        """Further words belong to the story, even before the question about safety is answered."""
        return True

    def progress(self, office: BackOffice) -> list[Reply]:
        """Open a claim with injuries now; keep an opened claim up to date."""
        self.kept["past"] = self.happened_at is not None and not self._at_scene(office)
        if self.same_event:
            return self._settle(office)
        two_plates.divide(self)
        if number := self.kept.get("number"):
            office.amend_claim(str(number), self.facts())
            return [Reply("好的，已经记到您的报案里了。")]
        if _calm(self):
            return self._look_for_similar(office)
        if earlier := self._same_emergency(office):
            return [Reply(f"这些也记到报案 {earlier} 里了，值班人员在跟进，我也一直在这儿。")]
        said = bool(self.kept.get("alarm"))  # a rule has spoken already
        raised = not said and office.hand_off("P0", "报案：有人受伤").raised
        number = self.kept["number"] = office.open_claim(self.facts())
        first = "请先拨打 120 急救、122 报警，不要移动伤者，保护好现场。" if raised else ""
        return [Reply(f"{first}报案已先登记，报案号 {number}，不用等填完信息，值班人员会跟进。")]

    def _settle(self, office: BackOffice) -> list[Reply]:
        """Take what was unclear as new facts of this accident, or let it wait as another one."""
        another = settle(self, self.values.get("same_event") == "another", office.now)
        self.forget("same_event")
        if another:
            return [Reply("好的，分开报：先把这一起办完，接着办您刚才说的那一起，不用再说一遍。")]
        return [Reply("好的，按同一起，已经照您新说的改了。"), *self.progress(office)]

    def _same_emergency(self, office: BackOffice) -> str:
        """Return the number of the claim opened here just before: «120 什么时候来» is no second."""
        newest = next(iter(office.claims()), None) if self.kept.get("alarm") else None
        if newest is None or office.now - newest.reported_at > _SAME_EMERGENCY:
            return ""
        self.kept["told_again"] = True
        told = {n: v for n, v in self.values.items() if n not in _OWN}
        office.amend_claim(newest.number, told | {"later": self.kept.get("story"), "urgent": True})
        return newest.number

    def _look_for_similar(self, office: BackOffice) -> list[Reply]:
        """Say that this car or policy was reported within 48 hours, once for each."""
        subject = self.plate or self.policy_number
        if not subject or subject == self.kept.get("looked_for") or self.kept.get("another"):
            return []
        self.kept["looked_for"] = subject
        found = office.similar_claim(self.facts())
        self.kept["similar"] = found.number if found else None
        if found is None:
            return []
        when = f"{found.reported_at.month}月{found.reported_at.day}日 {found.reported_at:%H:%M}"
        return [Reply(f"{subject} 在 {when} 已经报过案：{found.number}（{found.status}）。")]

    def invitation(self) -> str:
        """Invite what may still be added; nothing of it is needed for a number."""
        names = ("photos", "other_plate", "driver_name") if self.kind == "auto" else ("photos",)
        missing = [self.slots[name].label for name in names if name not in self.values]
        if not self.kept.get("told") and not self.story:
            missing.insert(0, "经过和损失情况")
        return (
            f"还可以补充：{'、'.join(missing)}，直接发来就行，没有也不影响报案。" if missing else ""
        )

    def _at_scene(self, office: BackOffice) -> bool:
        """Tell whether it has just happened, as far as we know."""
        since = self.happened_at
        return since is None or office.now - since <= timedelta(hours=_SCENE_HOURS)

    def submit(self, office: BackOffice) -> Outcome:
        """Open the claim, and say what is needed and what happens next (S43, S44)."""
        if self.kept.get("number"):
            return Outcome.say(
                "需要的信息都有了，人平安最要紧。值班人员会一直跟进，有事随时告诉我。"
            )
        if self.joined:
            return self._join(office, str(self.kept["similar"]))
        number = office.open_claim(self.facts())
        kind, accident = self.kind or "auto", self.accident_type or "other"
        papers = "、".join(office.checklist(kind, accident, injured=False))
        lacking = "、".join(office.lacking(self.facts()))
        ready = "、".join(office.asked_for(self.facts()))
        lines = [
            f"报案已受理，报案号 {number}，请您记好。",
            f"还差：{lacking}。先按待补报案登记，想起来直接告诉我，或者理赔人员联系您时一起补上，"
            "补齐后自动往下办。"
            if lacking
            else "",
            f"理赔人员会尽快打您电话{f'（尾号 {self.phone[-4:]}）' if self.phone else ''}，"
            f"{office.fact('injury_contact' if self.injured else 'first_contact')}与您联系。",
            office.advice(kind, accident, at_scene=self._at_scene(office)),
            f"理赔人员还会问到：{ready}，可以先准备着。" if ready else "",
            f"需要准备的材料（带 * 的通常必需，可以后补）：{papers}。",
        ]
        more = ("补充报案信息",) if lacking else ()
        return Outcome.say("\n".join(filter(None, lines)), *more, "查理赔进度", "补照片", "转人工")

    def _join(self, office: BackOffice, number: str) -> Outcome:
        """Go on with the claim that is there, with what was said now or without."""
        if self.same_case == "more":
            office.amend_claim(number, self.facts())
            text = f"好的，刚才说的已经补充到报案 {number} 里了，不用重复报案。"
        else:
            text = f"好的，接着办报案 {number}，不用重复报案。"
        return Outcome.say(text, "查理赔进度", "补照片", "转人工")
