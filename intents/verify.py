"""身份核验：别的流程需要时插进来，核完回到原来的事；单独说就是绑定。"""

from __future__ import annotations

from typing import Any

from bot.back_office import BackOffice
from bot.dialogue import verification
from bot.dialogue.flow import Flow, Outcome, Slot
from bot.dialogue.message import Reply
from bot.dialogue.slot_types.document import FULL_TAIL, document
from bot.dialogue.slot_types.identity import one_time_code, vin
from bot.dialogue.slot_types.numbers import policy_number
from bot.dialogue.slot_types.person import person_name
from bot.dialogue.slot_types.phone import phone
from bot.dialogue.slot_types.plate import plate

_ASK = "保单和客户资料是您的个人信息，办之前要先核对身份。"
_AGAIN = "有一阵子没用了，再核对一下：请告诉我证件号码的后六位。"
_CHECK = (
    "身份信息对上了。这件事还要工作人员当面或视频和您核实一次，已登记，编号 {number}，"
    "会有同事联系您；材料和内容现在可以先填好。"
)


def _asks_code(flow: Any) -> bool:
    return verification.unproved(flow) and not flow.kept.get("login")


def _asks_document(flow: Any) -> bool:
    return verification.unproved(flow) and flow.level >= "V2"


def _asks_second(flow: Any) -> bool:
    return _asks_document(flow) and 0 < len(flow.document or "") < FULL_TAIL and not flow.second


class Verify(Flow):
    """Prove who is asking, step by step, as far as the matter needs it (`domain.md` 5.7)."""

    name = "verify"
    title = "身份核验"
    gate = True
    keeps_draft = False
    taps = ("身份核验", "核验身份", "绑定", "绑定身份", "绑定保单", "我要绑定", "绑定手机号")
    told_by = (
        r"(?:我想|我要|怎么|帮我|如何)?(?:绑定|关联)(?:一下)?"
        r"(?:我的|我)?(?:保单|身份|账号|微信|手机号?|车险)?(?:吧|吗)?"
    )

    phone = Slot(
        phone,
        label="手机号",
        when=_asks_code,
        accept=verification.accept_phone,
        deferrable=False,
        shown=False,
        ask=f"{_ASK}只用来给您查询和办理业务，继续就表示您同意（回复「隐私」看说明，随时可以撤回）。"
        "请告诉我投保时留的手机号，我给您发验证码。",
        help="验证码只发到这个号码，6 位数字。手机号换过的话，请回复「人工」。",
    )
    code = Slot(
        one_time_code,
        label="验证码",
        when=_asks_code,
        accept=verification.accept_code,
        belongs_to="phone",
        ask="验证码已发到您的手机，请把 6 位数字告诉我。",
        deferrable=False,
        shown=False,
        help="没收到的话，1 分钟后回复「重发验证码」；号码错了回复「上一步」，也可以回复「人工」。",
    )
    document = Slot(
        document,
        label="证件号",
        called=("证件尾号", "身份证"),
        when=_asks_document,
        deferrable=False,
        shown=False,
        ask="再核对一下证件号码的后六位（企业客户是统一社会信用代码后六位）。",
        help="也可以给整个证件号；或者给后四位，再加上车牌号、投保人姓名或保单号其中一项。",
    )
    plate = Slot(plate, label="车牌号", ask="请告诉我车牌号。", optional=True, shown=False)
    policy_number = Slot(
        policy_number, label="保单号", ask="请告诉我保单号。", optional=True, shown=False
    )
    vin = Slot(vin, label="车架号", ask="请告诉我车架号。", optional=True, shown=False)
    holder = Slot(
        person_name,
        label="投保人姓名",
        when=_asks_second,
        deferrable=False,
        shown=False,
        ask="只有后四位的话，请再告诉我车牌号、保单号或投保人姓名其中一项。",
        help="后四位太短，要再核对一样；给证件号码后六位也可以，就不用别的了。",
    )

    @property
    def level(self) -> str:
        """Return the level that is wanted; said by itself it means binding."""
        gate = self.kept.get("gate")
        return str(gate.get("level", "V2")) if isinstance(gate, dict) else "V2"

    @property
    def confirm(self) -> bool:
        """Nothing is decided here."""
        return False

    @property
    def over(self) -> bool:
        """After too many failures a person goes on."""
        return verification.locked_out(self)

    @property
    def second(self) -> bool:
        """Tell whether something else than the document was given."""
        return bool(self.plate or self.policy_number or self.vin or self.holder)

    def begin(self, office: BackOffice) -> None:
        """Ask only for what is not proved yet: a bound login needs no code."""
        # A colleague's check is the only thing above V2, and no answer here replaces it.
        wanted = min(self.level, "V2")
        self.kept["proof"] = office.level < wanted
        self.kept["login"] = office.known_login

    def prompt(self) -> Reply:
        """Tell whoever is bound why the document is asked for again."""
        slot = self.pending()
        again = slot is not None and slot.name == "document" and self.kept.get("login")
        return Reply(_AGAIN) if again else super().prompt()

    def progress(self, office: BackOffice) -> list[Reply]:
        """Identify as soon as the proofs suffice; a failure tells nothing about which was wrong."""
        if self.phone:
            # The text is in the question; going on after it is the consent.
            office.give_consent("identity", "going on")
        if not verification.unproved(self) or (not self.code and not self.kept.get("login")):
            return []
        if self.level < "V2":
            self.kept["proof"] = False
            return []
        tail = self.document or ""
        if not tail or _asks_second(self):
            return []
        if office.identify(str(self.phone or ""), self._proof(tail)):
            self.kept["proof"] = False
            return []
        for name in ("document", "holder"):
            self.forget(name)
        if office.locked_minutes():
            return [Reply(verification.lock_out(self, office))]
        return [Reply(verification.NO_MATCH, ("转人工",))]

    def _proof(self, number: str) -> dict[str, str | None]:
        return {
            "document": number,
            "id_tail": number[-FULL_TAIL:],
            "plate": self.plate,
            "policy_number": self.policy_number,
            "vin": self.vin,
            "name": self.holder,
        }

    def submit(self, office: BackOffice) -> Outcome:
        """Say what follows; the flow that asked for it goes on by itself."""
        gate = self.kept.get("gate")
        if not isinstance(gate, dict):
            return Outcome.say(
                "身份已核对，这个账号绑定好了。以后查保单不用每次都核对。回复「解绑」随时可以取消。",
                "查我的保单",
                "解绑",
            )
        if self.level > "V2" and office.level < "V3":
            number = office.ask_staff_to_check(str(gate.get("about")))
            self.kept["staff_check"] = number
            return Outcome.say(_CHECK.format(number=number))
        return Outcome()
