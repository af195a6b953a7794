"""Brings what is new into the topics: one post under way for each topic, the rest is merged.

Reads what others have committed and plans posts in the outbox; nothing waits on the message path.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import RowMapping, text

from bot.channels.telegram.desk import words
from bot.channels.telegram.text import units
from bot.settings import TelegramDesk
from storage import pace
from storage.group_desk import GroupDesk
from storage.models.case import Handoff
from storage.unit_of_work import UnitOfWork

CHANNEL, KIND = "telegram-desk", "desk"
_LOCK = 7_2026_17
_MANY = 20
_LINES = 60
_LONGEST = 3_500
_AFTER_FAILURE, _AFTER_DOUBT = timedelta(minutes=5), timedelta(seconds=30)
_FILE_PATIENCE = timedelta(seconds=60)
_RECENT = timedelta(minutes=10)
_ALARM_EVERY_S = 1_800.0
_WHY: Final = "转人工，坐席群里显示遮挡后的摘要和之后的话"
_ARRIVED: Final = ("sent", "delivered")
_FILES: Final = ("image", "voice", "location")


Row = dict[str, Any]
FactsOf = Callable[[Handoff], Sequence[str]]


def _no_facts(_: Handoff) -> Sequence[str]:
    return ()


@dataclass(frozen=True)
class Relay:
    """Looks at all conversations that the group follows; safe to run twice."""

    settings: TelegramDesk
    account: str
    public_url: str
    facts: FactsOf = _no_facts

    @property
    def chat(self) -> str:
        """Return the group."""
        return str(self.settings.chat)

    def __call__(self, uow: UnitOfWork, now: datetime) -> bool:
        """Plan what is due; tell whether anything was."""
        if not _alone(uow):
            return False
        desk = GroupDesk(uow.connection)
        self._settle(uow, desk, now)
        self._tell_fates(uow, desk, now)
        self._vouch(uow, desk, now)
        self._point_at_private(uow, desk, now)
        for row in desk.behind(self.chat, now, _MANY):
            self._plan(uow, desk, dict(row), now)
        return uow.owes

    def _settle(self, uow: UnitOfWork, desk: GroupDesk, now: datetime) -> None:
        """Take note of how the posts under way have ended."""
        for row in desk.under_way():
            number, status = row["conversation_id"], row["status"]
            if status in _ARRIVED:
                desk.change(number, post_key=None, **_both("posted", "planned", row))
            elif status == "unknown":
                desk.change(number, **_both("posted", "planned", row))
                self.post(uow, number, row["posts"] + 1, {"text": words.LOST}, now)
                key = _key(number, row["posts"] + 1)
                desk.change(
                    number, posts=row["posts"] + 1, post_key=key, again_at=now + _AFTER_DOUBT
                )
            elif status != "due":
                # Nothing of it arrived: it comes again, merged with what came meanwhile.
                again: Row = {"post_key": None, "handoff": None, "live": True}
                again["again_at"] = now + _AFTER_FAILURE
                desk.change(number, **again, **_both("planned", "posted", row))
                self._alarm(uow, str(row["reason"]), now)

    def _alarm(self, uow: UnitOfWork, reason: str, now: datetime) -> None:
        """Tell the consoles that the group does not work; not again and again."""
        mark = f"alarm:{CHANNEL}:{self.chat}"
        if pace.once(uow.connection, mark, _ALARM_EVERY_S, now.timestamp()):
            why = f"Telegram 坐席群发不进去（{reason[:80]}），请先用控制台"
            data = {"level": "提醒", "why": why, "handoff": "坐席群"}
            uow.ownership.tell("alarm", None, None, now, data)

    def _tell_fates(self, uow: UnitOfWork, desk: GroupDesk, now: datetime) -> None:
        """Show what staff said in a topic and did not reach the customer."""
        waiting = desk.without_fate()
        for item in desk.fates(list(waiting)):
            row = waiting[item["dedupe_key"]]
            if item["status"] in ("due", "sending"):
                continue
            number, seq = row["conversation_id"], row["seq"]
            desk.settle_word(number, seq, item["status"])
            if told := words.fate(item["status"], str(item["reason"])):
                body = {"text": told, "reply_to": row["message"]}
                self.post(uow, number, f"f{seq}", body, now)

    def _point_at_private(self, uow: UnitOfWork, desk: GroupDesk, now: datetime) -> None:
        """Say that somebody waits whose words are read at the console only."""
        for row in desk.private_waiting(now - _RECENT):
            link = self._link(row["conversation_id"])
            uow.outbox.queue(
                dedupe_key=f"desk:private:{row['number']}",
                kind=KIND,
                channel=CHANNEL,
                account=self.account,
                peer=f"{self.chat}:general",
                body={"type": KIND, "text": words.private(dict(row), link), "general": True},
                due_at=now,
                now=now,
            )

    def _link(self, conversation: int) -> str:
        return f"{self.public_url.rstrip('/')}/console/inbox?c={conversation}"

    def _vouch(self, uow: UnitOfWork, desk: GroupDesk, now: datetime) -> None:
        """Whoever serves from the group has no console open; being active there is being there."""
        patience = timedelta(minutes=self.settings.idle_minutes)
        for row in desk.holders():
            since = max(filter(None, (row["active_at"], row["last_at"])))
            if row["author"] != "customer" or now - since < patience:
                uow.floor.beat(str(row["holder"]), now)

    def _plan(self, uow: UnitOfWork, desk: GroupDesk, row: Row, now: datetime) -> None:
        number = int(row["id"])
        handoff = uow.cases.open_handoff(number)
        if row["planned_seq"] is None:
            begun = desk.seq_at(number, handoff.opened_at) if handoff else row["last_seq"]
            desk.open(number, self.chat, begun, now)
            row |= {"planned_seq": begun, "planned_rev": 0, "posts": 0}
        if handoff and handoff.number != row["told_handoff"] and row["owner"] != "bot":
            # The summary holds the last words until the request was made.
            seq = max(row["planned_seq"], desk.seq_at(number, handoff.opened_at))
            body, rev = self._summary(row, handoff), row["owner_rev"]
            uow.customers.log_access(
                now, number, row["customer_id"], "Telegram 坐席群", f"conversation {number}", _WHY
            )
        else:
            found = self._news(uow, desk, row, now)
            if found is None:
                return
            body, seq, rev = found
        post = row["posts"] + 1
        self.post(uow, number, post, body, now)
        desk.change(
            number,
            posts=post,
            post_key=_key(number, post),
            planned_seq=seq,
            planned_rev=rev,
            live=not body.get("close"),
            handoff=handoff.number if handoff else row["told_handoff"],
        )

    def _summary(self, row: Row, handoff: Handoff) -> dict[str, Any]:
        return {
            "text": _short(words.card(row, handoff, self._link(row["id"]), self.facts(handoff))),
            "moves": list(words.moves(row["owner"])),
            "rev": row["owner_rev"],
            "title": words.title(row, handoff),
            "open": True,
        }

    def _news(
        self, uow: UnitOfWork, desk: GroupDesk, row: Row, now: datetime
    ) -> tuple[dict[str, Any], int, int] | None:
        """Return the next post, the message and the revision it goes up to; None = not yet."""
        number, seq = int(row["id"]), int(row["planned_seq"])
        own = desk.written_here(number, seq)
        told: list[str] = []
        for message in uow.conversations.after(number, seq, _LINES):
            if message["author"] == "system" or message["seq"] in own:
                seq = message["seq"]
                continue
            if self._is_file(message):
                if told:
                    return self._told(row, told), seq, row["planned_rev"]
                return self._file(desk, row, message, now)
            shown = words.line(message["author"], message["body"])
            if told and units("\n".join([*told, shown])) > _LONGEST:
                return self._told(row, told), seq, row["planned_rev"]
            told.append(shown)
            seq = message["seq"]
        if seq < row["last_seq"] or row["planned_rev"] == row["owner_rev"]:
            if told:
                return self._told(row, told), seq, row["planned_rev"]
            desk.change(number, planned_seq=seq, posted_seq=seq)
            return None
        return self._turned(row, told), seq, row["owner_rev"]

    def _told(self, row: Row, told: Sequence[str]) -> dict[str, Any]:
        return {"text": "\n".join(told), "title": words.title(row, None)}

    def _turned(self, row: Row, told: Sequence[str]) -> dict[str, Any]:
        """Say who has the conversation now, after what was said before."""
        owner = str(row["owner"])
        text_ = "\n".join([*told, words.state(owner, row["agent"])])
        more = {"close": True} if owner == "bot" else {}
        return {
            "text": text_,
            "moves": list(words.moves(owner)),
            "rev": row["owner_rev"],
            "title": words.title(row, None),
            **more,
        }

    def _is_file(self, message: RowMapping) -> bool:
        kind = message["body"].get("type")
        wanted = self.settings.relay_media or kind == "location"
        return message["author"] == "customer" and kind in _FILES and wanted

    def _file(
        self, desk: GroupDesk, row: Row, message: RowMapping, now: datetime
    ) -> tuple[dict[str, Any], int, int] | None:
        """Return a photo, a voice note or a place; None while the file is still on its way."""
        body, seq = message["body"], int(message["seq"])
        shown = words.line("customer", body)
        post: dict[str, Any] = {"text": shown, "title": words.title(row, None)}
        if body.get("type") == "location":
            place = body.get("location") or {}
            return post | {"place": [place.get("lat"), place.get("lon")]}, seq, row["planned_rev"]
        file = desk.files(int(row["id"]), str(body.get("media") or ""))
        if file is None or not file["path"]:
            coming = file is not None and file["fetching"] == "due"
            if coming and now - message["at"] < _FILE_PATIENCE:
                return None
            return post | {"text": f"{shown}（没取到，请到控制台看）"}, seq, row["planned_rev"]
        return post | {"file": file["path"], "kind": body["type"]}, seq, row["planned_rev"]

    def post(
        self,
        uow: UnitOfWork,
        conversation: int,
        number: int | str,
        body: Mapping[str, Any],
        now: datetime,
    ) -> None:
        """Owe a post to a topic."""
        uow.outbox.queue(
            dedupe_key=_key(conversation, number),
            kind=KIND,
            channel=CHANNEL,
            account=self.account,
            peer=f"{self.chat}:{conversation}",
            body={"type": KIND, "conversation": conversation, **body},
            due_at=now,
            now=now,
        )


def _key(conversation: int, number: int | str) -> str:
    return f"desk:{conversation}:{number}"


def _both(to: str, source: str, row: RowMapping) -> dict[str, Any]:
    return {f"{to}_{what}": row[f"{source}_{what}"] for what in ("seq", "rev")}


def _short(html: str) -> str:
    """Cut a summary at a line's end: a cut tag would be no HTML any more."""
    while units(html) > _LONGEST:
        head, _, last = html.rpartition("\n\n")
        html = f"{head.rpartition(chr(10))[0]}\n\n{last}"
    return html


def _alone(uow: UnitOfWork) -> bool:
    """Tell whether no other process relays now; SQLite has one writer anyway."""
    if uow.connection.dialect.name != "postgresql":
        return True
    query = text("SELECT pg_try_advisory_xact_lock(:lock)")
    return bool(uow.connection.execute(query, {"lock": _LOCK}).scalar())
