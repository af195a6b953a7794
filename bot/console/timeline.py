"""The history of a case in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from bot.console.reveal import Veil, by_key
from bot.console.times import yuan
from bot.errors import Refused
from storage.models.case import CaseEvent
from storage.rules.application_checks import checks
from storage.unit_of_work import UnitOfWork

ACTORS = {"customer": "客户", "bot": "机器人", "system": "系统"}
_KINDS = {
    "reported": "报案", "opened": "登记", "received": "登记", "amended": "更正", "note": "备注",
    "document": "材料", "photos": "收到照片", "document_list": "已告知材料清单",
    "owner": "指定经办人", "party": "登记有关的人", "severity": "改严重度",
    "extension_asked": "申请延期", "extension_refused": "延期没有批准", "extended": "延期获批",
    "position": "投诉人的态度", "compensation_proposed": "申请补偿",
    "compensation_approved": "批准补偿", "callback": "回访", "reopened": "重开",
    "handed_over": "移交", "promised": "改承诺的时间", "assigned": "有人在办", "new": "改回待办",
    "waiting_customer": "等客户补充", "restricted": "部分办完，其余依法限制使用",
    "announced": "已告知可以办完", "checked": "核实本人", "done": "办结",
    "paid_part": "收到保费", "urged": "客户催办",
    "warned": "到期预警", "overdue": "超时督办", "progress_told": "告诉投诉人还在办",
    "hurt": "有人受伤，按特急办",
    "escalated": "逐级上抬", "called": "催办", "reminder": "催办",
}  # fmt: skip
_KEYS = {
    "note": "", "text": "", "reason": "理由", "missing": "还缺", "clause": "条款",
    "amount_fen": "金额", "fen": "金额", "calculation": "理算", "coverage": "责任",
    "owner": "经办人",
    "next_step": "下一步", "name": "材料", "status": "结果", "added": "张数", "documents": "材料",
    "plan": "方案", "outcome": "决定", "decision": "答复", "basis": "依据", "told_by": "告知方式",
    "root_cause": "根因", "measure": "整改", "department": "责任部门", "body": "受理机构",
    "into": "并入", "position": "态度", "way": "方式", "level": "级别", "before": "原来",
    "after": "现在", "reply": "答复客户", "solved": "解决了吗", "score": "打分", "days": "延长天数",
    "by": "批准", "tier": "情形", "effective_at": "生效时间", "document_no": "单号",
    "identity_check": "核实本人", "tracking_no": "快递单号", "outlet": "网点", "words": "原话",
    "checked": "初审清单", "conditions": "条件", "policy_number": "保单号",
}  # fmt: skip
# How a paper or a policy reaches the customer.
WAYS = {"link": "发链接", "post": "邮寄", "courier": "快递", "pick_up": "到网点自取"}
_VALUES = {
    "wanted": "还要", "received": "收到", "accepted": "合格", "rejected": "退回", "waived": "免交",
    "upheld": "支持", "partly": "部分支持", "unreached": "联系不上", "yes": "是", "no": "否",
    "video": "视频", "counter": "当面", "two_people": "双人", "new": "待办", "assigned": "办理中",
    "waiting_customer": "等客户", "done": "办结", "restricted": "部分办完",
    "sms": "短信", "none": "没有", "system": "系统",
    "wechat": "微信", "webchat": "网页", "telegram": "Telegram", "phone": "电话",
    "branch": "门店", "letter": "信函", "email": "邮件", "regulator": "监管转办",
}  # fmt: skip


Hide = Callable[[str, Any], Any]


@dataclass(frozen=True)
class Happened:
    """One line of a history."""

    at: datetime
    actor: str
    kind: str
    title: str
    text: str


def history(
    uow: UnitOfWork,
    number: str,
    kinds: Mapping[str, str],
    names: Mapping[str, str] | None = None,
    *,
    full: bool = True,
    veil: Veil | None = None,
) -> list[Happened]:
    """Return what happened to a case, the newest first; without ``full`` only that it happened.

    The ``veil`` of the page hides people and numbers in what was written.
    """
    hide = veil.fact if veil else by_key
    query = select(CaseEvent).where(CaseEvent.case_number == number).order_by(CaseEvent.id.desc())
    return [
        Happened(
            event.at,
            who(event.actor),
            event.kind,
            kinds.get(event.kind) or _KINDS.get(event.kind, event.kind),
            _words(event.data, names or {}, hide) if full else "",
        )
        for event in uow.session.scalars(query)
    ]


def who(actor: str) -> str:
    """Return who did something, in words."""
    name = actor.removeprefix("staff:")
    return ACTORS.get(name.partition(":")[0] if name.startswith("system:") else name, name)


def seen_of(uow: UnitOfWork, number: str) -> int:
    """Return how much of a case's history there is: a page says how much of it was seen."""
    query = select(func.count()).where(CaseEvent.case_number == number)
    return int(uow.session.scalar(query) or 0)


def check_seen(uow: UnitOfWork, number: str, seen: str, actor: str) -> None:
    """Refuse a step of somebody who has not seen the newest; one's own are told as one's own."""
    uow.session.flush()
    if not seen.isdigit() or int(seen) == seen_of(uow, number):
        return
    query = select(CaseEvent).where(CaseEvent.case_number == number).order_by(CaseEvent.id.desc())
    last = uow.session.scalars(query.limit(1)).one()
    whose = "您自己" if last.actor == actor else who(last.actor)
    raise Refused(f"{whose}刚刚动过这一件，您的这一步没有执行。请刷新，看过最新的再办。")


def _words(data: Mapping[str, Any], names: Mapping[str, str], hide: Hide) -> str:
    if isinstance(data.get("before"), dict) and isinstance(data.get("after"), dict):
        return _changes(data["before"], data["after"], names, hide)
    parts = []
    for key, value in data.items():
        # A checklist of an application, or how somebody made sure of who asks.
        label = "" if key == "checked" and isinstance(value, str) else _KEYS.get(key)
        if label is None or value in (None, "", [], {}):
            continue
        said = _value(key, value, hide)
        parts.append(f"{label}：{said}" if label else said)
    return "；".join(parts)


def _changes(
    before: Mapping[str, Any], after: Mapping[str, Any], names: Mapping[str, str], hide: Hide
) -> str:
    def of(key: str, side: Mapping[str, Any]) -> str:
        return _value(key, side.get(key), hide)

    return "；".join(
        f"{names.get(key, key)}：{of(key, before)} → {of(key, after)}"
        for key in {**before, **after}
    )


def _value(key: str, value: Any, hide: Hide) -> str:
    if value is None:
        return "（空）"
    if isinstance(value, bool):
        return "是" if value else "否"
    if key.endswith("fen") and isinstance(value, int):
        return yuan(value)
    if isinstance(value, list | tuple):
        return "、".join(_value(key if key == "checked" else "", one, hide) for one in value)
    if isinstance(value, dict):
        return "、".join(_value(name, one, hide) for name, one in value.items())
    return _word(key, str(hide(key, value)))


def _word(key: str, value: str) -> str:
    """Return what staff call a code."""
    if key == "checked":
        return next((one.label for one in checks().checks if one.code == value), value)
    return _VALUES.get(value, WAYS.get(value, value))
