"""One inbound message, one turn, one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

import structlog

from bot import core_answers, wishes
from bot.attachments import keep_media
from bot.back_office import ProductView
from bot.dialogue import awaited, phrases, words
from bot.dialogue.commands import (
    Command,
    FillSlots,
    NotUnderstood,
    Resume,
    Said,
    Say,
)
from bot.dialogue.fold import fold
from bot.dialogue.manager import DialogueManager
from bot.dialogue.message import InboundMessage, Location, Reply, clean
from bot.dialogue.slot_types.person import name_alone
from bot.dialogue.state import DialogueState
from bot.dialogue.understand import Understander
from bot.edits import Hindsight
from bot.replies import entry_of, shape_of, tidy
from bot.replies import rows as replies_as_rows
from bot.result import Claim, CutReplies, Result
from bot.settings import Settings
from bot.sources import note_arrival
from bot.turn_record import of_turn
from storage.back_office import TransactionBackOffice
from storage.conversations import OpenConversation
from storage.crypto import Cipher
from storage.transactions import Thoughts
from storage.unit_of_work import UnitOfWork

_THOUGHT_OUT = 60  # characters; what is longer is not remembered either
MAX_TEXT = 2_000  # what is understood; the rest is only kept
MAX_STORED = 20_000
_PLATFORM_DESK = "微信多客服"
_ANSWERED_EVENTS = ("subscribe", "scan", "scancode_waitmsg", *core_answers.EVENTS)
log = structlog.get_logger()


@dataclass(frozen=True)
class Engine:
    """Answers a message exactly once, however often it arrives."""

    understander: Understander
    manager: DialogueManager
    settings: Settings
    cipher: Cipher
    cuts: Mapping[str, CutReplies] = field(default_factory=dict)
    products: Sequence[ProductView] = ()

    def turn(self, uow: UnitOfWork, message: InboundMessage, now: datetime, claim: Claim) -> Result:
        """Work out one message inside the caller's transaction."""
        message = _cleaned(message)
        conversation = uow.conversations.open(message, now)
        if conversation.repeat_of is not None:
            return self._repeat(uow, conversation, message, now, claim)
        office = self._office(uow, conversation, message.channel, message.text, now)
        before = (conversation.state, conversation.owner)
        replies = self._replies(uow, conversation, message, office, now)
        for happening in of_turn(message, conversation, before, replies, now):
            uow.ledger.add(happening)
        return self._store(uow, conversation, message, replies, now, claim)

    def thoughts(self, message: InboundMessage) -> Thoughts:
        """Return what the turn will want to know of the words alone; it is remembered there."""
        text = message.text
        if message.kind != "text" or not 0 < len(text) <= _THOUGHT_OUT:
            return ()
        return (
            partial(self.understander.intents.read, text),
            partial(self.understander.look_ahead, text),
        )

    def go_on(
        self, uow: UnitOfWork, conversation: OpenConversation, channel: str, now: datetime
    ) -> list[Reply]:
        """Return how the bot goes on after a person: with the draft, where there is one."""
        state = DialogueState.from_json(conversation.state)
        if not state.stack:
            return []
        office = self._office(uow, conversation, channel, "", now)
        turn = self.manager.advance(state, [Resume()], office, now)
        conversation.state = turn.state.to_json()
        return tidy(turn)

    def apologise(
        self, uow: UnitOfWork, message: InboundMessage, now: datetime, claim: Claim, reference: str
    ) -> Result:
        """Store a message whose turn failed, tell the customer, and put a person on it."""
        message = _cleaned(message)
        conversation = uow.conversations.open(message, now)
        if conversation.repeat_of is not None:
            return self._repeat(uow, conversation, message, now, claim)
        self._office(uow, conversation, message.channel, message.text, now).hand_off(
            "P2", f"系统故障 {reference}"
        )
        text = phrases.TECHNICAL.format(reference=reference, hotline=self.settings.hotline)
        return self._store(uow, conversation, message, [Reply(text)], now, claim)

    def _office(
        self,
        uow: UnitOfWork,
        conversation: OpenConversation,
        channel: str,
        text: str,
        now: datetime,
    ) -> TransactionBackOffice:
        return TransactionBackOffice(
            uow=uow,
            conversation=conversation,
            channel=channel,
            settings=self.settings,
            cipher=self.cipher,
            at=now,
            recent=(text,) if text else (),
            cards=self.products,
            release=self.understander.knowledge.release,
        )

    def _repeat(
        self,
        uow: UnitOfWork,
        conversation: OpenConversation,
        message: InboundMessage,
        now: datetime,
        claim: Claim,
    ) -> Result:
        """Return what was answered; if nobody waits for it any more, the outbox delivers it."""
        seq = conversation.repeat_of or 0
        stored = uow.conversations.stored_replies(conversation.id, seq)
        in_response = [reply for reply, way, _ in stored if way == "response"]
        if in_response and not claim.take("response"):
            uow.conversations.mark_sent_by(conversation.id, seq, "outbox")
            # What was computed before a person took the floor does not get younger by this.
            conversation.owner_rev = min(rev for _, _, rev in stored)
            self._owe(uow, conversation, message, seq, in_response, now)
            in_response = []
        shape = shape_of(conversation.state, conversation.owner)
        return Result(conversation.id, seq, tuple(in_response), shape, True, uow.owes)

    def _replies(
        self,
        uow: UnitOfWork,
        conversation: OpenConversation,
        message: InboundMessage,
        office: TransactionBackOffice,
        now: datetime,
    ) -> list[Reply]:
        media = keep_media(uow, conversation, message, now)
        note_arrival(uow, conversation, message, now)
        if message.kind == "event" and self._silent_event(uow, conversation, message, now):
            wishes.privacy(message, office)
            return []
        if conversation.owner != "bot":
            # Consoles that show it must hear of it; a conversation with the bot costs nothing.
            uow.ownership.heard(conversation.id, now)
        if conversation.owner == "agent":
            # The agent does the talking; a photo still goes to where it belongs.
            if message.kind == "image" and (number := office.claim_for_photos()):
                office.attach_photos(number)
            return self._danger(message, office)
        state = DialogueState.from_json(conversation.state)
        hindsight = Hindsight(uow, conversation, self.understander, now)
        if hindsight.nothing_new(message) or core_answers.nobody_waits(message, state):
            return []
        commands = hindsight.commands(message, state) or core_answers.commands(message, office)
        commands = commands or self._commands(message, state, media, now, office)
        turn = self.manager.advance(state, commands, office, now, message.text)
        conversation.state = turn.state.to_json()
        return tidy(turn)

    def _danger(self, message: InboundMessage, office: TransactionBackOffice) -> list[Reply]:
        """People come before papers, whoever talks: say whom to call, and alarm the desk."""
        fired = self.understander.intents.read((message.spoken or "")[:MAX_TEXT]).escalation
        if fired.level != "P0" or not office.alarm(fired.rule):
            return []
        return [Reply(phrases.OF_OURSELVES.sub("", fired.say) + phrases.AGENT_IS_TOLD)]

    def _commands(
        self,
        message: InboundMessage,
        state: DialogueState,
        media: str,
        now: datetime,
        office: TransactionBackOffice,
    ) -> list[Command]:
        if message.kind == "image":
            return self._photo(state, media, office)
        if message.location and message.kind == "location":
            return self._located(state, message.location)
        text = message.spoken
        if flow := _plainly_about(fold(text or "").strip(), state, office):
            return awaited.start(flow, text or "")
        if text is None:
            return [
                Say(phrases.GOT_VOICE if message.kind == "voice" else phrases.GOT_FILE, ("转人工",))
            ]
        if not text.strip():
            return [Say(phrases.EMPTY, phrases.MENU_BUTTONS)]
        registry = self.understander.registry
        off = awaited.in_between(fold(text).strip(), state, registry, office)
        return off or self._understood(message, text, state, now)

    def _understood(
        self, message: InboundMessage, text: str, state: DialogueState, now: datetime
    ) -> list[Command]:
        at = message.sent_at if abs((message.sent_at - now).total_seconds()) < 86_400 else now
        commands = self.understander.commands(text[:MAX_TEXT], state, at)
        if message.kind == "event" and any(isinstance(c, NotUnderstood) for c in commands):
            return [Say(phrases.HELP_OPEN, phrases.MENU_BUTTONS)]  # an unknown menu key is no miss
        return commands

    def _located(self, state: DialogueState, location: Location) -> list[Command]:
        """A shared location is the place of the open flow; its name is no sentence to be read."""
        flows = self.understander.registry.flows
        if state.top and state.top.flow in flows and "place" in flows[state.top.flow].slots:
            place = Said(location.words, "定位")
            return [FillSlots({"place": place}, flow=state.top.flow, override=True)]
        label = location.label or "您分享的位置"
        return [Say(phrases.GOT_LOCATION.format(label=label), phrases.MENU_BUTTONS)]

    def _photo(
        self, state: DialogueState, media: str, office: TransactionBackOffice
    ) -> list[Command]:
        """Photos go to the open flow that wants them, else to the claim they belong to."""
        flows = self.understander.registry.flows
        if state.top and state.top.flow in flows and "photos" in flows[state.top.flow].slots:
            return [FillSlots({"photos": Said([media], "照片")})]
        if number := office.claim_for_photos():
            count = office.attach_photos(number)
            return [Say(phrases.PHOTO_ATTACHED.format(number=number, count=count))]
        if number := office.service_for_photos():
            count = office.attach_service_photos(number)
            return [Say(phrases.PHOTO_FOR_SERVICE.format(number=number, count=count))]
        return [Say(phrases.GOT_PHOTO, phrases.GOT_PHOTO_BUTTONS)]

    def _silent_event(
        self,
        uow: UnitOfWork,
        conversation: OpenConversation,
        message: InboundMessage,
        now: datetime,
    ) -> bool:
        """Take note of events that are never answered."""
        if message.event == "unsubscribe":
            uow.conversations.set_subscribed(conversation, subscribed=False)
            uow.outbox.drop_for(conversation.id, "已取消关注")
            conversation.state = {}
        if message.event == "subscribe":
            uow.conversations.set_subscribed(conversation, subscribed=True)
        if message.event == "kf_create":
            # The platform's own desk holds the session: two voices would confuse the customer.
            uow.ownership.pass_on(conversation, "agent", _PLATFORM_DESK, "kf_create", now)
        if message.event == "kf_close" and conversation.owner == "agent":
            uow.ownership.pass_on(conversation, "bot", None, "kf_close", now)
        wishes.note(uow, conversation, message, self.settings, now)
        return message.event not in _ANSWERED_EVENTS and not message.event.startswith("click:")

    def _store(
        self,
        uow: UnitOfWork,
        conversation: OpenConversation,
        message: InboundMessage,
        replies: list[Reply],
        now: datetime,
        claim: Claim,
    ) -> Result:
        """Write the message, its replies and the state; owe what the response cannot carry."""
        seq = conversation.last_seq + 1
        cut = self.cuts.get(message.channel)
        now_part, later = cut(replies) if cut else (replies, ())
        if replies and not claim.take("response"):
            now_part, later = (), [*now_part, *later]
        said = replies_as_rows(replies, now_part, later, seq)
        body = message.stored_body()
        if entry := entry_of(replies):
            body["kb"] = {"entry": entry, "release": self.understander.knowledge.release}
        inbound = {"author": "customer", "key": message.key, "body": body}
        uow.conversations.record(conversation, [inbound, *said], now)
        if later:
            self._owe(uow, conversation, message, seq, later, now)
        shape = shape_of(conversation.state, conversation.owner)
        return Result(conversation.id, seq, tuple(now_part), shape, owes=uow.owes)

    def _owe(
        self,
        uow: UnitOfWork,
        conversation: OpenConversation,
        message: InboundMessage,
        seq: int,
        replies: Sequence[Reply],
        now: datetime,
    ) -> None:
        for number, reply in enumerate(replies):
            uow.outbox.queue(
                dedupe_key=f"reply:{conversation.id}:{seq}:{number}",
                kind="reply",
                channel=message.channel,
                account=message.account,
                peer=message.peer,
                body=reply.to_json(),
                due_at=now,
                now=now,
                conversation_id=conversation.id,
                owner_rev=conversation.owner_rev,
            )


def _cleaned(message: InboundMessage) -> InboundMessage:
    text = clean(message.text, MAX_STORED)
    return message if text == message.text else replace(message, text=text)


def _plainly_about(text: str, state: DialogueState, office: TransactionBackOffice) -> str:
    """Return the flow of a remark that means something only because of what is waiting."""
    if office.waiting and words.HOW_LONG.match(text):
        return "human"
    if state.stack:
        return ""
    if flow := awaited.flow_about(text, office):
        return flow
    if words.REFUSES.search(text) and any(view.decided for view in office.complaints()[:1]):
        return "complaint_review"
    if words.VALUE_ALONE.fullmatch(text.strip()):
        return _given(office)
    return "apply_mend" if name_alone(text) and office.name_returned_here else ""


def _given(office: TransactionBackOffice) -> str:
    """Return the flow that waits for a value like this, without having asked just now."""
    if office.returned_here:
        return "apply_mend"
    return "privacy_contact" if office.lacks_contact else ""
