"""投保：先告知，再一项一项填意向表，五项重要内容逐组确认，核对后交给销售初审。"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from bot.advice.form import Field, form
from bot.back_office import BackOffice
from bot.dialogue import confirmations
from bot.dialogue.flow import Flow, Outcome, Slot
from bot.dialogue.form_slots import field_slot, named
from bot.dialogue.message import Reply
from bot.dialogue.request import Request
from bot.dialogue.slot_types.base import Json
from bot.dialogue.slot_types.choice import Choice
from bot.dialogue.slot_types.identity import vin_is_plausible

_FORM = form()
_HEADS = {
    "terms": "有三项先请您看清：",
    "covers": "再看保什么：",
    "excludes": "最后是不保什么，这部分最要紧，请一定看清：",
}
_CIRCLES = "①②③④⑤"
_UNDERSTOOD = ("明白了", "没明白")
_AFTER = (
    "{kind}投保意向收到了，编号 {number}。接下来同事先核对有没有遗漏，再交核保（{days}），"
    "每走一步我都会告诉您。想看进度，说“投保到哪了”就行。\n"
    "现在还没有保障，核保通过、签约缴费后从保单写的时间起才有；钱只付给公司，别付给个人。"
)
_UNDERWRITING = "资料齐全后由核保同事评估"
_NO_CARDS = "这几样产品的资料正在复核，保什么、不保什么由同事当面给您讲清。"
_ALREADY = (
    "您有一份{kind}投保（{number}）还在办：{label}。"
    "要看它，说“投保到哪了”；要另办一份，接着填就行。"
)
_NO_GUARDIAN = (
    "好的，那孩子的信息我就不记了，这份投保先不办。监护人可以带证件到门店当面办，也可以回复“人工”。"
)
_ODD_VIN = "这个车架号的校验位对不上，进口车有时会这样。请您再对一眼行驶证，没写错就接着填。"
_WAYS = (
    ("form", "在这儿填", r"在这|自己填|我来填|一步步|开始填|填吧|线上|现在填|我填"),
    (
        "call",
        "让同事联系我",
        r"同事|联系我|打电话|电话|你们办|给我办|帮我办|回电|找人"
        r"|^(?:那|就)?(?:随便|随你|都行|都可以|都成|都好|无所谓|怎么都行|看着办|不知道选哪)",
    ),
)
_BY_A_COLLEAGUE = "好的，那就请同事联系您；想自己一步步填，回复“上一步”再选。\n"


class Apply(Request):
    """Take down what somebody wants to be covered; ends with an application or a lead."""

    name = "apply"
    title = "投保"
    version = 2
    taps = (
        "我要投保",
        "办投保",
    )
    told_by = (
        r"(?:我?想|我?要|帮我|[,， ])*给(?:我们?家?的?|这辆?|家里的?)*"
        r"(?:车|新车|房子?|家里|货|店|公司|孩子|老人|员工|自己)(?:们)?(?:上|买|投|办|保|入)"
        r"(?:个|份|一份|一下|点)?"
        r"(?:车险|交强险|商业险|保险|意外险|家财险|保)(?:吧|呗|啊)?[。]?"
        r"|(?:我?想|我?要|帮我|[,， ])*给[^,，。?？]{1,10}投保(?:吧|呗|啊)?[。]?"
    )
    examples = ("我要上保险", "怎么投保给我办一份", "给新车办个交强险")

    kind = Slot(
        Choice(
            tuple((k.code, k.label, k.words) for k in _FORM.kinds.values()),
            volunteered=True,
        ),
        label="险种",
        ask="想保什么？选一个最接近的，没有就选“别的险种”。",
        help="先选大类，后面再细分。不知道选哪样，回复“推荐方案”，我帮您理一理。",
        buttons=tuple(k.label for k in _FORM.kinds.values()),
        implied=True,
        deferrable=False,
    )
    way = Slot(
        Choice(_WAYS),
        label="怎么办理",
        ask="您想在这儿一步步填（大约 3 分钟，随时能停、能接着填），还是留个电话让同事联系您？",
        help="在这儿填，资料直接进初审，快一些；让同事联系，您只用留个电话。两样都不收费。",
        buttons=("在这儿填", "让同事联系我"),
        when=lambda flow: flow.has_form,
        deferrable=False,
        skips_to="call",
        shown=False,
    )

    @property
    def has_form(self) -> bool:
        """Tell whether this kind can be filled in here."""
        kind = _FORM.kinds.get(str(self.kind))
        return kind is not None and kind.form

    @property
    def filling(self) -> bool:
        """Tell whether the customer fills in the form."""
        return self.has_form and self.way == "form"

    @property
    def over(self) -> bool:
        """A minor is not registered against the guardian's will."""
        return self.values.get("guardian") is False

    @property
    def answers(self) -> dict[str, Any]:
        """Return the values that belong to this kind."""
        return {name: v for name, v in self.values.items() if name in self._order()}

    def takes(self, name: str) -> bool:
        """Take only what belongs to this kind: «货车» carries goods here and is no use of a car."""
        fits = self.kind is None or name in self._order() or name.startswith("p_")
        return fits and super().takes(name)

    def wants(self, name: str) -> bool:
        """Tell whether a field matters now."""
        if not self.filling:
            calls = self.way == "call" or (self.kind is not None and not self.has_form)
            return name == "phone" and calls
        return _FORM.asks(name, self.values, self.skipped)

    def wants_group(self, group: str) -> bool:
        """Tell whether a group of the five points is to be confirmed."""
        return self.filling and bool(self._points(group))

    def _order(self) -> list[str]:
        kind = _FORM.kinds.get(str(self.kind))
        return ["kind", "way", *(kind.fields if kind else ())]

    def relevant(self) -> Iterator[Slot[Any]]:
        """Yield the slots in the order of this kind's form."""
        order = self._order()
        slots = [slot for slot in self.slots.values() if slot.when(self)]
        slots.sort(key=lambda s: order.index(s.name) if s.name in order else len(order))
        return iter(slots)

    def begin(self, office: BackOffice) -> None:
        """Number this filling-in of the form by the moment it begins."""
        self.kept["run"] = self.kept["since"] = office.now.isoformat(timespec="seconds")

    def opening(self, office: BackOffice) -> list[Reply]:
        """Say what is written down and why before anything is, and what is under way already."""
        self.kept["told_at"] = office.now.isoformat(timespec="seconds")
        notice = Reply(_FORM.notice.text)
        for view in office.applications():
            if view.here and view.open:
                words = _ALREADY.format(kind=view.kind, number=view.number, label=view.label)
                return [notice, Reply(words)]
        return [notice]

    def progress(self, office: BackOffice) -> list[Reply]:
        """Note how long each step took, and fetch the five points for what is chosen."""
        self._note_steps(office)
        if self.over:
            return [Reply(_NO_GUARDIAN, ("转人工",))]
        if not self.filling:
            return []
        self._fetch_points(office)
        vin = self.values.get("vin")
        if vin and self.kept.get("vin") != vin:
            self.kept["vin"] = vin
            return [] if vin_is_plausible(vin) else [Reply(_ODD_VIN)]
        return []

    def _note_steps(self, office: BackOffice) -> None:
        known = self.kept.get("stepped")
        done = list(known) if isinstance(known, list) else []
        since = datetime.fromisoformat(str(self.kept.get("since") or office.now.isoformat()))
        seconds = int((office.now - since).total_seconds())
        for name in self.order:
            if name not in done:
                office.form_step(self.name, str(self.kept.get("run") or ""), name, seconds)
                done.append(name)
                seconds = 0
                self.kept["since"] = office.now.isoformat(timespec="seconds")
        self.kept["stepped"] = done

    def _fetch_points(self, office: BackOffice) -> None:
        """Explain what is applied for; when that changes, what was confirmed counts no more."""
        cards = office.products()
        about = [str(self.kind), *_FORM.kinds[str(self.kind)].cards(self.values)]
        if self.kept.get("about") == about:
            return
        for group in _FORM.groups:
            self.forget(f"p_{group}")
        explained = _FORM.explained(self.values, cards)
        points = _FORM.points(self.values, cards) if explained else []
        self.kept["about"] = [*about]
        confirmations.show(self, points, _FORM.groups.keys())

    def _points(self, group: str) -> list[dict[str, Any]]:
        return confirmations.shown(self, _FORM.groups[group])

    def prompt(self) -> Reply:
        """Return the next question; of the five points, their text."""
        slot = self.pending()
        left_open = self.way == "call" and not self.quotes.get("way")
        if slot is not None and slot.name == "phone" and left_open:
            return replace(super().prompt(), text=f"{_BY_A_COLLEAGUE}{slot.ask}")
        if slot is None or not slot.name.startswith("p_"):
            return super().prompt()
        group = slot.name.removeprefix("p_")
        keys = [key for keys in _FORM.groups.values() for key in keys]
        lines = [
            f"{_CIRCLES[keys.index(point['key'])]} {point['label']}：{_indented(point['text'])}"
            for point in self._points(group)
        ]
        text = "\n".join([_HEADS.get(group, ""), *lines, "看明白了吗？"])
        return Reply(text.strip(), _UNDERSTOOD)

    def explanation(self, slot: Slot[Any]) -> str:
        """Say the five points in other words; of a field, what it is for."""
        if slot.name.startswith("p_"):
            points = self._points(slot.name.removeprefix("p_"))
            return "\n".join(f"{point['label']}：{point['again']}" for point in points)
        return slot.help

    def invitation(self) -> str:
        """Say what handing it in means."""
        return _FORM.statement.text if self.filling else ""

    def submit(self, office: BackOffice) -> Outcome:
        """Hand the form in, or leave a lead for a colleague to call."""
        if not self.filling:
            return super().submit(office)
        told = self._told(office)
        number = office.open_application({**self._facts(), "words": self.words}, told)
        label = _FORM.kinds[str(self.kind)].label
        days = office.fact("underwriting_days") or _UNDERWRITING
        text = _AFTER.format(kind=label, number=number, days=days)
        if not told["points"]:
            text = f"{text}\n{_NO_CARDS}"
        return Outcome.say(text, "投保到哪了", "转人工")

    def _facts(self) -> dict[str, Json]:
        """Return the answers of this kind as they are stored; how it was filled in is no fact."""
        asked = {slot.name for slot in self.relevant()} - {"way"}
        return {
            name: self.slots[name].type.dump(value)
            for name, value in self.values.items()
            if name in asked and not name.startswith("p_")
        }

    def _told(self, office: BackOffice) -> dict[str, Any]:
        """Return what was shown and confirmed: text, version, when, and in which words."""
        now = office.now.isoformat(timespec="seconds")
        points = [
            point
            for group, keys in _FORM.groups.items()
            for point in confirmations.record(self, group, keys)
        ]
        told: dict[str, Any] = {
            "form": _FORM.version,
            "points": points,
            "notice": {**vars(_FORM.notice), "at": self.kept.get("told_at", now)},
            "statement": {**vars(_FORM.statement), "at": now, "said": self.utterance[:100]},
        }
        if self.values.get("guardian"):
            agreed = confirmations.confirmed(self, "guardian")
            told["guardian"] = {**vars(_FORM.guardian), **agreed}
        return told


def _indented(text: str) -> str:
    return f"\n{text}" if "\n" in text else text


def _wants(name: str) -> Any:
    return lambda flow: flow.wants(name)


def _check_start(flow: Flow, value: Any) -> str | None:
    """Refuse a day too far ahead; the day itself knows whether it is past."""
    began = datetime.fromisoformat(str(flow.kept.get("since")))
    latest = began.date() + timedelta(days=_FORM.latest_start_days)
    if isinstance(value, date) and value > latest:
        return (
            f"起保日最远可以约到 {latest.month}月{latest.day}日，再远的到时候再来办。想从哪天开始？"
        )
    return None


def _seen(name: str) -> Any:
    """Note when the customer said that something was understood or agreed to."""

    def accept(flow: Flow, value: Any, office: BackOffice) -> str | None:
        if value == "again":
            return flow.explanation(flow.slots[f"p_{name}"])
        confirmations.note(flow, name, office.now.isoformat(timespec="seconds"))
        return None

    return accept


def _field(field: Field) -> Slot[Any]:
    guardian = field.type == "agree"
    return field_slot(
        field,
        _wants(field.key),
        check=_check_start if field.key == "start" else lambda flow, value: None,
        accept=_seen(field.key) if guardian else None,
        ask=_FORM.guardian.text if guardian else "",
    )


def _group(name: str) -> Slot[Any]:
    label = "、".join(str(_FORM.raw_points[key]["label"]) for key in _FORM.groups[name])
    options = (
        (
            "understood",
            "明白了",
            r"明白|懂了|看懂|清楚|知道|了解|没问题|没疑问|好的?$|^嗯+$|^是的?$|^对$|^ok$|^行$|可以|看完了",
        ),
        (
            "again",
            "没明白",
            r"没.{0,2}明白|不.{0,2}明白|没.{0,2}懂|不.{0,2}懂|不清楚|再说|再讲|换个说法|解释",
        ),
    )
    slot = Slot(
        Choice(options),
        label=f"{label}已看明白",
        ask=label,
        help="法律要求投保前把这些说清楚。看明白了点「明白了」；哪句不懂，点「没明白」，我换句话讲。",
        when=lambda flow: flow.wants_group(name),
        accept=_seen(name),
        shown=False,
        deferrable=False,
    )
    return named(f"p_{name}", slot)


Apply.slots = {
    **Apply.slots,
    **{key: _field(field) for key, field in _FORM.fields.items()},
    **{f"p_{name}": _group(name) for name in _FORM.groups},
}
