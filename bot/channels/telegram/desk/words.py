"""What the staff group reads: summaries, lines, states, refusals; personal data masked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape
from typing import Any, Final

from bot.log import mask
from storage.inbox_list import name_of
from storage.models.case import Handoff
from storage.rules.skills import skills

LEVELS: Final = {"P0": "特急", "P1": "紧急", "P2": "优先", "human": "普通"}
CHANNELS: Final = {"wechat": "微信", "telegram": "Telegram", "webchat": "网页", "terminal": "终端"}
AUTHORS: Final = {"customer": "客户", "bot": "机器人", "note": "备注", "agent": "坐席"}
KINDS: Final = {
    "image": "[照片]", "voice": "[语音]", "video": "[视频]", "file": "[文件]", "location": "[位置]",
    "event": "[菜单]", "link": "[链接]", "other": "[其他消息]",
}  # fmt: skip
TAKE, CLOSE, BACK, RELEASE = "接管", "结束", "交还机器人", "放回排队"
MOVES: Final = {"take": TAKE, "close": CLOSE, "return": BACK, "release": RELEASE}
HELP = (
    "在话题里直接写，就是回复客户（没人接的先替您接管）。\n"
    "/take 接管　/close 结束　/return 交还机器人　/release 放回排队\n"
    "/transfer 同事名或组名　转接\n"
    "/note 写给同事的备注，客户看不到\n"
    "/on 在岗　/off 离开（只在群里接的，发一下 /on，别的客户才知道有人在）"
)
GENERAL = "这里不对客户。客户的话在各自的话题里，进去写就是回复。\n" + HELP
ENDED = "会话已结束，机器人接着服务。客户再要人工，这个话题会重新打开。"
LOST = "⚠ 前面有一条可能没显示出来，请到控制台核对。"
RENEWED = "⚠ 原来的话题被删了，从这里接着。之前的对话在控制台里。"
_LONGEST_LINE = 1_000
_LONGEST_NAME = 120
_FATES: Final = {
    "undeliverable": "没有送到：{reason}。请打电话，或到控制台改用短信、登记回电工单。",
    "failed": "没有发成：{reason}。请换一句话再发，或到控制台重试。",
    "unknown": "不确定送到没有：{reason}。先看客户有没有回应，再决定要不要重发。",
    "suppressed": "没有发出：{reason}。",
}


def title(row: Mapping[str, Any], handoff: Handoff | None) -> str:
    """Return the name of a topic: how urgent, which group, who."""
    level = LEVELS.get(handoff.level, "") if handoff else ""
    group = skills().title(handoff.skill) if handoff else "会话"
    name = name_of(row["name"], row["peer"])
    urgent = f"【{level}】" if handoff and handoff.level in ("P0", "P1") else ""
    return f"{urgent}{group} · {name} · #{row['id']}"[:_LONGEST_NAME]


def card(row: Mapping[str, Any], handoff: Handoff, link: str, facts: Sequence[str]) -> str:
    """Return the summary that opens a topic, as HTML."""
    name = name_of(row["name"], row["peer"])
    lines = [
        f"<b>{_safe(skills().title(handoff.skill))} · {LEVELS.get(handoff.level, handoff.level)}"
        f"</b>　{handoff.number}",
        f"客户：{_safe(name)}（{CHANNELS.get(row['channel'], row['channel'])}"
        f"{'，已核验' if handoff.package.get('verified') else '，未核验'}）",
        f"为什么：{_safe(mask(handoff.reason))}",
        f"答应最晚 {handoff.answer_by:%H:%M} 有人应答",
    ]
    if facts:
        lines += ["", "<b>已经说过的（不要再问）</b>", *map(_safe, facts)]
    if said := [_packed(line) for line in handoff.package.get("last_words", ())]:
        lines += ["", "<b>最近的话</b>", *said]
    return "\n".join([*lines, "", f"完整资料在控制台：{_safe(link)}"])


def _packed(line: str) -> str:
    author, _, text = line.partition("：")
    return _safe(f"{AUTHORS.get(author, author)}：{mask(text)[:200]}")


def line(author: str, body: Mapping[str, Any]) -> str:
    """Return one message as a line of a topic, as HTML."""
    who = AUTHORS.get(author, author)
    if author in ("agent", "note") and body.get("name"):
        who = f"{body['name']}（{'备注' if author == 'note' else '控制台'}）"
    words = " ".join(filter(None, (KINDS.get(str(body.get("type")), ""), _words(body))))
    return f"<b>{_safe(who)}</b>：{_safe(words)}"


def _words(body: Mapping[str, Any]) -> str:
    place = body.get("location") or {}
    label = str(place.get("label") or "")
    text = "" if str(body.get("text")) == label else str(body.get("text") or "")
    return mask(" ".join(filter(None, (label, text))))[:_LONGEST_LINE]


def state(owner: str, agent: str | None) -> str:
    """Return who has the conversation now."""
    if owner == "agent":
        return f"▶ 现在由 {_safe(str(agent))} 接待"
    return "⏳ 在排队，没有人接" if owner == "queue" else f"⏹ {ENDED}"


def private(row: Mapping[str, Any], link: str) -> str:
    """Return the line about a request whose content stays at the console."""
    level = LEVELS.get(row["level"], row["level"])
    return f"有一件投诉类的转人工在等（{level}，{row['number']}）。要回避，内容只在控制台看：{link}"


def moves(owner: str) -> Sequence[str]:
    """Return the buttons that make sense for an owner."""
    if owner == "agent":
        return ("close", "release")
    return ("take",) if owner == "queue" else ()


def fate(status: str, reason: str) -> str:
    """Return why something was not delivered, and the way out; '' when it was."""
    pattern = _FATES.get(status, "")
    return _safe(pattern.format(reason=reason.rstrip("。") or "原因不明"))


def stranger(number: int) -> str:
    """Return what somebody reads who has no account; once."""
    return (
        f"您的 Telegram 编号是 {number}，还没有对应的控制台账号，在这里说的话不会发给客户。"
        f"请管理员运行：anda user telegram 您的账号名 {number}"
    )


def done(action: str, now: datetime) -> str:
    """Return what the presser of a button is told."""
    return f"已{MOVES[action]}（{now:%H:%M}）"


def _safe(text: str) -> str:
    return escape(text, quote=False)
