"""投诉：零门槛登记，先致歉（不认定责任），给编号、负责人和最晚答复日。"""

from __future__ import annotations

import re

from bot.back_office import BackOffice, ComplaintView
from bot.clockwork.words import moment
from bot.dialogue.escalation import promise
from bot.dialogue.flow import Flow, Outcome, Slot
from bot.dialogue.message import Reply
from bot.dialogue.slot_types.numbers import claim_number
from bot.dialogue.slot_types.pattern import demand
from bot.dialogue.slot_types.person import person_name
from bot.dialogue.slot_types.phone import phone
from bot.dialogue.slot_types.text import free_text

_BARE = re.compile(
    r"^[我要想来先能可以不]*(?:匿名)?(投诉|投拆|透诉|举报|登记投诉|投诉你们|找你们领导)+"
    r"[一下吧了啊行吗么可以成 。!！?？]*$"
)
_WORD = re.compile(r"\w")
_ENOUGH_WORDS = 5
_STORY_LIMIT = 4_000


_BARE_WORD = re.compile(
    r"^(对|是|是的|嗯+|好|好的|行|可以|没有|不|不是|有|ok)[吧了啊呀 。!！]*$", re.I
)


def _a_wish(complaint: Complaint, text: str) -> str | None:
    bare = _BARE_WORD.match(text.strip())
    return "请说说您希望得到什么结果，一句话就行；没想好可以回复「以后补」。" if bare else None


class Complaint(Flow):
    """File a complaint; ends with a number and the date of the answer."""

    name = "complaint"
    title = "投诉登记"
    taps = ("投诉", "我要投诉", "登记投诉", "匿名投诉")
    sounds_like = (
        r"(我?(想|要))?(能|可以|可不可以|能不能)?匿名(投诉|举报)"
        r"(能|可以)?(行不行|行吗|行么|可以吗|吗|么|成吗)?"
    )
    examples = ("我要投诉", "对你们的服务不满意", "投诉你们的查勘员", "态度太差了要投诉", "投诉")

    story = Slot(
        free_text,
        label="投诉的事情",
        when=lambda c: not c.told,
        shown=False,
        ask="请说说是什么事：什么时候、和谁有关、怎么回事。想到什么说什么就行，我会原样记下来。",
    )
    demand = Slot(
        demand,
        label="您的诉求",
        check=_a_wish,
        called=("诉求", "要求"),
        ask="您希望我们怎么处理？比如道歉、重新处理、给个书面答复。",
        help="没想好可以回复「以后补」，不影响登记。",
    )
    reporter = Slot(
        person_name,
        label="称呼",
        called=("名字", "姓名", "姓"),
        also="phone",
        remembered=True,
        ask="怎么称呼您？",
        ask_both="怎么称呼您？留个电话方便处理的同事联系您；想匿名的话回复「以后补」，但我们就没法把结果告诉您本人了。",
    )
    phone = Slot(
        phone,
        label="联系电话",
        called=("电话", "手机", "手机号"),
        remembered=True,
        ask="留个联系电话吧，方便把处理结果告诉您。不想留回复「以后补」。",
    )
    about = Slot(claim_number, label="相关报案号", ask="和哪个案子有关？", optional=True)

    @property
    def told(self) -> bool:
        """Tell whether the customer has said what it is about."""
        return len(str(self.kept.get("story") or "")) >= _ENOUGH_WORDS

    def hear(self, text: str, rest: str) -> None:
        """Keep every word of the complaint as it was said."""
        if not _BARE.match(text.strip()) and _WORD.search(rest):
            story = f"{self.kept.get('story') or ''}\n{text}".strip()
            self.kept["story"] = story[:_STORY_LIMIT]

    declined_by = r"(不是|没想|没要|不想|可没|不用|别)[^,，。]{0,4}(投诉|登记)"

    def listens(self) -> bool:
        """Whatever else is said belongs to the complaint."""
        return True

    def opening(self, office: BackOffice) -> list[Reply]:
        """Be sorry for the trouble without judging whose fault it is (domain.md 4.4)."""
        return [
            Reply("给您添堵了，非常抱歉。我马上帮您登记，会有和这件事没有利益关系的同事来处理。")
        ]

    def lines(self) -> list[str]:
        """Show the story as we shall pass it on, shortened."""
        story = str(self.kept.get("story") or self.story or "")
        short = story if len(story) <= 120 else story[:120] + "……"
        return [f"投诉的事情：{short}", *super().lines()]

    def invitation(self) -> str:
        """Invite what may be added."""
        return "还有要补充的直接说；没有的话回复「确认提交」。"

    def submit(self, office: BackOffice) -> Outcome:
        """Record it, and give the number, the owner and the date (S57, CMP20)."""
        facts = dict(self.values) | {"story": self.kept.get("story") or self.story}
        view = office.open_complaint(facts)
        urgent = office.hand_off("P0", "投诉里有紧急情形") if view.severity == "P0" else None
        parts = [
            f"投诉已登记，编号 {view.number}。\n{_contact(view)}由{view.owner}负责，"
            f"最晚 {view.due_on.year}年{view.due_on.month}月{view.due_on.day}日前答复您"
            "（情况复杂需要延长的，会提前告诉您原因）。",
            promise(urgent, urgent=True) if urgent else "",
            _withheld(view),
            _CAPACITIES.get(view.capacity, ""),
            "" if view.reachable else _ANONYMOUS,
            "随时可以在这里补充材料、查进度或撤回；投诉不会影响您的理赔。"
            "对处理不满意，还可以申请上级核查、调解，或拨打 12378。",
        ]
        return Outcome.say("\n".join(filter(None, parts)), "查投诉进度", "转人工")


_ANONYMOUS = "您没有留电话，我们只能在这个会话里答复您；想接电话，随时把号码发给我。"
_CAPACITIES = {
    "proxy": "替别人投诉也收。后面方便时，把本人亲笔签名的授权书和您的身份证明拍照发来就行。",
    "heir": "作为继承人投诉也收。后面方便时，把和当事人的关系证明拍照发来就行。",
    "group": "多人同一件事，请推选不超过 5 位代表和我们沟通，每个人都会收到结果。",
}


def _contact(view: ComplaintView) -> str:
    """Promise a first contact only to whom we can call."""
    if view.contact_by is None or not view.reachable:
        return ""
    return f"同事会在 {moment(view.contact_by)} 前先和您联系；"


def _withheld(view: ComplaintView) -> str:
    names = "、".join(view.withheld)
    return f"您提到的{names}不会经办、也看不到这件投诉。" if names else ""
