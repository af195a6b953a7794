"""What members of the staff group do, done at the desk: the same fenced moves as the console's."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from telegram import Bot

from bot.channels.telegram.desk import words
from bot.channels.telegram.desk.relay import CHANNEL, KIND
from bot.channels.telegram.desk.updates import Act, act
from bot.clockwork.desk_hours import DeskHours
from bot.handoff import Desk, Done, GoOn
from bot.permissions import allowed
from storage import desk_presence
from storage.group_desk import Colleague, GroupDesk
from storage.rules.skills import skills
from storage.transactions import Transactions
from storage.unit_of_work import UnitOfWork

log = structlog.get_logger(__name__)
_MOST = 2_000
_LEAD: Final = ("supervisor", "admin")
_NOBODY: Final = "匿名发言认不出是谁，没有发给客户。请关掉匿名（群管理员权限里的“保持匿名”）再说。"
_NOT_YOURS: Final = "您的角色不能接客户，没有发出。要开通请找主管。"
_PRIVATE: Final = "这个会话涉及投诉，要回避，没有发出。请到控制台办。"
_EDITED: Final = "改动不会发给客户。要更正，请另发一条。"
_FILE: Final = "照片、文件、语音还不能从群里发给客户，没有发出。请用文字。"
_TOO_LONG: Final = f"一条最多 {_MOST} 字，没有发出。请分两条。"
_BOT_SERVES: Final = "机器人正在服务，没有发出。要接过来，先发 /take。"
_UNKNOWN: Final = "没有这个命令，没有发给客户。\n"
_ON: Final = "记下了，{until:%H:%M} 以前算在岗；接管或回复客户会顺延，离开发 /off。"
_OFF: Final = "记下了，您离开了。手上的客户请先 /transfer 或 /release。"
_WHOM: Final = "转给谁？写 /transfer 同事名或组名。现在在线：{online}；组：{groups}。"


@dataclass(frozen=True)
class Moment:
    """One update being worked off: who did it, where, and what it is done with."""

    uow: UnitOfWork
    desk: Desk
    group: GroupDesk
    act: Act
    who: Colleague
    conversation: int
    now: datetime
    present: timedelta


@dataclass(frozen=True)
class GroupIntake:
    """Takes the group's updates; each number counts once."""

    bot: Bot
    chat: int
    account: str
    transactions: Transactions
    now: Callable[[], datetime]
    go_on: GoOn
    hours: DeskHours
    later: Callable[[Awaitable[Any]], None]
    ring: Callable[[], None] = lambda: None
    present: timedelta = timedelta(minutes=30)

    async def take(self, raw: Any) -> bool:
        """Do what an update asks; False when it is not of this group."""
        try:
            found = act(raw, self.chat)
        except (TypeError, ValueError, KeyError, OverflowError):
            log.warning("telegram.group_unreadable")
            return False
        if found is None:
            return False
        if found.kind == "nothing":
            return True
        work = self.transactions.submit(lambda uow: self._once(uow, found))
        answer = await asyncio.wrap_future(work)
        self.ring()
        if found.query:
            self.later(
                self.bot.answer_callback_query(found.query, answer, show_alert=len(answer) > 20)
            )
        return True

    def _once(self, uow: UnitOfWork, found: Act) -> str:
        """Work off an update the first time; later return what it was answered."""
        group, now = GroupDesk(uow.connection), self.now()
        if not group.first_sight(self.account, found.number, now):
            return group.answer_of(self.account, found.number)
        answer = self._worked_off(uow, group, found, now)
        if found.query:
            group.answered(self.account, found.number, answer)
        elif answer:
            self._reply(uow, found, answer, now)
        return answer

    def _worked_off(self, uow: UnitOfWork, group: GroupDesk, found: Act, now: datetime) -> str:
        """Return what its author is told, '' for nothing."""
        conversation = found.conversation or group.at(str(self.chat), found.thread) or 0
        if not found.person:
            return _NOBODY if conversation and found.kind != "edit" else ""
        who = group.colleague(found.person)
        if who is None:
            return self._stranger(uow, found, now)
        desk = Desk(uow, now, self.go_on, self.hours)
        here = Moment(uow, desk, group, found, who, conversation, now, self.present)
        return _shift(here) if found.kind in ("on", "off") else self._at_a_topic(here)

    def _at_a_topic(self, here: Moment) -> str:
        """Do what is about one customer; outside of topics there is none."""
        if not here.conversation:
            return words.GENERAL if here.act.kind in ("help", "start") else ""
        if not allowed(here.who.role, "handoffs", "read"):
            return _NOT_YOURS
        return _PRIVATE if here.group.is_private(here.conversation) else self._moved(here)

    def _stranger(self, uow: UnitOfWork, found: Act, now: datetime) -> str:
        """Tell somebody without an account once how to get one; afterwards say nothing."""
        text = words.stranger(found.person)
        if found.query:
            return text
        self._owe(uow, f"desk:stranger:{self.chat}:{found.person}", found, text, now)
        return ""

    def _moved(self, here: Moment) -> str:
        kind = here.act.text if here.act.kind == "press" else here.act.kind
        handler = _HANDLERS.get(kind)
        if handler is None:
            return _UNKNOWN + words.HELP if here.act.kind != "press" else "这个按钮过期了"
        return handler(here)

    def _reply(self, uow: UnitOfWork, found: Act, text: str, now: datetime) -> None:
        self._owe(uow, f"desk:u{self.account}:{found.number}", found, text, now)

    def _owe(self, uow: UnitOfWork, key: str, found: Act, text: str, now: datetime) -> None:
        """Owe an answer in the topic where somebody wrote."""
        conversation = GroupDesk(uow.connection).at(str(self.chat), found.thread)
        where = {"conversation": conversation} if conversation else {"general": True}
        uow.outbox.queue(
            dedupe_key=key,
            kind=KIND,
            channel=CHANNEL,
            account=self.account,
            peer=f"{self.chat}:{conversation or 'general'}",
            body={"type": KIND, "text": text, "reply_to": found.message, **where},
            due_at=now,
            now=now,
        )


def _shift(here: Moment) -> str:
    """Whoever has no page open says that they are there, or that they are leaving."""
    if not allowed(here.who.role, "handoffs", "read"):
        return _NOT_YOURS
    until = here.now + here.present if here.act.kind == "on" else here.now
    desk_presence.note(here.uow.connection, here.who.name, until)
    return _ON.format(until=until) if here.act.kind == "on" else _OFF


def _take(here: Moment) -> str:
    """Take over; a lead takes also from a colleague, by a button that shows today's state."""
    lead = here.who.role in _LEAD and here.act.kind == "press"
    done = here.desk.take(
        here.conversation, here.who.name, here.act.seen if lead else None, force=lead
    )
    return _ended(here, done, "take")


def _close(here: Moment) -> str:
    """End the service; what stands behind the command is the reason of the wrap-up."""
    reason = here.act.text[:40] if here.act.kind != "press" else ""
    wrap_up = {"reason": reason, "solved": "", "follow_up": ""}
    done = here.desk.hand_back(here.conversation, here.who.name, None, wrap_up)
    return _ended(here, done, "close")


def _return(here: Moment) -> str:
    return _ended(here, here.desk.hand_back(here.conversation, here.who.name), "return")


def _release(here: Moment) -> str:
    done = here.desk.release(here.conversation, here.who.name, "放回排队")
    return _ended(here, done, "release")


def _transfer(here: Moment) -> str:
    """Pass on to a colleague or a group by name; without a name say who is there."""
    name = here.act.text
    group = next((one for one in skills().all if name in (one.title, one.code)), None)
    if group:
        done = here.desk.refer(here.conversation, here.who.name, group.code, group.title)
        return "" if done.ok else done.why
    colleague = here.group.employed(name) if name else None
    if colleague is None or not allowed(colleague.role, "handoffs", "read"):
        there = [one.name for one in here.uow.floor.agents()]
        there += desk_presence.at_work(here.uow.connection, here.now)
        online = "、".join(dict.fromkeys(there)) or "没有人"
        groups = "、".join(one.title for one in skills().all)
        missing = f"没有叫{name}、能接客户的同事。" if name else ""
        return missing + _WHOM.format(online=online, groups=groups)
    done = here.desk.transfer(here.conversation, here.who.name, colleague.name)
    return "" if done.ok else done.why


def _note(here: Moment) -> str:
    if not here.act.text:
        return "备注写在命令后面：/note 客户下午三点以后方便"
    done = here.desk.note(here.conversation, here.who.name, here.act.text[:_MOST])
    if done.ok:
        here.group.said(here.conversation, done.seq, here.act.message, "note", here.now)
        return "已记为备注，客户看不到。"
    return done.why


def _say(here: Moment) -> str:
    """Answer the customer; whoever answers one that nobody has becomes the owner first."""
    text = here.act.text.strip()
    if len(text) > _MOST:
        return _TOO_LONG
    if not text:
        return ""
    owner = here.uow.ownership.open(here.conversation)
    if owner is None or owner.owner == "bot":
        return _BOT_SERVES
    if owner.owner == "queue":
        taken = here.desk.take(here.conversation, here.who.name)
        if not taken.ok:
            return f"没有发出：{taken.why}"
    done = here.desk.say(here.conversation, here.who.name, text, f"tg{here.act.number}")
    if not done.ok:
        return f"没有发出：{done.why}"
    here.group.said(here.conversation, done.seq, here.act.message, "waiting", here.now)
    _active(here)
    return ""


def _ended(here: Moment, done: Done, move: str) -> str:
    """Return what the author of a move is told: why not, or after a button that it is done."""
    if not done.ok:
        return done.why
    if move == "take":
        _active(here)
    return words.done(move, here.now) if here.act.kind == "press" else ""


def _active(here: Moment) -> None:
    """Note that the conversation is served from the group now."""
    here.group.change(here.conversation, holder=here.who.name, active_at=here.now)
    here.uow.floor.beat(here.who.name, here.now)
    desk_presence.note(here.uow.connection, here.who.name, here.now + here.present)


_HANDLERS: Final[dict[str, Callable[[Moment], str]]] = {
    "take": _take,
    "close": _close,
    "return": _return,
    "release": _release,
    "transfer": _transfer,
    "note": _note,
    "say": _say,
    "edit": lambda _: _EDITED,
    "file": lambda _: _FILE,
    "help": lambda _: words.HELP,
}
