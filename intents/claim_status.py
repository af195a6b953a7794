"""理赔进度：本会话报的案直接看；其他的用手机验证码核验后看。"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.back_office import BackOffice, ClaimView
from bot.dialogue.claim_words import hurried, urges
from bot.dialogue.flow import Flow, Outcome, Slot
from bot.dialogue.message import Reply
from bot.dialogue.slot_types.identity import one_time_code
from bot.dialogue.slot_types.numbers import claim_number
from bot.dialogue.slot_types.phone import phone
from bot.dialogue.verification import accept_code, accept_phone, locked_out, unproved

_MOST = 3
_A_CLAIM = re.compile(r"理赔|报案|案子|案件|赔|定损|查勘|打款|到账|CL\d", re.I)
_NEWS = (
    r"(?:今天|现在|还是|到底|怎么|这都几天了)?还?(?:没有?|有没有|有)(?:什么|个)?"
    r"(?:消息|回音|回信|动静|下文|说法)了?"
)


class ClaimStatus(Flow):
    """Tell where a claim stands, who has it, and what comes next."""

    name = "claim_status"
    title = "理赔进度查询"
    keeps_draft = False
    recognised_by = ("number",)
    taps = ("查理赔进度", "理赔进度", "查理赔")
    sounds_like = rf"^{_NEWS}[吗么没呢嘛啊?？。!！ ]*$"
    examples = (
        "查理赔进度",
        "我的案子到哪步了",
        "我的案子批下来没有",
        "报案好几天了没人联系我",
        "查理赔",
    )

    number = Slot(claim_number, label="报案号", ask="请提供报案号。", optional=True)
    phone = Slot(
        phone,
        label="手机号",
        when=unproved,
        accept=accept_phone,
        deferrable=False,
        ask="为了保护您的信息，需要先核对一下。请告诉我报案时留的手机号，我给您发验证码。",
    )
    code = Slot(
        one_time_code,
        label="验证码",
        when=unproved,
        accept=accept_code,
        belongs_to="phone",
        deferrable=False,
        ask="验证码已发到您的手机，请把 6 位数字告诉我。",
        shown=False,
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
        """Ask for a proof only when there is nothing that this customer may see already."""
        claims = office.claims()
        # «有结果了吗» of somebody with a complaint and no claim is about the complaint.
        complains = any(view.open for view in office.complaints())
        plain = not claims and not _A_CLAIM.search(self.utterance)
        self.kept["complaint"] = complains and plain and self.utterance not in self.taps
        self.kept["proof"] = not (claims or office.verified or self.kept["complaint"])
        self.kept["urging"] = urges(self.utterance)
        self.kept["words"] = self.utterance[:500]

    def progress(self, office: BackOffice) -> list[Reply]:
        """Ask for a proof where a number is named that this customer may not see yet."""
        if self.number and not self.code and not office.claims(self.number):
            self.kept["proof"] = not office.verified
        return []

    def submit(self, office: BackOffice) -> Outcome:
        """Show the newest claims in plain words."""
        if self.kept.get("complaint"):
            return Outcome(then="complaint_status")
        # What is under way comes first; the newest of each.
        views = sorted(office.claims(self.number), key=lambda view: not view.open)
        if not views:
            return Outcome.say(
                "没有查到对应的报案，请核对一下报案号或手机号；需要的话回复「人工」，我们帮您找。",
                "报案",
                "转人工",
            )
        told = [*map(_words, views[:_MOST]), *self._hurry(office, views)]
        if len(views) > _MOST:
            told.append(f"您一共有 {len(views)} 件，其余的请说报案号。")
        more = ("补充报案信息",) if any(view.lacking for view in views) else ()
        if any(view.open for view in views):
            more = (*more, "补理赔材料", "催一下")
        return Outcome.say("\n\n".join(told), *more, "转人工")

    def _hurry(self, office: BackOffice, views: Sequence[ClaimView]) -> list[str]:
        """«怎么还没消息»: the owner of the only running claim is told at once."""
        running = [view.number for view in views if view.open]
        if not self.kept.get("urging") or not running:
            return []
        if len(running) > 1:
            return ["要催哪一件，点「催一下」就行。"]
        urged = office.urge_claim(running[0], str(self.kept.get("words") or ""))
        return [hurried(urged)] if urged else []


def _words(view: ClaimView) -> str:
    subject = f"，{view.subject}" if view.subject else ""
    due = f"，最晚 {view.due_on:%m月%d日}" if view.due_on else ""
    lines = [
        f"报案号 {view.number}（{view.reported_at:%m月%d日} 报案{subject}）",
        f"进度：{view.status}",
        f"负责人：{view.owner}",
        f"下一步：{view.next_step.rstrip('。')}{due}",
    ]
    if view.lacking:
        lines.append(f"报案信息还差：{'、'.join(view.lacking)}")
    if view.received:
        lines.append(f"已收到：{'、'.join(view.received)}")
    if view.missing:
        lines.append(f"还需要您补充：{'、'.join(view.missing)}")
    if view.paid_fen is not None:
        lines.append(f"赔款：{view.paid_fen / 100:,.2f} 元")
    return "\n".join(lines)
