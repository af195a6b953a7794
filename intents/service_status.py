"""变更、退保、纸质保单、发票的进度；撤回申请；补变更材料。"""

from __future__ import annotations

from typing import Any

from bot.back_office import BackOffice
from bot.desks.identity import Assurance
from bot.desks.servicing import ServiceView
from bot.dialogue.flow import Flow, Outcome, Slot
from bot.dialogue.slot_types.pattern import Pattern
from bot.dialogue.slot_types.photos import photos

_NUMBER = Pattern(r"(?<![A-Za-z])(?:EN|PP|IV|en|pp|iv) ?\d{12,24}(?!\d)")
_NONE = "没有查到您申请的变更、退保、纸质保单或发票。要办的话直接告诉我。"
_WHAT = (
    r"(?:批改|变更|过户|退保|批单|纸质保单|保单打印|发票|开票"
    r"|改(?:车牌|地址|手机号?|名字|姓名|受益人))"
)


class ServiceStatus(Flow):
    """Tell how far a request is, and what comes next."""

    name = "service_status"
    title = "申请进度"
    keeps_draft = False
    taps = ("查变更进度", "查退保进度", "查纸质保单进度", "查发票进度")
    told_by = (
        rf"(?:我的?|我那个?|请问|上次|之前)*(?:申请的?)?{_WHAT}(?:的)?(?:申请)?"
        r"(?:进度|到哪(?:一?步)?|(?:办|开|印|打印)(?:得|到|好|完|出来)|批(?:了|下来|没)|好(?:了)?(?:没|吗)|寄(?:了|出|到)"
        r"|怎么还没|审(?:核)?(?:完|过|好)|通过)[^,。]{0,8}"
    )

    mine_by = (
        r"(?:申请的?|要的?)?(?:纸质?的?保?单?|退保的?钱?|退款|变更|批改|过户|发票|批单|改的?[^,，。?？]{1,4})"
        r"(?:的)?(?:那)?(?:事儿?|申请)?(?:都|现在|到底)*"
        r"(?:(?:办|开|印|打印|寄|批|审|弄)(?:得|到|好|完|下来|出来|出去)*"
        r"(?:哪(?:儿|里|一?步)?|了没有?|没有?|怎么样|咋样|了吗)|好了?(?:没|吗)|咋样|怎么样|到哪|进度|进展)"
    )

    number = Slot(_NUMBER, label="编号", ask="编号是多少？在登记时的回复里。", optional=True)

    @property
    def confirm(self) -> bool:
        """A look-up needs no yes."""
        return False

    @property
    def requires(self) -> Assurance:
        """What was asked for here is told here; the rest only to its customer."""
        return "V0" if self.kept.get("here") else "V2"

    def begin(self, office: BackOffice) -> None:
        """Look whether something was asked for in this conversation."""
        self.kept["here"] = bool(office.services())

    def submit(self, office: BackOffice) -> Outcome:
        """Show each request with its state in plain words."""
        found = office.services(self.number)
        if not found:
            return Outcome.say(_NONE, "保单变更", "转人工")
        buttons = ["补变更材料"] if any(view.missing for view in found) else []
        if any(not view.over for view in found):
            buttons.append("撤回申请")
        return Outcome.say("\n\n".join(map(_words, found[:3])), *buttons, "转人工")


class ServiceWithdraw(Flow):
    """Take a request back, after a yes."""

    name = "service_withdraw"
    title = "撤回申请"
    keeps_draft = False
    taps = ("撤回申请", "撤回退保", "撤回变更")
    sounds_like = (
        r"^(?:算了|那|还是)*[,， ]*我?(?:先|又|还是)?不(?:想|用|要)?退(?:保)?了[吧啊呀。!！ ]*$"
    )
    told_by = (
        r"(?:我要|我想)?(?:撤回|撤销|取消)(?:我的?)?(?:退保|变更|批改|纸质保单|发票)(?:的)?申请?"
    )

    number = Slot(
        _NUMBER,
        label="编号",
        when=lambda flow: len(flow.kept.get("open") or ()) > 1,
        ask="您有几件在办，要撤回哪一件？把编号告诉我。",
        help="编号在登记时的回复里，字母开头；回复「申请进度」可以再看一遍。",
        deferrable=False,
    )

    @property
    def confirm(self) -> bool:
        """Nothing is taken back by mistake."""
        return bool(self.kept.get("open"))

    def begin(self, office: BackOffice) -> None:
        """Note what is under way here."""
        self.kept["open"] = [view.number for view in office.services() if not view.over]

    def lines(self) -> list[str]:
        """Say which one it is."""
        return [f"撤回申请：{self.number or self._only()}"]

    def _only(self) -> str:
        open_: Any = self.kept.get("open") or [""]
        return str(open_[0])

    def submit(self, office: BackOffice) -> Outcome:
        """Take it back; what is done stays done."""
        view = office.withdraw_service(self.number or self._only()) if self.confirm else None
        if view is None:
            return Outcome.say(
                "没有可以撤回的申请。已经办完的，可以再申请变更，或者回复「人工」。", "转人工"
            )
        return Outcome.say(f"{view.title}申请 {view.number} 已撤回。{view.says}", "转人工")


class ServiceDocuments(Flow):
    """Take photos for a change that waits for documents."""

    name = "service_documents"
    title = "补变更材料"
    keeps_draft = False
    taps = ("补变更材料", "补退保材料")

    photos = Slot(
        photos,
        label="材料照片",
        when=lambda flow: bool(flow.kept.get("number")),
        ask="请把材料照片发给我，一张一张发就行。",
        help="拍全、拍清楚四个角和字；要哪几样，受理时告诉过您，回复「申请进度」可以再看。",
        adds=True,
        deferrable=False,
    )

    @property
    def confirm(self) -> bool:
        """Photos are taken as they come."""
        return False

    def begin(self, office: BackOffice) -> None:
        """Note which request waits."""
        waiting = [view for view in office.services() if view.missing]
        self.kept["number"] = waiting[0].number if len(waiting) == 1 else ""
        self.kept["several"] = len(waiting) > 1

    def submit(self, office: BackOffice) -> Outcome:
        """Hang them on the request and say what is still missing."""
        number = str(self.kept.get("number") or "")
        if not number:
            several = "有几件在等材料，请先说是哪一件，或者回复「人工」。"
            return Outcome.say(
                several if self.kept.get("several") else "现在没有等材料的申请。",
                "查变更进度",
                "转人工",
            )
        count = office.attach_service_photos(number)
        view = next(iter(office.services(number)), None)
        state = f"现在是「{view.status}」。{view.says}" if view else ""
        return Outcome.say(
            f"收到，已放进申请 {number}（共 {count} 张）。{state}还有的话接着发。",
            "查变更进度",
            "转人工",
        )


def _words(view: ServiceView) -> str:
    lines = [
        f"【{view.title}】{view.policy}　编号 {view.number}",
        f"{view.status}：{view.says}",
    ]
    if view.missing:
        lines.append(f"还差：{'、'.join(view.missing)}")
    if view.reason:
        lines.append(f"理由：{view.reason}")
    if view.track:
        lines.append(f"单号：{view.track}")
    if not view.over:
        lines.append(f"预计 {view.due_on:%m月%d日} 前办好")
    return "\n".join(lines)
