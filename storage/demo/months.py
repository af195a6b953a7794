"""The months behind the demo branch: who worked where, what was said, asked, rated and improved.

Runs once, after `seeding`, and writes what a branch that had used the product would have in its
ledger, so that a fresh demo has figures to show. The same seed and moment give the same rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from functools import cached_property
from random import Random
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from bot.clock import SHANGHAI
from bot.settings import Settings
from storage.crypto import Cipher
from storage.demo import chronicle, contacts, opinions, posts
from storage.demo.chronicle import Chronicle
from storage.demo.numbers import Numbers
from storage.demo.seeding import RANDOM_SEED
from storage.demo.talks import Exchange, scripts
from storage.demo.threads import CHANNEL, Diary, Thread
from storage.models.base import table_of
from storage.models.case import Survey
from storage.models.conversation import Conversation
from storage.models.knowledge import KbEntry, KbVersion
from storage.models.ledger import Event
from storage.unit_of_work import UnitOfWork

DAYS = 120
_VISITORS, _SESSIONS = 90, (2, 8)
# Of the sessions, so many ask for a person; of those, so many give up waiting.
_HANDED, _GIVEN_UP = 0.25, 0.08
_ENTRIES = 60
_LAST = timedelta(hours=3)
_conversation = table_of(Conversation)


@dataclass(frozen=True)
class Served:
    """A talk with a person that ended: what a survey is about."""

    number: str
    conversation: int
    agent: str
    at: datetime
    scores: Sequence[int]
    words: str


def fill(
    uow: UnitOfWork, cipher: Cipher, settings: Settings, now: datetime, seed: int = RANDOM_SEED
) -> int:
    """Write the months unless the ledger has something already; return how many rows it has."""
    if uow.connection.execute(select(table_of(Event).c.id).limit(1)).first():
        return 0
    chance = Random(seed)  # noqa: S311 - the same branch every time, no secret
    months = _Months(uow, cipher, settings, now.astimezone(SHANGHAI), chance)
    return months.run()


@dataclass
class _Months:
    uow: UnitOfWork
    cipher: Cipher
    settings: Settings
    now: datetime
    rng: Random
    served: list[Served] = field(default_factory=list)

    @cached_property
    def diary(self) -> Diary:
        return Diary(self.rng)

    @cached_property
    def ledger(self) -> Chronicle:
        return Chronicle(self.uow.connection)

    def run(self) -> int:
        posts.fill(self.uow.session, self.now)
        self._converse()
        chronicle.tell_cases(self.uow.session, self.ledger, self.settings, self.now)
        for day in range(DAYS, -1, -1):
            self.ledger.add(posts.stock(self.uow.session, self.now - timedelta(days=day)))
        for happening in self.diary.happenings:
            self.ledger.add(happening)
        opinions.Asking(self.uow, self.rng, self.now).run(self.ledger, self.served)
        self.ledger.write()
        opinions.look_back(self.uow, self.now)
        query = select(table_of(Event).c.id)
        return len(self.uow.connection.execute(query).all())

    def _converse(self) -> None:
        numbers = Numbers.load(self.uow.session)
        asked = self._asked_about()
        for thread in self._threads():
            self._grow(thread, numbers, asked.get(thread.id, ()))
        numbers.save(self.uow.session)
        for model, rows in self.diary.rows.items():
            self.uow.session.execute(insert(model), rows, execution_options={"render_nulls": True})
        self.uow.session.flush()

    def _asked_about(self) -> dict[int, list[datetime]]:
        """Return when the seeded surveys asked about talks that are told now."""
        query = select(Survey.conversation_id, Survey.sent_at).where(Survey.about == "handoff")
        found: dict[int, list[datetime]] = {}
        for conversation, at in self.uow.session.execute(query.order_by(Survey.sent_at)):
            found.setdefault(conversation, []).append(at)
        return found

    def _grow(self, thread: Thread, numbers: Numbers, ends: Sequence[datetime]) -> None:
        """Let a conversation go on; at ``ends`` talks end that a survey asks about already."""
        moments = [(at, "") for at in self._moments()]
        moments += [(at - timedelta(minutes=25), "served") for at in ends]
        for at, fate in sorted(moments):
            if at - thread.last_at < timedelta(hours=1):
                continue
            self._session(thread, numbers, at, fate or self._fate(at))
        self.uow.connection.execute(
            update(_conversation)
            .where(_conversation.c.id == bindparam("number"))
            .values(last_seq=thread.seq, last_at=thread.last_at, owner_rev=thread.rev,
                    fence_rev=thread.rev),
            {"number": thread.id},
        )  # fmt: skip

    def _fate(self, at: datetime) -> str:
        if not self.settings.desk.opens <= at.time() < time(17, 30):
            return "bot"
        chance = self.rng.random()
        if chance >= _HANDED:
            return "bot"
        return "given_up" if chance < _HANDED * _GIVEN_UP else "served"

    def _session(self, thread: Thread, numbers: Numbers, at: datetime, fate: str) -> None:
        if fate == "bot":
            self._alone(thread, at)
            return
        talk = self.rng.choice(scripts().people)
        number = numbers.next("HO", at.date())
        if fate == "given_up":
            thread.given_up(at, talk, number)
            return
        agent = self.rng.choice(posts.AGENTS)
        end = thread.served(at, talk, number, agent)
        self.served.append(Served(number, thread.id, agent, end, talk.scores, talk.words))

    def _alone(self, thread: Thread, at: datetime) -> None:
        """Let the bot answer, now and then something nobody has asked it yet."""
        if self.rng.random() < 0.35 or not self._knowledge:
            thread.session(at, self.rng.choice(scripts().bot))
            return
        asked = self.rng.sample(self._knowledge, self.rng.randint(1, 3))
        thread.session(at, asked)
        if self.rng.random() < 0.45:
            thread.solved(asked[-1].label, solved=self.rng.random() < 0.85)

    @cached_property
    def _knowledge(self) -> list[Exchange]:
        """Return some entries of the knowledge base as somebody asked for them."""
        query = (
            select(KbEntry.code, KbVersion.body)
            .join(KbEntry, KbEntry.id == KbVersion.entry_id)
            .where(KbVersion.state == "published")
            .order_by(KbEntry.code)
        )
        found = [
            Exchange(self.rng.choice(body["variants"]), body["answer"], code, "answered")
            for code, body in self.uow.session.execute(query)
            if "{" not in body["answer"] and body["variants"]
        ]
        # Not every entry is asked for equally often: the first ones come again and again.
        some = self.rng.sample(found, min(_ENTRIES, len(found)))
        return some + some[:15] * 3

    def _moments(self) -> Iterator[datetime]:
        """Yield when a customer came, by day and mostly on working days."""
        for _ in range(self.rng.randint(*_SESSIONS)):
            day = self.now.date() - timedelta(days=self.rng.randrange(DAYS))
            if day.weekday() > 4 and self.rng.random() < 0.5:
                continue
            minute = self.rng.randint(8 * 60, 21 * 60)
            at = datetime.combine(day, time(minute // 60, minute % 60), SHANGHAI)
            if at < self.now - _LAST:
                yield at + timedelta(seconds=self.rng.randrange(60))

    def _threads(self) -> Iterator[Thread]:
        """Yield the conversations there are, and those of visitors who told us no name."""
        self.uow.session.execute(insert(Conversation), self._visitors())
        query = select(Conversation.id, Conversation.last_seq, Conversation.last_at)
        peers = Conversation.peer.in_([*self._peers, *self._known])
        for number, seq, at in self.uow.session.execute(query.where(peers).order_by(
            Conversation.id
        )).all():  # fmt: skip
            yield Thread(self.diary, number, seq, 0, at)

    @cached_property
    def _peers(self) -> list[str]:
        return [contacts.peer(self.cipher, f"visitor {n}") for n in range(_VISITORS)]

    @property
    def _known(self) -> list[str]:
        query = select(Conversation.peer).where(Conversation.channel == CHANNEL)
        return list(self.uow.session.scalars(query))

    def _visitors(self) -> list[dict[str, Any]]:
        began = self.now.replace(microsecond=0) - timedelta(days=DAYS + 1)
        return [
            {
                "channel": CHANNEL, "account": "web", "peer": peer, "state": {}, "owner": "bot",
                "owner_rev": 0, "agent": None, "customer_id": None, "verified_until": None,
                "subscribed": True, "last_seq": 0, "opened_at": began, "last_at": began,
            }
            for peer in self._peers
        ]  # fmt: skip
