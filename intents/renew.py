"""续保：说清到期日、步骤、材料、断档的后果和会变的东西，登记给同事；不报价，不想续的不劝。"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.back_office import BackOffice, PolicyView
from bot.desks.policies import PolicyWish
from bot.desks.renewal import RenewalAdvice
from bot.dialogue import core_system, stop_words
from bot.dialogue.flow import Outcome, Slot
from bot.dialogue.message import Reply
from bot.dialogue.request import Request, phone_slot, plate_slot
from bot.dialogue.slot_types.base import Json

_STOP = re.compile(
    r"不(?:想|打算|准备|用|要)?再?续|续保.{0,4}(?:关|停|(?:别|不要)(?!忘)|取消)|别(?!忘)再?.{0,4}(?:提醒|催)"
    r"|(?:别|不要|甭|不用|少)(?!忘)[^,，。]{0,4}(?:发|推|打)[^,，。]{0,4}(?:续保|提醒|短信|消息|催)"
    r"|不要(?!忘)再?.{0,4}(?:提醒|催)|不在[^,，。]{0,5}续"
    r"|(?:不(?:想要?|愿意?|要|用|需要|再|希望)|拒绝|停止|拒)(?!忘)[^,，。]{0,4}(?:收|接|看|发|推)[^,，。]{0,8}"
    r"(?:续保|到期)[^,，。]{0,3}(?:提醒|通知|短信|消息|信息|电话|推送)"
    rf"|^{stop_words.stops(stop_words.RENEWAL)}$|^{stop_words.RENEWAL_UNSPOKEN}$"
)
_LINES = (
    ("home", re.compile(r"家财|房")),
    ("accident", re.compile(r"意外|驾乘|驾意")),
    ("health", re.compile(r"健康|医疗|住院")),
    ("other", re.compile(r"企财|企业财产|雇主|责任险|货运|保证险")),
)
_MOST = 3
_LONG_AGO = -90  # 到期三个月以上的，是新投保，不是续保
_NO_PRICE = "价格要由系统核算，我不报个人价格；不会自动续，也不会自动扣费。"
_STOPPED = "好的，尊重您的决定，续保提醒已经停了，也不会换名义再发；想恢复时说「恢复提醒」。"
_LOOK = "想看自己哪天到期，回复「查保单」，核对身份后告诉您。"
_OFF = "（您的续保提醒现在是关着的，想打开说「恢复提醒」。）"
_EARLY = "现在离到期还有 {days} 天，一般到期前 {earliest} 天内才能办，同事到时候按这个登记联系您。"


def _wanted(flow: Renew) -> bool:
    return not flow.kept.get("stop")


def _if_wanted(slot: Slot[str]) -> Slot[str]:
    slot.when = _wanted
    return slot


class Renew(Request):
    """Renew a policy; ends with a lead, or with reminders switched off."""

    name = "renew"
    title = "续保"
    taps = ("办续保", "我要续保")
    sounds_like = r"(?:我要|帮我|给我|想|办|把)[^,。 ]{0,6}续(?:保|上|一下)"
    told_by = (
        r"(?:我|今年|明年|这次|那|算了|先)*[,， ]*(?:不(?:想|打算|准备|用|要)?再?续(?:保)?|不续)"
        r"(?:你们)?(?:家|的)?(?:保|保险|车险)?(?:了|吧|啦|了吧)?"
        r"|(?:能不能|可以|请|麻烦|你们?|[ ,，])*(?:别|不要|甭|不用|少)"
        r"(?:老|再|总|一直|天天|给我|跟我|[ ,，])*"
        r"(?:发|提醒|催|打|推)(?:我|着)?[^,，。]{0,4}续保?(?:了|的?(?:事|提醒|短信|电话|消息))*[吧行啊]?"
        r"|我?(?:今年|明年)?不在你们?(?:这儿?|家|那儿?|公司)?(?:里)?续(?:保)?了?[吧啊]?"
        rf"|{stop_words.stops(stop_words.RENEWAL)}|{stop_words.RENEWAL_UNSPOKEN}"
        # the answer to a reminder in a word
        r"|(?:我|给我|帮我|那就?|好的?|要|[ ,，])*续(?:上|吧|一下|呗|了吧)?[。.!！]*"
    )
    examples = ("我要续保", "车险快到期了给我续上", "帮我办续保")
    buttons = ("查保单", "转人工")

    plate = _if_wanted(plate_slot())
    phone = _if_wanted(phone_slot())

    def begin(self, office: BackOffice) -> None:
        """Take note of which line is meant, and of a wish not to renew."""
        words = self.utterance
        self.kept["stop"] = _STOP.search(words) is not None
        self.kept["line"] = next((line for line, cue in _LINES if cue.search(words)), "auto")

    @property
    def reads_policies(self) -> str:
        """Return whose policies run out; stopping the reminders needs none."""
        return "" if self.kept.get("stop") else "own"

    def hear(self, text: str, rest: str) -> None:
        """«不续了» half-way through is a no as well, and needs no number plate."""
        super().hear(text, rest)
        if _STOP.search(text):
            self.kept["stop"] = True

    def opening(self, office: BackOffice) -> list[Reply]:
        """Say when, how, with what, and what a gap would mean."""
        advice = office.renewal_advice(str(self.kept.get("line") or "auto"))
        off = [_OFF] if office.declined("renewal") else []
        return [Reply("\n".join([*self._own(office, advice), *_how(advice), *off]))]

    def _own(self, office: BackOffice, advice: RenewalAdvice) -> list[str]:
        """Return what is due of the verified customer's; a hint to everybody else."""
        if office.level < "V2":
            return [_LOOK]
        due = self._due(office)
        self.kept["policies"] = [policy.number for policy in due]
        self.kept["days_left"] = min((policy.days_left for policy in due), default=None)
        self._name_the_car(due, office)
        told = list(map(_state, due)) or ["您名下没有查到快到期的这一类保单。"]
        dated = core_system.dated("", office).strip()
        return [*told, dated] if dated else told

    def _name_the_car(self, due: Sequence[PolicyView], office: BackOffice) -> None:
        """The only car that is due needs no plate from its owner, who sees it on the card."""
        cars = {policy.subject for policy in due if policy.line == "auto"}
        found = self.slots["plate"].type.find(cars.pop(), office.now) if len(cars) == 1 else None
        if found and found.value is not None and "plate" not in self.values:
            self.keep("plate", found.value, found.value)

    def _due(self, office: BackOffice) -> Sequence[PolicyView]:
        line = str(self.kept.get("line") or "auto")
        wish = PolicyWish(plate=self.plate or "", line="" if line == "other" else line)
        found = office.find_policies(wish, self.title).views
        recent = [p for p in found if p.running or _LONG_AGO <= p.days_left < 0]
        return sorted(recent, key=lambda policy: policy.days_left)[:_MOST]

    def facts(self) -> dict[str, Json]:
        """Return the ticket's facts, with the policies that are meant."""
        return super().facts() | {"policies": self.kept.get("policies") or []}

    def submit(self, office: BackOffice) -> Outcome:
        """Register the wish, or stop the reminders: nobody is talked round."""
        advice = office.renewal_advice(str(self.kept.get("line") or "auto"))
        if self.kept.get("stop"):
            office.unsubscribe("renewal")
            return Outcome.say(f"{_STOPPED}\n只提醒一句：{advice.gap}", "查保单", "转人工")
        outcome = super().submit(office)
        left = self.kept.get("days_left")
        if isinstance(left, int) and left > advice.earliest_days:
            early = _EARLY.format(days=left, earliest=advice.earliest_days)
            return Outcome.say(f"{outcome.replies[0].text}\n{early}", *self.buttons)
        return outcome


def _state(policy: PolicyView) -> str:
    """Return when a policy ends, or how long ago it ended."""
    subject = f"（{policy.subject}）" if policy.subject else ""
    ends = f"{policy.ends_on.year}年{policy.ends_on.month}月{policy.ends_on.day}日"
    if policy.days_left < 0:
        gone = f"已到期 {-policy.days_left} 天，现在没有保障（脱保）。"
        return f"【{policy.product}】{subject}{ends} {gone}"
    return f"【{policy.product}】{subject}{ends} 24 时到期，还有 {policy.days_left} 天。"


def _how(advice: RenewalAdvice) -> list[str]:
    steps = "；".join(f"{n}. {step}" for n, step in enumerate(advice.steps, 1))
    return [
        f"{advice.title}一般到期前 {advice.earliest_days} 天起可以续。步骤：{steps}。",
        f"材料：{'、'.join(advice.documents)}。",
        f"断档提醒：{advice.gap}",
        f"会变的：{advice.changes}",
        f"依据：{advice.basis}。{_NO_PRICE}",
    ]
