"""Play a script through the real engine in a scratch database."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bot.bootstrap import App
from bot.dialogue.message import Attachment, InboundMessage, Location, Reply
from bot.handoff import Desk
from bot.result import Result
from bot.scripts import checks
from bot.scripts.given import Given
from bot.scripts.records import records
from bot.scripts.script import Script, span
from storage import schema
from storage.models.base import table_of
from storage.models.outbox import OutboxItem
from storage.unit_of_work import UnitOfWork

_CHANNELS = {
    "web": ("webchat", "web"),
    "wechat": ("wechat", "wx-script"),
    "telegram": ("telegram", "bot"),
}
_BETWEEN_TURNS = timedelta(seconds=20)
_OTHER_KINDS = ("location", "voice", "event")
_CODE = re.compile(r"\d{6}")


@dataclass(frozen=True)
class Mode:
    """How to play: restart the process after every turn, deliver every message twice."""

    restart: bool = False
    twice: bool = False


class Stage:
    """What all plays share: the expensive read-only parts and an empty database to copy."""

    def __init__(self, base: App, folder: Path) -> None:
        self.base = base
        self.folder = folder
        self._count = 0
        self._empty = folder / "empty.db"
        empty = self.app(self._empty, base.clock)
        schema.upgrade(empty.transactions.engine)
        empty.transactions.close()

    def app(self, database: Path, clock: Any) -> App:
        """Return an App on ``database`` that shares the knowledge and the understanding."""
        changed = {
            "database_url": f"sqlite:///{database}",
            "data_dir": database.parent / database.stem,
            "wechat": None,
            "telegram": None,
        }
        return self.base.beside(clock, **changed)

    def fresh(self) -> Path:
        """Return the path of a new, empty database."""
        self._count += 1
        target = self.folder / f"play{self._count}.db"
        shutil.copy(self._empty, target)
        return target


@dataclass
class Play:
    """One conversation being played."""

    stage: Stage
    script: Script
    mode: Mode = field(default_factory=Mode)

    def __post_init__(self) -> None:
        self.at = self.script.now
        self.path = self.stage.fresh()
        self.app = self._open()
        self.count = 0
        self.heard: list[Reply] = []
        self.state: Mapping[str, Any] = {}

    def _open(self) -> App:
        return self.stage.app(self.path, self._now)

    def _now(self) -> datetime:
        return self.at

    def run(self) -> dict[str, Any]:
        """Play all turns and return the result line of the contract."""
        try:
            skipped = self.app.transactions.run(self._given)
            before = len(self.app.transactions.read(records)["claims"])
            turns = [self._turn(turn) for turn in self.script.turns]
            found = self.app.transactions.read(records)
            found["new_claims"] = len(found["claims"]) - before
        finally:
            self.app.transactions.close()
            self.path.unlink(missing_ok=True)
        failed = checks.record_failures(self.script.records, found)
        failed += [f"given {kind} cannot be made" for kind in skipped]
        failed += [f"turn {n}: {f}" for n, turn in enumerate(turns, 1) for f in turn["failed"]]
        return {"id": self.script.id, "turns": turns, "records": found, "failed": failed}

    def _given(self, uow: UnitOfWork) -> list[str]:
        conversation = uow.conversations.open(self._message(text=""), self.at)
        if self.script.state:
            conversation.state = dict(self.script.state)
            uow.conversations.record(conversation, [], self.at)
        return Given(uow, self.stage.base.cipher, self.at, conversation).make(self.script.given)

    def _turn(self, turn: Mapping[str, Any]) -> dict[str, Any]:
        if after := turn.get("after"):
            self.at += span(after)
        if "bot" not in turn:
            self.heard = []
            for message in self._messages(turn):
                result = self._deliver(message)
                self.heard += result.now
                self.state = result.state
            self._act(turn)
            self.at += _BETWEEN_TURNS
        flow = self.state.get("flow")
        failed = checks.turn_failures(_own_checks(turn), self.heard, flow)
        said = {k: turn[k] for k in turn if not k.startswith(("expect", "must"))}
        return {
            "in": said,
            "replies": [reply.to_json() for reply in self.heard],
            "state": dict(self.state),
            "failed": failed,
        }

    def _messages(self, turn: Mapping[str, Any]) -> list[InboundMessage]:
        """Return what the customer sends in this turn, in order."""
        texts = [turn["user"]] if "user" in turn else turn.get("burst", ())
        said = [self._message(text=self._with_code(str(text))) for text in texts]
        photos = [self._photo() for _ in range(int(turn.get("image", 0)))]
        other = [self._other(kind, turn[kind]) for kind in _OTHER_KINDS if turn.get(kind)]
        return [*said, *photos, *other]

    def _other(self, kind: str, what: Any) -> InboundMessage:
        """Return a location, voice message or event."""
        message = self._message(text="")
        if kind == "event":
            return replace(message, kind="event", event=str(what))
        if kind == "voice":
            words = what.get("recognition", "") if isinstance(what, dict) else what
            return replace(message, kind="voice", text=str(words or ""))
        location = Location(float(what["lat"]), float(what["lon"]), str(what.get("label", "")))
        return replace(message, kind="location", location=location)

    @property
    def address(self) -> tuple[str, str, str]:
        """Return channel, account and peer of the customer."""
        return (*_CHANNELS[self.script.channel], "customer")

    def _message(self, text: str) -> InboundMessage:
        self.count += 1
        return InboundMessage(*self.address, f"m{self.count}", self.at, text)

    def _photo(self) -> InboundMessage:
        message = self._message(text="")
        attachment = Attachment("image", f"scripts/{message.key}.jpg", stored=True)
        return replace(message, kind="image", attachment=attachment)

    def _with_code(self, text: str) -> str:
        if "{code}" not in text:
            return text
        return text.replace("{code}", self.app.transactions.read(_last_code))

    def _deliver(self, message: InboundMessage) -> Result:
        result = self._once(message)
        if self.mode.twice:
            again = self._once(message)
            if again.now != result.now:
                raise AssertionError(f"a repeated message was answered differently: {again.now}")
        if self.mode.restart:
            self.app.transactions.close()
            self.app = self._open()
        return result

    def _once(self, message: InboundMessage) -> Result:
        result = asyncio.run(self.app.inbox.result(message))
        if result is None:
            raise AssertionError("without a deadline there is always a result")
        return result

    def _act(self, turn: Mapping[str, Any]) -> None:
        """Do what the agent does: take and hand back around what is typed."""
        action, text = turn.get("agent_action"), turn.get("agent")
        if action is None and text is None:
            return

        def work(uow: UnitOfWork) -> None:
            conversation = uow.conversations.id_of(*self.address) or 0
            desk = Desk(uow, self.at, self.app.engine.go_on)
            if action == "take":
                desk.take(conversation, _AGENT)
            if text is not None:
                desk.say(conversation, _AGENT, str(text))
            if action == "hand_back":
                desk.hand_back(conversation)

        self.app.transactions.run(work)


_AGENT = "客服小李"


def _own_checks(turn: Mapping[str, Any]) -> Mapping[str, Any]:
    """Translate a ``bot`` turn of our own transcripts into the common checks."""
    if "bot" not in turn:
        return turn
    wanted = turn["bot"]
    return {"expect_all": wanted if isinstance(wanted, list) else [wanted], **turn}


def _last_code(uow: UnitOfWork) -> str:
    table = table_of(OutboxItem)
    query = select(table.c.body).where(table.c.kind == "code").order_by(table.c.id.desc()).limit(1)
    body = uow.connection.execute(query).scalar()
    match = _CODE.search(str(body["text"])) if body else None
    # A script that presumes a code which was never sent goes on, and fails at its own checks.
    return match.group() if match else "000000"


def play(stage: Stage, scripts: Sequence[Script], mode: Mode | None = None) -> list[dict[str, Any]]:
    """Play scripts one after the other."""
    return [Play(stage, script, mode or Mode()).run() for script in scripts]
