"""The access log in the words of the branch: what was seen, by whom, and why."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.console.timeline import ACTORS

_WORDS = {
    "conversation": "会话", "claim": "案件", "complaint": "投诉", "ticket": "工单",
    "service": "申请", "application": "投保", "customer": "客户", "photo": "照片",
    "evidence": "证据包", "policy": "保单", "claims board": "案件看板",
    "complaints board": "投诉看板", "services board": "保全看板",
    "applications board": "投保看板", "tickets board": "工单列表", "masked": "（遮挡）",
    "full": "（完整）", "of": "，属于", "audit": "审计", "feedback board": "反馈列表",
    "surveys board": "回访列表", "qa": "质检", "sample": "样本", "a": "一个",
    "case": "案件", "found": "（搜到）",
    "endorsement": "保全", "link": "链接", "identity": "绑定与授权", "delivery": "保单送达",
}  # fmt: skip
# Whole sentences, before single words are looked at.
_SENTENCES: Mapping[re.Pattern[str], str] = {
    re.compile(pattern): words
    for pattern, words in {
        r"identity verified V2": "核验了身份（V2）",
        r"identity unbound": "解除了绑定",
        r"identity of (\S+)": r"客户 \1 的绑定、授权与同意",
        r"customer (\S+) checked V3": r"当面核实了客户 \1（V3）",
        r"customer (\S+) unbound by staff": r"解除了客户 \1 的绑定",
        r"customer (\S+) unlocked": r"解除了客户 \1 的核验锁定",
        r"customer (\S+) joined with (\S+)": r"客户 \1 和 \2 合并成一个",
        r"customer (\S+) taken apart with (\S+)": r"客户 \1 和 \2 拆开",
        r"grant (\S+) given": r"给出授权 \1",
        r"grant (\S+) accepted": r"用上授权 \1",
        r"grants revoked all": "撤销了全部授权",
        r"grants revoked (\S+)": r"撤销授权 \1",
        r"counts of personal data": "各类信息的条数",
        r"export of all personal data": "导出全部个人信息",
        r"erasure of personal data": "删除个人信息",
        r"correction of name": "更正姓名",
        r"correction of phone": "更正手机号",
        r"correction of id_number": "更正证件号",
        r"policy (\S+) link": r"保单 \1 的链接",
        r"link": "打开链接",
        r"privacy requests, (\d+) rows": r"个人信息请求列表，\1 行",
        r"privacy request (\S+)(?: .*)?": r"个人信息请求 \1",
        r"campaign preview \S+, (\d+) rows": r"主动消息试运行，\1 行",
        r"campaign \S+, (\d+) rows": r"主动消息清单，\1 行",
    }.items()
}
_REASONS = {
    "authorization revoked": "微信通知撤回授权",
    "consent withdrawn": "客户撤回了同意",
    "web login: another WeChat": "网页登录：不是同一个微信",
    "customer asked": "客户要求",
    "staff": "员工办理",
}


def what(text: str) -> str:
    """Return what was shown or done."""
    for pattern, words in _SENTENCES.items():
        if pattern.fullmatch(text):
            return pattern.sub(words, text)
    for code, words in _WORDS.items():
        if text.startswith((f"{code} ", f"{code},")) and text.endswith(" rows"):
            return words + text.removeprefix(code).replace(" rows", " 行").replace(", ", "，")
    return " ".join(_WORDS.get(part.rstrip(","), part) for part in text.split())


def who(actor: str) -> str:
    """Return who it was."""
    kind, _, name = actor.partition(":")
    if kind == "customer" and name:
        return f"客户（会话 #{name}）"
    if kind == "link":
        return "打开链接的人"
    if kind == "api":
        return f"接口：{name}"
    if kind == "system":
        return "系统"
    return name if kind == "staff" else ACTORS.get(actor, actor)


def why(reason: str) -> str:
    """Return the reason; what staff or customers wrote is words already."""
    return _REASONS.get(reason, reason)
