"""工单进度：凭 TK 编号查办到哪一步、最晚什么时候；本会话登记的直接看，其他的先核验手机号。"""

from __future__ import annotations

from bot.back_office import BackOffice, TicketView
from bot.clockwork.words import moment
from bot.dialogue.flow import Flow, Outcome, Slot
from bot.dialogue.message import Reply
from bot.dialogue.slot_types.identity import one_time_code
from bot.dialogue.slot_types.numbers import ticket_number
from bot.dialogue.slot_types.phone import phone
from bot.dialogue.verification import accept_code, accept_phone, locked_out, unproved

_SHOWN = 3


class TicketStatus(Flow):
    """Tell what became of a promise."""

    name = "ticket_status"
    title = "登记进度查询"
    keeps_draft = False
    recognised_by = ("number",)
    taps = ("查登记进度", "查工单")
    told_by = (
        r"(?:我|上次|之前|前面|刚才|前两天|昨天|那个|的|请)*(?:问的(?:那个|那件|的)?(?:事儿?|问题)?|专家|登记的(?:那个|那件)?(?:事儿?)?)[^,，。]{0,8}"
        r"(?:答复|回复|回话|回我|有信儿?|有结果|有回音)[^,，。]{0,3}(?:没有?|吗)[?？]?"
    )
    sounds_like = r"(查|看)(一?下)?(我的?)?(那个)?工单|工单.{0,4}(进度|怎么样|办好)"

    number = Slot(ticket_number, label="登记编号", ask="请提供 TK 开头的编号。", optional=True)
    phone = Slot(
        phone,
        label="手机号",
        when=unproved,
        accept=accept_phone,
        deferrable=False,
        ask="为了保护您的信息，需要先核对一下。请告诉我登记时留的手机号，我给您发验证码。",
    )
    code = Slot(
        one_time_code,
        label="验证码",
        when=unproved,
        accept=accept_code,
        belongs_to="phone",
        deferrable=False,
        shown=False,
        ask="验证码已发到您的手机，请把 6 位数字告诉我。",
        help="没收到的话，1 分钟后回复「重发验证码」；号码错了回复「上一步」，也可以回复「人工」。",
    )

    @property
    def confirm(self) -> bool:
        """A look-up needs no yes."""
        return False

    @property
    def over(self) -> bool:
        """After too many failures a person goes on."""
        return locked_out(self)

    def begin(self, office: BackOffice) -> None:
        """Ask for a proof only where a number is named that is not of this conversation."""
        self.kept["proof"] = False

    def progress(self, office: BackOffice) -> list[Reply]:
        """Ask for a proof where a number is named that this customer may not see yet."""
        if self.number and not self.code:
            self.kept["proof"] = not office.tickets(self.number)
        return []

    def submit(self, office: BackOffice) -> Outcome:
        """Show the promise that was named, or the newest ones."""
        views = office.tickets(self.number)
        if not views:
            return Outcome.say(
                "没有查到这个编号的登记，请核对一下；需要的话回复「人工」。", "转人工"
            )
        late = any(view.late for view in views[:_SHOWN])
        sorry = (
            "有的已经过了约定的时间，非常抱歉，您可以点「催一下」，我马上提醒。\n" if late else ""
        )
        buttons = ("催一下", "投诉", "转人工") if late else ("转人工",)
        return Outcome.say(sorry + "\n\n".join(map(_words, views[:_SHOWN])), *buttons)


def _words(view: TicketView) -> str:
    head = f"{view.title}（编号 {view.number}，{view.opened_at.month}月{view.opened_at.day}日登记）"
    if view.done:
        result = f"\n答复：{view.result}" if view.result else ""
        return f"{head}\n已办结{result}"
    if view.left:
        return f"{head}\n{view.status}\n{view.left}"
    doing = f"\n{view.department}：{view.doing}；最晚 {moment(view.due_at)}"
    return f"{head}\n{view.status}{doing}"
