"""保障方案：点几下选项，给出险种类别、理由和不合适的；不报价，想细聊再留线索。"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.advice.needs import Rule, questionnaire
from bot.advice.partners import partners
from bot.back_office import BackOffice
from bot.dialogue.flow import Outcome, Slot
from bot.dialogue.form_slots import question_slot, shown
from bot.dialogue.message import Reply
from bot.dialogue.request import Request, phone_slot
from bot.dialogue.slot_types.base import Json
from bot.dialogue.slot_types.yes_no import YesNo

_TABLE = questionnaire()
_FOOT = (
    "这些只是险种方向，仅供参考，能不能投、怎么投以核保和条款为准。"
    "我这里不报价，也不劝您多买，用不着的别买。"
)
_HEADS = (
    ("must", "法律要求必须有"),
    ("first", "先考虑"),
    ("then", "有余力再考虑"),
    ("unfit", "不太适合您"),
    ("stop", "先别这么买"),
)
_NOTHING = "光看这些，我还说不准哪样合适，让持证的同事跟您细聊更稳妥。"
_LESS = "预算紧，先把赔不起的大事保住，别的以后再加。"


def _wanted(key: str) -> Any:
    return lambda flow: _TABLE.asks(key, flow.values)


class NeedPlan(Request):
    """Ask what matters, advise on categories, and leave a lead if that is wished."""

    name = "need_plan"
    title = "保障方案"
    version = 2
    taps = (
        "配个方案",
        "推荐方案",
    )
    sounds_like = (
        r"(?:我们?家?|刚|新|才|今天|前两天|[ ,，])*"
        r"(?:买|提|换|开|租|添|接)(?:了|的)?[^,，。?？]{1,10}[ ,，]*"
        r"(?:想?问(?:下|一下)?|请问|那|我|就|都)*(?:该|应该|需要|得|要)(?:上|买|保|投|配)(?:点|些|个)?"
        r"(?:啥|什么|嘛|哪些|哪种)(?:保险|险)?(?:好|合适)?[呢啊呀]?[?？]?"
    )
    told_by = (
        r"(?:请问|那|像)?我(?:们家?|家)?(?:这种情况|这样的)?(?:该|应该|需要|适合|得)"
        r"(?:买|上|投|配|保)(?:点|些)?(?:什么|啥|哪些|哪种|嘛)(?:样的)?(?:保险|险|险种)?"
        r"(?:好|合适|划算)?(?:呢|呀|啊)?[?？。]?"
        r"|(?:我们?|咱们?)?(?:这边)?(?:想|要|打算|准备|问问|问下|能不能|能|可以|[ ,，])*"
        r"(?:给|替|帮)?(?:我们?|咱们?)?(?:自家|自己)?"
        r"(?:店|公司|单位|厂|饭馆|饭店|餐馆|工地|超市|车队|作坊|门店|小店|铺子|企业)"
        r"(?:里|子里|里头|里面)?的?(?:[一二两三四五六七八九十几\d]+来?(?:个|名|位|口)?)?"
        r"(?:员工|职工|雇员|伙计|店员|服务员|工人|小工|师傅|学徒|司机|大伙|人)(?:们|儿)?(?:都)?"
        r"(?:上|买|入|投|弄|办|整|配)一?(?:个|份|点|些)?(?:什么|啥)?(?:团体)?"
        r"(?:意外|雇主责任|雇主|责任|人身|工伤)?(?:保险|险)?"
        r"(?:行不行|行不|行吗|可以吗|能办吗|有吗|咋办|咋办理|怎么弄|咋弄|吧|呢|啊)?[?？。]?"
        r"|(?:我们?|咱们?)?(?:家里?|店里?|厂里?)?(?:雇|请|找)了?(?:个|一个|俩|两个|几个)?"
        r"(?:保姆|阿姨|月嫂|护工|钟点工|小工|工人|人)(?:干活|帮忙)?[ ,，]*"
        r"(?:不能|能|可以|想|要|怎么|咋)*(?:给|替|帮)(?:她|他|他们|她们|人家)?"
        r"(?:上|买|入|投|弄|办)一?(?:个|份|点)?(?:意外|雇主)?(?:保险|险)(?:吗|不|行吗|吧)?[?？。]?"
    )
    examples = ("帮我配个保险方案", "推荐一下该买什么保险", "刚买车不知道上哪些险")
    notice = (
        "我问您几个小问题，点一下就行，不想答的回复“跳过”。不用说姓名、证件，也不用说身体情况。"
    )
    buttons = ("我要投保", "转人工")

    follow = Slot(
        YesNo("要", "不用"),
        label="请同事联系",
        ask="要不要请持证的销售同事按这个方向跟您细讲？不用也没关系，不会打扰您。",
        help="要的话留个电话，同事在工作时间联系您一次；不要就到这儿，您的回答不会拿去推销。",
        buttons=("要", "不用了"),
        when=lambda flow: flow.kept.get("advised"),
        deferrable=False,
        skips_to=False,
    )
    phone = phone_slot()

    @property
    def confirm(self) -> bool:
        """Show the card only where a lead goes out."""
        return bool(self.follow)

    def takes(self, name: str) -> bool:
        """Take only answers that belong to whom it is for, once that is known."""
        asked = name in _TABLE.questions and "profile" in self.values
        mine = not asked or name == "profile" or name in _TABLE.profiles[self.values["profile"]]
        return mine and super().takes(name)

    def progress(self, office: BackOffice) -> list[Reply]:
        """Advise as soon as all is answered, and again when an answer changes."""
        self._infer_profile()
        answered = {key: self.values[key] for key in _TABLE.questions if key in self.values}
        if self._open_question() or self.kept.get("advised") == answered:
            return []
        self.kept["advised"] = answered
        return [Reply(self._advice(office))]

    def _infer_profile(self) -> None:
        """«常跑高速» can only be about a car: what is clear is not asked."""
        if "profile" not in self.values and (one := _TABLE.only_profile(self.values)):
            self.keep("profile", one, "")

    def _open_question(self) -> bool:
        asked = (slot for slot in self.relevant() if slot.name in _TABLE.questions)
        return any(slot.name not in {*self.values, *self.skipped} for slot in asked)

    def _advice(self, office: BackOffice) -> str:
        names = {card.code: card.name for card in office.products()}
        advice = _TABLE.assess(self.values)
        told = self._profile()
        lines = [f"您的情况：{told}。"] if told else []
        if advice.risks:
            lines.append(f"要留心的：{'；'.join(advice.risks)}。")
        shown_items = [item for item in advice.items if item.title or item.product in names]
        for rank, head in _HEADS:
            items = [item for item in shown_items if item.rank == rank]
            lines += [f"【{head}】", *(_item(item, names) for item in items)] if items else []
        if not any(item.rank in ("must", "first", "then") for item in shown_items):
            lines.append(_NOTHING)
        if advice.left_out:
            lines.append(_LESS)
        return "\n".join([*lines, _FOOT])

    def _profile(self) -> str:
        told = [q for key, q in _TABLE.questions.items() if key in self.values]
        relevant = [q for q in told if _TABLE.asks(q.key, self.values)]
        return "、".join(shown(q, self.values[q.key]) for q in relevant)

    def facts(self) -> dict[str, Json]:
        """Return the answers, what was advised, and where the lead comes from."""
        advice = _TABLE.assess(self.values)
        partner = partners().named(self.words)
        return {
            **super().facts(),
            "advised": _codes(advice.of("must", "first", "then")),
            "not_advised": _codes(advice.of("unfit", "stop")),
            "table": _TABLE.version,
            "partner": partner.code if partner else "",
        }

    def submit(self, office: BackOffice) -> Outcome:
        """Leave a lead, or leave it at the advice."""
        if self.follow:
            return super().submit(office)
        before = [] if self.kept.get("advised") else [Reply(self._advice(office))]
        bye = Reply(
            "好的，不打扰您。想看哪样细说，比如“介绍一下三者险”；想投保、想再问，随时找我。",
            ("我要投保", "其他产品"),
        )
        return Outcome([*before, bye])


def _item(item: Rule, names: dict[str, str]) -> str:
    return f"· {item.title or names[item.product]}：{item.reason}"


def _codes(items: Sequence[Rule]) -> list[Json]:
    return [item.product or item.title for item in items]


NeedPlan.phone.when = lambda flow: bool(flow.follow)
NeedPlan.slots = {
    **{q.key: question_slot(q, _wanted(q.key)) for q in _TABLE.questions.values()},
    "follow": NeedPlan.follow,
    "phone": NeedPlan.phone,
}
