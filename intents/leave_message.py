"""留言：记下要说的话和电话，同事按承诺的时间打过去；排着的队就退掉。没有内容的不登记，先问要说什么。"""

from __future__ import annotations

import re

from bot.back_office import BackOffice
from bot.clockwork.words import moment
from bot.dialogue import phrases
from bot.dialogue.flow import Flow, Outcome, Slot
from bot.dialogue.request import phone_slot
from bot.dialogue.slot_types.text import message_text

_MOST = 1_000
_WHO = (
    r"(?:你们?|您|咱们?|他们?|她|人家|单位|公司|部门|人工|客服|坐席|同事|经理|主管|领导|负责人|业务员|销售|师傅"
    r"|理赔(?:员|部|岗|同事|的人)?|定损员|查勘员|核保(?:员|部)?|投诉(?:岗|部)"
    r"|[^留捎带传转给跟向对话 ,，。!！:：]{1,3}(?:经理|师傅|老师))(?:那边|部门|们)?"
)
# Possessive: what is read once is not read in another way, however long somebody goes on.
_BEFORE = (
    r"(?:你好|您好|请问|请|麻烦|劳驾|我|想|要|得|能不能|能否|能|可不可以|可以|怎么|咋|在哪儿?|哪里|帮|替|先|就|那"
    r"|算了|没人|下班了吧?|有(?:句|几句|点)?话(?!(?:想|要)?留(?:[给下]|$))|对|跟|向|给|的(?:话)?|这个|那个"
    r"|[ ,，。!！]"
    rf"|{_WHO})*+"
)
_LEAVE = (
    r"(?:(?:留|捎|带|传|转)(?:一?(?:个|下|条|句|段))?(?:言|话|口信|信儿)|留(?:一?(?:个|条))?(?:消息|讯息|短信)"
    rf"|转告(?:{_WHO})?+(?:一?(?:下|声))?|有[一两几]?句?话(?:想|要)?留下?)"
)
_HEAD = rf"{_BEFORE}{_LEAVE}(?:给{_WHO})?+"
_END = r"(?:吗|么|可以|行不行|行|好|吧|啊|呢|呗|谢谢|[ ,，。.!！?？])*+"
# What follows is the message itself, and need not be asked for.
_THEN = r"[ ,，]*(?:[:：]|就说|说一?[下声]|内容是|告诉(?:他|她|你们)|让(?:他|她|你们))"
_TELL = (
    rf"(?:{_BEFORE}转告{_WHO}(?:一?[下声])?+"
    r"|(?:请|麻烦|劳驾|你|您|能不能|可以|[ ,，])*+(?:帮|替)(?:我|个忙)"
    rf"(?:跟|和|对|向|给){_WHO}(?:说|讲|转达)(?:一?[下声])?+)[ ,，:：]*+"
)
_CONTENT = re.compile(rf"(?:{_HEAD}{_THEN}|{_TELL})(.{{4,}})", re.S)


class LeaveMessage(Flow):
    """Take down a message and a number; it may replace a place in the queue."""

    name = "leave_message"
    title = "留言"
    keeps_draft = False
    taps = (phrases.LEAVE_MESSAGE,)
    # The message itself may come with the wish, as long as one is that is asked for.
    told_within = 340
    told_by = (
        r"(?:算了|那)?[,， ]?我?不(?:想)?(?:排队?|等)了[,， ]*我?(?:先|就)?留个?言[吧了。!]*"
        rf"|(?=.{{2,30}}$){_HEAD}{_END}"
        rf"|(?=.{{2,40}}(?:[:：]|就说|说|内容是|告诉|让)){_HEAD}{_THEN}.{{4,300}}"
        rf"|(?=.{{0,30}}(?:转告|说|讲|转达)){_TELL}.{{4,300}}"
    )
    declined_by = (
        r"^(?:那|还是|哦|嗯|[ ,，])*+(?:算了|不留(?:言|话)?了?|没事了?|不用(?:留言?)?了?)"
        r"(?:[吧了]|[ ,，。.!！]|不留了|不用了|没事|谢谢)*+$"
    )
    examples = ("不排队了，先留言", "我想给你们留个言", "帮我给理赔员带句话")

    message = Slot(
        message_text,
        label="留言内容",
        ask="您要留什么话？直接说，我原样记下来转给同事。",
        help="说清是什么事、希望同事做什么就行；有单号、车牌的话带上，找起来快。",
        when=lambda flow: flow.kept.get("asks"),
        deferrable=False,
    )
    phone = phone_slot()

    @property
    def confirm(self) -> bool:
        """A number that was just given needs no card."""
        return False

    def begin(self, office: BackOffice) -> None:
        """Ask for the message, unless it was said with the wish or to the queue before."""
        said = _CONTENT.match(self.utterance)
        self.kept["words"] = self.utterance[:_MOST]
        self.kept["asks"] = said is None and not office.waiting

    def submit(self, office: BackOffice) -> Outcome:
        """Open the ticket and leave the queue; who is in danger is called in any case."""
        queued = office.waiting
        words = "\n".join(filter(None, (str(self.kept.get("words") or ""), self.message)))
        number = office.open_ticket("callback", {"phone": self.phone, "words": words})
        view = next(iter(office.tickets(number)), None)
        promise = phrases.REQUEST_BY.format(when=moment(view.due_at)) if view else ""
        form = phrases.MESSAGE_LEFT if self.phone else phrases.MESSAGE_LEFT_HERE
        said = form.format(
            number=number, promise=promise or phrases.REQUEST_SOON, tail=str(self.phone)[-4:]
        )
        if not queued:
            return Outcome.say(said)
        if office.withdraw_hand_off():
            return Outcome.say(f"{said}{phrases.NO_QUEUE}")
        return Outcome.say(f"{said}\n{phrases.PERSON_COMES_ANYWAY}")
