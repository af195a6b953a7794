"""投诉：零门槛登记，先致歉（不认定责任），给编号、负责人和最晚答复日。"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from bot.back_office import BackOffice, ComplaintView
from bot.clockwork.words import moment
from bot.dialogue.escalation import promise
from bot.dialogue.flow import Flow, Outcome, Slot
from bot.dialogue.message import Reply
from bot.dialogue.private import without_numbers
from bot.dialogue.slot_types.choice import Choice
from bot.dialogue.slot_types.numbers import claim_number
from bot.dialogue.slot_types.pattern import demand
from bot.dialogue.slot_types.person import person_name
from bot.dialogue.slot_types.phone import phone
from bot.dialogue.slot_types.text import free_text
from bot.dialogue.words import RUDE

_BARE = re.compile(
    r"^[我要想来先能可以不]*(?:匿名)?(投诉|投拆|透诉|举报|登记投诉|投诉你们|找你们领导)+"
    r"[一下吧了啊行吗么可以成 。!！?？]*"
    r"(?:[,，]?(?:给我|帮我)?(?:转|找|叫|接)(?:人工|真人|客服)[吧 。!！]*)?$"
)
_WORD = re.compile(r"\w")
_ENOUGH_WORDS = 5
_STORY_LIMIT = 4_000


_BARE_WORD = re.compile(
    r"^我?(对|是|是的|嗯+|好|好的|行|可以|没有|不|不是|有|ok|确认(?:提交|无误)?|确定|提交|没错|没问题"
    r"|同意|收到|知道|明白)[吧了啊呀 。!！]*$",
    re.I,
)


# «我妈叫刘桂芳», «她叫赵敏，骂人»: who it is about, not what should be done.
_WHO = re.compile(
    r"^(?:我(?:妈|爸|爹|娘|奶|爷|姥|媳|老|婆|丈)[^,，。]{0,3}|[他她]|对方|那人|这人)(?:名字)?[叫是]"
)
# «她压着我的投诉不办»: what somebody did is the story, not what should be done.
_TELLS = re.compile(
    r"^(?:他|她|那人|这人|那个人)们?(?:就|还|总|老|一直|天天|故意|当面|当时)*"
    r"(?:压|拖|骂|骗|收|说|不(?!能再)|没|扣|挂|推|拿|卡|吼|摔|威胁)"
    r"|^(?:挂断?|骂|吼|骗|怼|凶|晾)了?我"
    # «业务员小陈给我加的»: the same of somebody who is named
    r"|^(?:那个?|你们的?|这个?)?(?:业务员|销售|代理人|客服|坐席|定损员?|查勘员?|理赔员?|经理|4[Ss]店)"
    r"[^,，。]{0,4}?(?:给我|让我|叫我|跟我|骗|骂|说|没|不|收|多|偷|擅自|私自|挂|吼|推|拖|加)"
    # «每天打电话没人理，已经两个月了»
    r"|^(?:每[天次]|天天|从来|一直)|.{0,20}没人(?:理|管|接|回|来)"
    r"|.{0,20}(?:已经|都|拖了?|等了?)[^,，。]{0,3}[\d几一二两三四五六七八九十半]+个?(?:天|周|星期|月|年)"
)
# «我等了俩钟头», «我姓张», «不留电话，你们微信回我»: the story, a name, a way to answer.
_OF_MYSELF = re.compile(
    r"^(?:我|我们|咱)(?:都|就|在那儿?|干|白|整整|前后|一直|已经|又|还)*"
    r"(?:等了|去了|跑了|打了|问了|说了|找了|催了|排了|求了|姓|叫)"
    r"|^(?:就|是|大概|好像|应该)*(?:上个?(?:周|礼拜|星期|月)|大?前[天儿]|昨[天儿]|\d{1,2}[月号日]|周[一二三四五六日])"
    r"|^(?:我?(?:不|别|甭)(?:想|愿意?)?留)|(?:微信|短信|这[里儿]|线上)[^,，。]{0,4}(?:回|通知|联系|找)我"
)
_WISH = re.compile(
    r"[请把给让叫就要求你们他她我必须 ]{0,8}(?:当面|书面|公开|正式|赔礼|尽快|赶紧|马上|全额)*"
    r"(?:道歉|赔钱|赔偿|退钱|退款|退保费|处分[他她]?|开除[他她]?|查清楚?|重新定损|重新处理|换人)"
    r"[了吧啊呀 ,，。!！]*(?:[请把给让叫就要求你们他她我 ]{0,4}(?:道歉|处分[他她]?|开除[他她]?))?"
    r"[ 。!！]*"
)
_NAMELESS = re.compile(r"匿名|(?:名|姓)")
_REGULATOR = re.compile(r"12378|12345|12315|监管|银保监|信访|起诉|法院|律师")
_ABUSE = 10  # characters: «滚», «一群骗子»
_A_THREAT = 14  # characters: a threat and no story
_ANY_TIME = datetime.min.replace(tzinfo=UTC)  # a name is a name at any time


def _a_wish(complaint: Complaint, text: str) -> str | None:
    said = text.strip()
    if not _WISH.search(said) and (_names_somebody(said) or _tells(said)):
        return "好的，记下了。您希望得到什么结果，一句话就行；没想好可以回复「以后补」。"
    bare = _BARE_WORD.match(said)
    return "请说说您希望得到什么结果，一句话就行；没想好可以回复「以后补」。" if bare else None


def _tells(said: str) -> bool:
    """Tell whether the words go on with the story, or vent anger, and want nothing done."""
    short_abuse = len(said) <= _ABUSE and RUDE.search(said) is not None
    return bool(_TELLS.match(said) or _OF_MYSELF.search(said)) or short_abuse


def _names_somebody(said: str) -> bool:
    """Tell whether the words are a name, or say who it was: part of the story and no wish."""
    name = person_name.find(said, _ANY_TIME)
    return bool(_WHO.match(said)) or (name is not None and name.span == (0, len(said)))


def _files(complaint: Complaint) -> bool:
    """Tell whether a complaint is being filed, and not a word added to one under way."""
    return not complaint.kept.get("running_only") and complaint.same != "same"


def _may_be_the_same(complaint: Complaint) -> bool:
    """Tell whether to ask; who goes on with a story without answering has answered."""
    kept = complaint.kept
    return bool(kept.get("running")) and not kept.get("running_only") and not kept.get("goes_on")


class Complaint(Flow):
    """File a complaint; ends with a number and the date of the answer."""

    name = "complaint"
    title = "投诉登记"
    amended_by = "complaint_more"
    undone_by = (
        r"(?:算了|那|唉|行了|我|还是|就|先|[吧了 ,，。!！])*"
        r"(?:不想?|别|甭)(?:要|再|给我)?(?:投诉|告|登记)(?:你们|他|她)?了?[吧了啊呗。.!！ ]*"
    )
    undone_in = "complaint_status"
    followed_by = "complaint_status"
    taps = ("投诉", "我要投诉", "登记投诉", "匿名投诉")
    sounds_like = (
        r"(我?(想|要))?(能|可以|可不可以|能不能)?匿名(投诉|举报)"
        r"(能|可以)?(行不行|行吗|行么|可以吗|吗|么|成吗)?"
    )
    told_by = (
        r"(?!.{0,60}(?:撤|进度|到哪))(?:.{0,60}[ ,，。])?"
        r"(?:我|现在|要|来|想|得|替[他她]|代[他她]|[ ,，])*"
        r"(?:接着|继续|替[他她](?:接着|继续)?|代[他她])投诉(?:你们)?.{0,12}"
    )
    asked_by = (
        r"(?:你们?|咱们?|公司|保险公司|天津|分公司)?的?(?:投诉|举报)的?(?:电话|热线|号码|邮箱|地址)"
        r"(?:号码?)?(?:是)?(?:多少|什么|啥|哪个|几)?(?:呢|啊|呀)?"
        r"|(?:投诉|举报)(?:该|要|应该)?(?:打|拨)(?:哪个|什么|啥|多少|哪)(?:电话|号码?|热线)?"
        r"|(?:我?想|我要)?(?:投诉|举报)(?:你们)?(?:但|但是|可|可是|,|，| )*(?:我)?"
        r"(?:不想|不愿意?|不方便|不乐意)在(?:这|这儿|这里|网上|微信上?)(?:说|讲|弄|登记|投诉)?"
    )
    examples = ("我要投诉", "对你们的服务不满意", "投诉你们的查勘员", "态度太差了要投诉", "投诉")

    same = Slot(
        Choice(
            (
                ("same", "同一件事", r"同一件|一回事|就是那|还是那|一样|^[是对嗯]|没错"),
                ("another", "另一件事", r"另一件|别的事|新的|不同|两回事|不是|不一样|^不"),
            )
        ),
        label="和在办的投诉",
        when=_may_be_the_same,
        shown=False,
        ask="这次说的和它是同一件事吗？同一件事我直接记进去，不用重新登记。",
        buttons=("同一件事", "另一件事"),
    )
    story = Slot(
        free_text,
        label="投诉的事情",
        when=lambda c: not c.told and _files(c),
        shown=False,
        ask="请说说是什么事：什么时候、和谁有关、怎么回事。想到什么说什么就行，我会原样记下来。",
    )
    demand = Slot(
        demand,
        label="您的诉求",
        when=_files,
        check=_a_wish,
        called=("诉求", "要求"),
        ask="您希望我们怎么处理？比如道歉、重新处理、给个书面答复。",
        help="没想好可以回复「以后补」，不影响登记。",
    )
    reporter = Slot(
        person_name,
        label="称呼",
        when=_files,
        called=("名字", "姓名", "姓"),
        also="phone",
        remembered=True,
        ask="怎么称呼您？",
        ask_both="怎么称呼您？留个电话方便处理的同事联系您；想匿名的话回复「以后补」，但我们就没法把结果告诉您本人了。",
    )
    phone = Slot(
        phone,
        label="联系电话",
        when=_files,
        called=("电话", "手机", "手机号"),
        remembered=True,
        ask="留个联系电话吧，方便把处理结果告诉您。不想留回复「以后补」。",
    )
    about = Slot(claim_number, label="相关报案号", ask="和哪个案子有关？", optional=True)

    @property
    def told(self) -> bool:
        """Tell whether the customer has said what it is about."""
        return len(str(self.kept.get("story") or "")) >= _ENOUGH_WORDS

    @property
    def confirm(self) -> bool:
        """A word to a complaint under way needs no yes."""
        return _files(self)

    def begin(self, office: BackOffice) -> None:
        """Look whether one is under way: nobody tells the same story twice without need."""
        running = next((view for view in office.complaints() if view.open), None)
        said = self.utterance.strip()
        if running is not None:
            self.kept["running"] = running.number
            self.kept["running_only"] = len(said) <= _A_THREAT and bool(_REGULATOR.search(said))

    def skip(self, name: str) -> None:
        """«不想留名字» is about the name, whatever was asked."""
        left = "reporter" not in self.skipped and "reporter" not in self.values
        nameless = left and _NAMELESS.search(self.utterance) is not None
        super().skip("reporter" if name == "demand" and nameless else name)

    def keep(self, name: str, value: Any, quote: str) -> None:
        """Let no word get lost: what was taken for the wish before belongs to the story."""
        before = str(self.values.get("demand") or "") if name == "demand" else ""
        if before and before != value and before not in str(self.kept.get("story") or ""):
            self.kept["story"] = f"{self.kept.get('story') or ''}\n{before}".strip()[:_STORY_LIMIT]
        super().keep(name, value, quote)

    def hear(self, text: str, rest: str) -> None:
        """Keep every word of the complaint as it was said; a plain wish wins over a guess."""
        if self.kept.get("heard") and len(text) >= _ENOUGH_WORDS and not self.same:
            self.kept["goes_on"] = True
        self.kept["heard"] = True
        if "demand" in self.values and _WISH.fullmatch(text.strip()):
            self.keep("demand", text.strip(" ,，。!！"), text)
        said = text.strip()
        who = _WHO.match(said) or (
            _tells(said) and not _WISH.search(said)
        )  # refused as a wish, and no less part of the story
        if (who or not _BARE.match(text.strip())) and _WORD.search(text if who else rest):
            story = f"{self.kept.get('story') or ''}\n{text}".strip()
            self.kept["story"] = story[:_STORY_LIMIT]

    declined_by = r"^不投诉|(不是|没想|没要|不想|可没|不用|别)[^,，。]{0,4}(投诉|登记)"

    def listens(self) -> bool:
        """Whatever else is said belongs to the complaint."""
        return True

    def opening(self, office: BackOffice) -> list[Reply]:
        """Be sorry for the trouble without judging whose fault it is (domain.md 4.4)."""
        sorry = "给您添堵了，非常抱歉。我马上帮您登记，会有和这件事没有利益关系的同事来处理。"
        number = self.kept.get("running")
        return [Reply(f"{sorry}\n您的投诉 {number} 还在办理。" if number else sorry)]

    def lines(self) -> list[str]:
        """Show the story as we shall pass it on, shortened."""
        story = str(self.kept.get("story") or self.story or "")
        story = without_numbers(story)  # the number has a line of its own
        short = story if len(story) <= 120 else story[:120] + "……"
        return [f"投诉的事情：{short}", *super().lines()]

    def invitation(self) -> str:
        """Invite what may be added."""
        return "还有要补充的直接说；没有的话回复「确认提交」。"

    def submit(self, office: BackOffice) -> Outcome:
        """Record it, and give the number, the owner and the date (S57, CMP20)."""
        if not _files(self):
            return self._added(office)
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

    def _added(self, office: BackOffice) -> Outcome:
        """Put a threat to go to the regulator into the complaint that it is about."""
        number = str(self.kept["running"])
        view = next(iter(office.complaints(number)), None)
        story = str(self.kept.get("story") or self.utterance)
        office.add_to_complaint(number, story)
        day = (
            f"，最晚 {view.due_on.year}年{view.due_on.month}月{view.due_on.day}日前答复您"
            if view
            else ""
        )
        return Outcome.say(
            f"您的投诉 {number} 还在办理{day}。您刚才的话已经记进去，处理的同事看得到。"
            "拨打 12378 是您的权利，不影响我们继续办理。",
            "补充投诉材料",
            "查投诉进度",
            "转人工",
        )


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
