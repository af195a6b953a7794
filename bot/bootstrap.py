"""Composition root: the only module that knows every part."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property, partial

import intents as intents_package
from bot import clock, outbound_parts, staff_parts
from bot import settings as configuration
from bot.back_office import ProductView
from bot.channels.base import Sender
from bot.channels.core.delivery import core_routes
from bot.channels.inbox import ChannelInbox
from bot.channels.telegram import parts as telegram
from bot.channels.webchat.ports import PageInfo
from bot.channels.webchat.service import EngineChat
from bot.channels.webhook import WebhookSender
from bot.channels.wechat import text as wechat_text
from bot.channels.wechat.app import WeChatCallback
from bot.channels.wechat.client import WeChatApi
from bot.channels.wechat.routes import routes as wechat_routes
from bot.clockwork.calendar_files import shipped
from bot.console.live import News
from bot.desks import changes, claim_facts
from bot.dialogue.manager import DialogueManager
from bot.dialogue.message import InboundMessage
from bot.dialogue.registry import Registry, find_flows
from bot.dialogue.understand import Understander
from bot.engine import Engine
from bot.inbox import EngineInbox
from bot.knowledge import live
from bot.knowledge.calibrating import Calibrating
from bot.knowledge.releases import Editors
from bot.media import MediaStore
from bot.metrics import METRICS
from bot.outbox import Deliver, Dispatcher
from bot.queue_keeper import QueueKeeper
from bot.result import Result
from bot.settings import Settings, WeChat
from bot.spool import Spool
from knowledge_base import products
from knowledge_base.service import Service
from knowledge_base.shelf import Shelf
from knowledge_base.understanding.reader import SentenceReader
from knowledge_base.wordings import Memory
from scheduler.runner import Runner
from storage.crypto import Cipher
from storage.database import open_engine
from storage.outbox import Leased
from storage.rules import (
    application_checks,
    application_states,
    claim_clocks,
    claim_states,
    claim_texts,
    claim_tracks,
    consents,
    measures,
    outbound,
    policy_terms,
    policy_words,
    renewal,
    service_states,
    skills,
)
from storage.rules import claim as claim_rules
from storage.rules import complaint as complaint_rules
from storage.tokens import StoredTokens
from storage.transactions import Transactions, transactions

# Read-only and slow to load: several Apps of one process use the same.
_SHARED = ("registry", "knowledge", "reader", "secret", "cipher", "products")


@dataclass
class App:
    """All parts of one process, each made when first needed."""

    settings: Settings
    clock: Callable[[], datetime] = clock.now
    listeners: list[Callable[[InboundMessage, Result], None]] = field(default_factory=list)

    @classmethod
    def from_configuration(cls) -> App:
        """Read config.yaml and the environment."""
        return cls(configuration.load())

    def beside(self, clock: Callable[[], datetime] | None = None, **changed: object) -> App:
        """Return an App with some settings ``changed`` that shares what is slow to load."""
        app = App(self.settings.model_copy(update=changed), clock or self.clock)
        for part in _SHARED:
            app.__dict__[part] = getattr(self, part)
        return app

    def now(self) -> datetime:
        """Return the time by the clock as it is set now: the terminal may move it."""
        return self.clock()

    @cached_property
    def secret(self) -> bytes:
        """Return the key of the encrypted columns."""
        return configuration.secret_key(self.settings)

    @cached_property
    def cipher(self) -> Cipher:
        """Return what encrypts and blinds personal data."""
        return Cipher(self.secret)

    @cached_property
    def transactions(self) -> Transactions:
        """Return the way to the database."""
        return transactions(open_engine(self.settings.database_url, self.secret))

    @cached_property
    def registry(self) -> Registry:
        """Return all flows of the package ``intents``."""
        return Registry(find_flows(intents_package))

    @cached_property
    def knowledge(self) -> Service:
        """Return the knowledge base: the live release, or the shipped files before the first."""
        engine = open_engine(self.settings.database_url, self.secret)
        precision = self.settings.knowledge.precision
        # Between two entries of a new release others run: customers are answered meanwhile.
        memory = Memory(partial(time.sleep, 0), Shelf(self.settings.data_dir / "cache"))
        return live.open_service(engine, self.settings.facts, self.now(), memory, precision)

    @cached_property
    def knowledge_watcher(self) -> live.Watcher:
        """Return what takes up a release while this process runs."""
        return live.Watcher(self.transactions, lambda: self.knowledge, self.now)

    @cached_property
    def editors(self) -> Editors:
        """Return what the editors of the knowledge base work with."""
        learn = Calibrating(lambda: self.knowledge, self.settings.knowledge.precision)
        return Editors(self.transactions, lambda: self.knowledge, learn)

    @cached_property
    def products(self) -> Sequence[ProductView]:
        """Return the product cards; they lead to those questions that are answered today."""
        entries = self.knowledge.base.entries.values()
        return products.load_products(
            products.FOLDER, {entry.id: entry.question for entry in entries}, strict=False
        )

    @cached_property
    def reader(self) -> SentenceReader:
        """Return what understands a single sentence; flows bring examples of their own."""
        reader = SentenceReader.load()
        for flow in self.registry.flows.values():
            # A flow without examples is begun by a button only.
            if flow.examples:
                reader.add_examples(flow.name, flow.examples, flow.title)
        return reader

    @cached_property
    def engine(self) -> Engine:
        """Return the engine."""
        rules = self.settings.dialogue
        idle = timedelta(hours=rules.idle_hours_before_asking)
        # A mistake in the clerks' tables must stop the start, not a customer's turn.
        skills.skills()
        claim_rules.rules()
        claim_states.machine()
        claim_clocks.rules()
        claim_facts.facts()
        claim_texts.texts()
        claim_tracks.rules()
        changes.changes()
        service_states.families()
        shipped(self.settings.calendar.weekend, self.settings.calendar.frames)
        complaint_rules.rules()
        consents.texts()
        outbound.rules()
        policy_terms.notes()
        policy_words.words()
        renewal.advice()
        application_states.machine()
        application_checks.checks()
        measures.load()
        return Engine(
            understander=Understander(
                self.registry, self.reader, self.knowledge, rules.intent_threshold, idle
            ),
            manager=DialogueManager(
                self.registry, self.knowledge, rules.misses_before_handoff, idle
            ),
            settings=self.settings,
            cipher=self.cipher,
            cuts={"wechat": wechat_text.cut, **telegram.cuts(self.settings)},
            products=self.products,
        )

    @cached_property
    def inbox(self) -> EngineInbox:
        """Return the engine's asynchronous face."""
        spool = Spool(self.settings.data_dir / "spool", self.cipher)
        return EngineInbox(self.engine, self.transactions, self.now, spool, self._told)

    def _told(self, message: InboundMessage, result: Result) -> None:
        """Tell those who wait that a turn is committed."""
        METRICS.turn(message.channel, duplicate=result.duplicate)
        if result.owes:
            self.dispatcher.wake()
        self.chat.ring(message, result)
        if result.state.get("owner") != "bot":
            self.news.ring()
        for listener in self.listeners:
            listener(message, result)

    @cached_property
    def media(self) -> MediaStore:
        """Return the files that customers sent."""
        return MediaStore(self.settings.media_dir, self.settings.media.max_bytes)

    @cached_property
    def chat(self) -> EngineChat:
        """Return the web chat's conversation."""
        poll = 15.0 if self.settings.database_url.startswith("sqlite") else 1.0
        return EngineChat(self.inbox, self.transactions, self.media, poll)

    @cached_property
    def queue_keeper(self) -> QueueKeeper:
        """Return what keeps the queue for people moving."""
        return QueueKeeper(self.settings, self.cipher, self.engine.go_on)

    @cached_property
    def dispatcher(self) -> Dispatcher:
        """Return what works off the outbox."""
        return outbound_parts.dispatcher(self, self._routes())

    @cached_property
    def runner(self) -> Runner:
        """Return what runs the scheduled jobs."""
        return outbound_parts.runner(self)

    def _routes(self) -> Mapping[tuple[str, str], Deliver]:
        routes: dict[tuple[str, str], Deliver] = {
            ("*", "sms"): _by(outbound_parts.sms(self)),
            **core_routes(self, self._afterwards),
            ("*", "webchat"): self._to_webchat,
            ("*", "terminal"): self._to_webchat,
            ("webhook", "webhook"): WebhookSender(
                {hook.name: hook for hook in self.settings.webhooks}, self.now
            ),
        }
        if self.settings.wechat:
            api = self.wechat_api(self.settings.wechat)
            routes |= wechat_routes(api, self.media, self.transactions)
        return routes | staff_parts.routes(self)

    @cached_property
    def telegram(self) -> telegram.TelegramParts | None:
        """Return the Telegram channel, None when it is off."""
        return staff_parts.telegram_parts(self)

    def wechat_api(self, settings: WeChat) -> WeChatApi:
        """Return the client of the official account's API."""
        tokens = StoredTokens(self.transactions, lambda: self.clock().timestamp())
        return WeChatApi(settings, tokens, self.clock)

    async def _afterwards(self, message: InboundMessage) -> Result:
        """Work out what a core system has answered; the inbox is made when the first one comes."""
        return await self.inbox.afterwards(message)

    async def _to_webchat(self, item: Leased) -> str:
        """A web customer reads the message table; ringing is all there is to deliver."""
        self.chat.ring_peer(item.peer)
        return ""

    def wechat_callback(self) -> WeChatCallback | None:
        """Return the callback application, None when the channel is off."""
        if self.settings.wechat is None:
            return None
        return WeChatCallback(self.settings.wechat, ChannelInbox(self.inbox), self.clock)

    @cached_property
    def news(self) -> News:
        """Return what tells open consoles of news."""
        return News(self.transactions, self.now)

    def suggest(self, text: str) -> list[tuple[str, str]]:
        """Return questions of the knowledge base that fit, with their answers."""
        found = [match.id for match in self.knowledge.look_up(text).matches]
        answers = ((entry, self.knowledge.answer(entry)) for entry in found)
        return [(self.knowledge.question(entry), answer[0]) for entry, answer in answers if answer]

    def page(self) -> PageInfo:
        """Return what the chat page says about the branch."""
        facts = self.settings.facts
        return PageInfo(
            branch=facts.get("branch_name", "分公司"),
            hotline=self.settings.hotline,
            demo=self.settings.demo,
            hours=facts.get("chat_hours", ""),
            address=facts.get("address", ""),
            questions=("交强险赔多少", "理赔要多久", "怎么投诉"),
        )


def _by(sender: Sender) -> Deliver:
    async def deliver(item: Leased) -> str:
        return await sender.send(item.account, item.peer, item.body)

    return deliver
