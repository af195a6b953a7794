"""What each step of a claim asks for, from the state machine's table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.console.asks import Field, Options, Step
from bot.console.times import on, yuan
from bot.desks.claim_facts import Field as Fact
from bot.desks.claim_facts import facts
from storage.claims_register import Register
from storage.models.case import Claim
from storage.rules.claim_states import machine
from storage.statuses import CLAIM_STATUSES

ACCIDENTS = {
    "rear_end": "追尾", "scrape": "剐蹭", "single_vehicle": "单方事故", "hit_object": "碰撞固定物",
    "flood": "水淹", "glass": "玻璃破碎", "theft": "盗抢", "fire": "火灾", "hail": "冰雹",
    "pedestrian": "碰撞行人", "water_leak": "漏水", "fall": "摔伤跌落", "other": "其他",
}  # fmt: skip
RELATIONS = {"self": "本人", "family": "家人", "friend": "朋友/同事", "other": "其他"}
LINES = {
    "auto": "车险", "home": "家财险", "accident": "意外健康险", "liability": "责任险",
    "cargo": "货运险", "property": "企财险",
}  # fmt: skip
TRACKS = {"fast": "快赔", "normal": "普通", "complex": "大额复杂"}
DOCUMENT = {
    "received": "收到了", "accepted": "合格", "rejected": "退回", "waived": "免交",
    "wanted": "还要",
}  # fmt: skip
_PAYMENT = Field(
    "payment",
    "付款方式与账户",
    "group",
    parts=(
        Field("method", "方式", "choice", required=True,
              options=(("transfer", "转账"), ("cash", "现金（主管审批）"), ("other", "其他"))),
        Field("payee", "收款人", "name", required=True),
        Field("payee_relation", "收款人是", "choice", value="insured",
              options=(("insured", "被保险人"), ("beneficiary", "受益人"), ("victim", "受害人"),
                       ("court", "法院"))),
        Field("account_holder", "户名", "name", help="须和收款人是同一人"),
        Field("account_tail", "账户尾号", "tail"),
        Field("approval", "现金审批说明"),
    ),
)  # fmt: skip
_FIELDS: Mapping[str, Field] = {
    "missing": Field("missing", "缺少的材料清单", "names",
                     help="一行一项。只能一次性通知：必需而没到的会一起列上"),
    "clause": Field("clause", "条款依据", help="哪份条款第几条"),
    "reason": Field("reason", "理由", "story"),
    "amount_fen": Field("amount_fen", "金额", "money"),
    "calculation": Field("calculation", "理算过程", "story"),
    "payment": _PAYMENT,
}  # fmt: skip
# What a step may say beside what it must.
_ALSO: Mapping[str, tuple[Field, ...]] = {
    "documents_due": (Field("reason", "再次通知的理由", help="只有主管可以再次通知"),),
    "calculating": (Field("coverage", "属于哪项责任"),),
    "paid": (_FIELDS["amount_fen"], Field("reason", "和协议金额不同的理由")),
}
_NOTE = Field("note", "备注", "story")


def steps(book: Register, claim: Claim, people: Options) -> list[Step]:
    """Return where a claim may go now, each step with its form; ``people`` may work on it."""
    decided = claim.decision or {}
    onward = machine().next(claim.status, book.came_from(claim))
    always = (Field("owner", "经办人改为", "choice", options=people), _NOTE)
    return [Step(to, CLAIM_STATUSES[to][0], (*_asked(to, decided), *always)) for to in onward]


def _asked(to: str, decided: Mapping[str, Any]) -> tuple[Field, ...]:
    table = machine()
    must = [_FIELDS[name].needed for name in table.needs.get(to, ())]
    names = {field.name for field in must}
    open_ones = [n for n in table.has.get(to, ()) if n not in names and not decided.get(n)]
    must += [_FIELDS[name].needed for name in open_ones]
    return (*must, *_ALSO.get(to, ()))


def milestones(claim: Claim) -> list[tuple[str, str]]:
    """Return what may be noted of a claim in its state."""
    table = machine()
    if claim.status in table.over:
        return []
    return [
        (code, words)
        for code, words in table.milestones.items()
        if not (fit := table.milestone_states.get(code)) or claim.status in fit
    ]


_KINDS = {"flag": "flag", "money": "money", "count": "count", "plate": "plate", "phone": "phone"}
_OPTIONS = {"accident_type": ACCIDENTS, "reporter_relation": RELATIONS}
# Facts of the contract that are no rows of the table.
_MORE = {
    "injured": Fact("injured", "有人受伤", "flag"),
    "other_plate": Fact("other_plate", "对方车牌", "plate"),
}
_STORIES = ("story", "damage", "other_story", "damaged_items")
_COMMON = (
    "happened_at", "place", "plate", "other_plate", "injured", "phone", "reporter",
    "reporter_relation", "accident_type", "drivable", "police_reported", "story", "damage",
    "policy_number",
)  # fmt: skip


def known_facts(line: str) -> dict[str, Fact]:
    """Return what may be known of an accident of this line, in the order it is shown."""
    table = facts()
    details = [key for key in table.fields if table.matters(line, key)]
    every = {**table.fields, **_MORE}
    return {key: every[key] for key in dict.fromkeys((*_COMMON, *details)) if key in every}


def fact_field(fact: Fact, value: Any = None) -> Field:
    """Return how a fact of an accident is asked for; ``value`` is what stands there now."""
    options = _choices(fact, value)
    if options:
        code = "" if value is None else str(value)
        return Field(fact.key, fact.label, "choice", options=options, value=code)
    return replace(_open_field(fact), value=_typed(fact, value))


def _choices(fact: Fact, value: Any) -> Options:
    """Return what a classified fact may be; what customers said otherwise stays among it."""
    if fact.key in _OPTIONS:
        return tuple(_OPTIONS[fact.key].items())
    known = [word for word, _ in fact.options]
    said = [str(value)] if known and value is not None and str(value) not in known else []
    return tuple((word, word) for word in (*known, *said))


def _typed(fact: Fact, value: Any) -> str:
    """Return a value as its control shows it."""
    if value is None or isinstance(value, list | dict):
        return ""
    if fact.kind == "flag":
        return "yes" if value else "no"
    if fact.kind == "money":
        return f"{int(value) / 100:.2f}"
    return str(value)[:16] if fact.kind == "moment" else str(value)


def _open_field(fact: Fact) -> Field:
    text = "story" if fact.key in _STORIES else "line"
    kind = _KINDS.get(fact.kind) or ("moment" if fact.kind == "moment" else text)
    return Field(fact.key, fact.label, "code" if fact.key == "policy_number" else kind)


def in_words(fact: Fact, value: Any, now: datetime) -> str:
    """Return a fact as people say it."""
    if value is None:
        return "说了，但用不上"
    if isinstance(value, bool):
        return "是" if value else "否"
    if fact.kind == "money":
        return yuan(int(value))
    if isinstance(value, list):
        return "、".join(map(str, value))
    return _text(fact, str(value), now)


def _text(fact: Fact, value: str, now: datetime) -> str:
    if fact.kind != "moment":
        return _OPTIONS.get(fact.key, {}).get(value, value)
    try:
        return on(datetime.fromisoformat(value), now)
    except ValueError:
        return value
