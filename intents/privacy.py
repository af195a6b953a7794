"""隐私：说清收集什么、为什么、存多久、有什么权利；查看当场给，删除、导出、更正、撤回登记给人办。"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.back_office import BackOffice
from bot.desks.privacy import RequestKind, RequestReceipt
from bot.dialogue.flow import Flow, Outcome
from bot.dialogue.request import phone_slot
from bot.dialogue.slot_types.phone import phone

_ERASE = re.compile(r"删|清掉|清除|注销|别存|抹掉")
_EXPORT = re.compile(r"导出|导一份|导出来|复制一份|拷一份|带走|转移")
_CORRECT = re.compile(r"更正|改一下|改过来|不对|错了|写错")
_WITHDRAW = re.compile(r"撤回|不同意|收回同意|取消授权")
_SEE = re.compile(r"看看|查看|看一下|收集了|有我.{0,4}(?:什么|哪些)|存了.{0,4}(?:什么|哪些)")
_PROGRESS = re.compile(
    r"(?:删|清|注销).{0,6}(?:完|好|到哪|怎么样|进度|了没|了吗|结果)"
    r"|(?:查|看).{0,6}(?:删除|注销).{0,4}(?:进度|请求|申请)"
)
_TAKE_BACK = re.compile(
    r"(?:不想?|先不|别|不用|甭|取消|撤回|撤销|收回)(?:刚才|之前|那个|我|要|再)*的?(?:信息|资料)?的?(?:删|注销)"
)
_WHEN = re.compile(r"什么时候|嘛时候|多会儿|多久|几天|多长时间")
_HOW_LONG = (
    "说「删除我的信息」就登记，15 个工作日内答复您。"
    "保险合同还有效、理赔或投诉还没办完的，要等办完；法律要求保存的业务资料会停止其他使用，到期删除。"
)
_NONE_ASKED = (
    "这个对话里没有还在办的删除请求。已经办完的，这里不再有您的信息；手里有编号（TK 开头）的，"
    "把编号发给我就能查。要提的话说「删除我的信息」。"
)
_CHILD = re.compile(r"孩子|儿子|女儿|小孩|未成年|娃")
_RIGHTS = ("查看我的信息", "删除我的信息", "导出我的信息", "更正我的信息", "转人工")
_WHAT: dict[RequestKind, str] = {
    "privacy_export": "导出一份您的全部信息",
    "privacy_erase": "删除您的信息",
    "privacy_correct": "更正您的信息",
    "privacy_withdraw": "撤回同意",
}


# Done only after a colleague has checked who asks, and so not without a way to reach them.
_CHECKED = ("privacy_erase", "privacy_export", "privacy_correct")
_LEAVE_PHONE = "留个联系电话"
_HOW_TO_REACH = (
    "我们还不知道怎么联系您：把手机号发给我就行，只用来核实和答复这件事；"
    "不想留的，带证件和编号到网点也能办。"
)


class Privacy(Flow):
    """Tell what happens with personal data; show how much there is; register requests."""

    name = "privacy"
    title = "隐私说明"
    taps = ("隐私", "隐私说明", *_RIGHTS[:4], "查删除进度")
    told_by = (
        r"(?:我的?|我让你们|你们|上次|之前)*(?:个人)?(?:信息|资料|数据|记录)?(?:都)?"
        r"(?:删|清)(?:除|掉)?(?:的)?(?:完|好|干净|掉)?(?:了)?(?:没有?|吗|请求|申请|进度)"
        r"(?:到哪(?:一?步)?(?:了)?|怎么样了?|进度)?[?]?"
        r"|(?:查|看)(?:一下|下)?(?:个人)?(?:信息|资料)?删除(?:的)?(?:进度|请求|申请)"
        r"|(?:我|那|算了|[,， ])*(?:不想?|先不|别|不用|甭)(?:要|再)*删(?:除)?(?:我的?)?"
        r"(?:信息|资料)?"
        r"(?:了|吧|啦)*[,， ]*(?:(?:撤回|取消|撤销)(?:刚才|之前|那个)?的?删(?:除)?(?:请求|申请)?)?"
        r"|(?:我想|我要|帮我)?(?:撤回|取消|撤销)(?:刚才|之前|那个|我)?的?(?:信息)?删除?(?:请求|申请)?"
    )
    examples = ("隐私说明", "隐私政策", "删除我的信息", "你们怎么有我电话", "把我的记录导出来")

    @property
    def confirm(self) -> bool:
        """Reading a notice needs no yes."""
        return False

    def submit(self, office: BackOffice) -> Outcome:
        """Show the notice (PIPL 17), what is held (45), or open a request (45-47)."""
        if _TAKE_BACK.search(self.utterance):
            return _taken_back(office.take_back_privacy())
        if _ERASE.search(self.utterance) and _WHEN.search(self.utterance):
            return Outcome.say(_HOW_LONG, "删除我的信息", "隐私说明", "转人工")
        if _PROGRESS.search(self.utterance):
            return _progress(office.erasure())
        kind = self._wish()
        if kind:
            return self._request(office, kind)
        if _SEE.search(self.utterance):
            return _held(office)
        return Outcome.say(_notice(office), *_RIGHTS)

    def _wish(self) -> RequestKind | None:
        wishes: tuple[tuple[re.Pattern[str], RequestKind], ...] = (
            (_ERASE, "privacy_erase"),
            (_EXPORT, "privacy_export"),
            (_WITHDRAW, "privacy_withdraw"),
            (_CORRECT, "privacy_correct"),
        )
        return next((kind for words, kind in wishes if words.search(self.utterance)), None)

    def _request(self, office: BackOffice, kind: RequestKind) -> Outcome:
        child = bool(_CHILD.search(self.utterance))
        receipt = office.request_privacy(kind, self.utterance, minor=child)
        if kind == "privacy_withdraw":
            office.unsubscribe("marketing")
        if receipt.left:
            return _progress(receipt)
        begun = "已登记" if receipt.fresh else "之前已经登记"
        lines = [
            f"您要{_WHAT[kind]}，{begun}，编号 {receipt.number}，"
            f"最晚 {receipt.due_on.month}月{receipt.due_on.day}日前答复您。"
        ]
        if child:
            lines.append("孩子的信息由监护人提出，请准备好能证明监护关系的材料。")
        lines.append(_next(office, kind))
        if kind in _CHECKED and not office.verified:
            lines.append(_HOW_TO_REACH)
            return Outcome.say("\n".join(lines), _LEAVE_PHONE, "转人工")
        return Outcome.say("\n".join(lines), "转人工")


class PrivacyContact(Flow):
    """Leave a number to be reached at for a request that needs a check of who asks."""

    name = "privacy_contact"
    title = "补联系电话"
    keeps_draft = False
    taps = (_LEAVE_PHONE,)

    phone = phone_slot(when=lambda flow: not flow.kept.get("phone"))

    @property
    def confirm(self) -> bool:
        """A number is taken as it is."""
        return False

    def begin(self, office: BackOffice) -> None:
        """A number sent by itself is what was asked for."""
        found = phone.find(self.utterance, office.now)
        self.kept["phone"] = found.value if found and found.value else ""

    def submit(self, office: BackOffice) -> Outcome:
        """Note it with the request, and nowhere else."""
        said = str(self.phone or self.kept.get("phone") or "")
        number = office.reach_privacy(said) if said else ""
        if not number:
            return Outcome.say("没有查到要补电话的请求。", *_RIGHTS[:2], "转人工")
        shown = phone.show(said)
        return Outcome.say(f"好的，{number} 的同事会打 {shown} 联系您，只为核实和答复这件事。")


def _taken_back(numbers: Sequence[str]) -> Outcome:
    """Say that nothing will be erased any more."""
    if not numbers:
        return Outcome.say("这个对话里没有还在办的删除请求，不用撤回。", *_RIGHTS[:2], "转人工")
    return Outcome.say(
        f"好的，删除的请求（编号 {'、'.join(numbers)}）已经撤回，不再往下删；之前删掉的恢复不了。"
        "想删的时候再说「删除我的信息」就行。",
        *_RIGHTS[:2],
    )


def _progress(begun: RequestReceipt | None) -> Outcome:
    """Say how far an erasure has come."""
    if begun is None:
        return Outcome.say(_NONE_ASKED, "删除我的信息", "查工单", "转人工")
    if begun.left:
        return Outcome.say(begun.left, "转人工")
    return Outcome.say(
        f"您要删除信息的请求（编号 {begun.number}）已登记，还在核实和办理，"
        f"最晚 {begun.due_on.month}月{begun.due_on.day}日前答复您。",
        "转人工",
    )


def _next(office: BackOffice, kind: RequestKind) -> str:
    if kind == "privacy_withdraw":
        return "营销信息从现在起不再发给您；撤回不影响之前已经办理的业务，必需的服务照常。"
    proved = "您刚核验过身份；" if office.verified else ""
    check = f"{proved}为防止别人冒用，工作人员会联系您核实本人（视频或到门店）后办理。"
    if kind == "privacy_erase":
        return (
            f"{check}保险合同还有效、理赔或投诉还没办完的，要等办完；"
            "法律要求保存的业务资料会停止其他使用，只作存档，到期删除。"
        )
    return check


def _held(office: BackOffice) -> Outcome:
    """Say how much is held: never what, before a person has checked who asks."""
    found = "、".join(f"{title} {count} 条" for title, count in office.held().items())
    scope = "您名下" if office.verified else "这个对话里"
    more = (
        ""
        if office.verified
        else "\n名下的保单、理赔等，核验身份以后才能看：可以先说「查保单」完成核验。"
    )
    return Outcome.say(
        f"{scope}我们保存着：{found or '没有记录'}。{more}\n要看具体内容，可以导出一份给您。",
        "导出我的信息", "删除我的信息", "更正我的信息",
    )  # fmt: skip


def _notice(office: BackOffice) -> str:
    return (
        "我们收集您主动提供的姓名、联系方式、证件尾号、车辆和出险信息，只用于核验身份和办理您的业务；"
        "不相关的信息您可以不提供，不影响其他服务。"
        "伤情、病历、银行账户等敏感信息，只在办理赔这类必需的时候、经您单独同意才收。\n"
        "业务记录按《保险法》随保单档案保存至少 5 年或 10 年；纯咨询记录"
        f"{office.fact('chat_retention') or '按公司规定的期限保存'}。"
        "不满 14 周岁孩子的信息，由监护人同意后才处理。\n"
        "您可以随时查看、更正、导出或删除自己的信息，也可以撤回同意。"
    )
