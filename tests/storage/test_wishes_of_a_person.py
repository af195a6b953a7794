"""What a person said in one conversation holds in the others: the newest word, and every no."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, select

from storage.models.base import table_of
from storage.models.customer import OptOut
from storage.models.identity import Consent
from storage.models.outbox import OutboxItem
from storage.outbound.facts import gather
from storage.transactions import transactions
from storage.unit_of_work import UnitOfWork
from tests.storage.outbound_kit import NOW, Outside

_item = table_of(OutboxItem)


@pytest.fixture
def outside(database: Engine) -> Outside:
    """One customer with two conversations, and something that is planned for them."""
    made = Outside(transactions(database))
    made.customer()
    made.chat(1)
    made.chat(2, peer="o2")
    item = {
        "dedupe_key": "k", "kind": "knowledge", "channel": "wechat", "account": "wx1", "peer": "o1",
        "body": {}, "status": "planned", "reason": "", "provider_id": "", "attempts": 0,
        "created_at": NOW, "due_at": NOW, "customer_id": 1,
    }  # fmt: skip
    made.add(OutboxItem(**item))
    return made


def _says(outside: Outside, here: int, *, given: bool, at: datetime) -> None:
    word = {"code": "marketing", "version": "1", "how": "chat", "customer_id": 1}
    outside.add(Consent(conversation_id=here, given=given, at=at, **word))


def _facts(outside: Outside) -> tuple[frozenset[str], frozenset[str]]:
    def read(uow: UnitOfWork) -> tuple[frozenset[str], frozenset[str]]:
        rows = list(uow.connection.execute(select(_item)).mappings())
        [known] = gather(uow.connection, rows, outside.rules, NOW).values()
        return known.facts.consents, known.facts.opted_out

    return outside.ways.read(read)


def test_the_newest_word_on_a_consent_counts_wherever_it_was_said(outside: Outside) -> None:
    """Taken back on the web, it does not hold on WeChat; given anew, it does."""
    _says(outside, 1, given=True, at=NOW - timedelta(days=9))
    assert "marketing" in _facts(outside)[0]
    _says(outside, 2, given=False, at=NOW - timedelta(days=3))
    assert "marketing" not in _facts(outside)[0]
    _says(outside, 1, given=True, at=NOW)
    assert "marketing" in _facts(outside)[0]


def test_every_opt_out_of_a_person_holds(outside: Outside) -> None:
    """The stricter wins, whichever conversation it was said in."""
    outside.add(OptOut(conversation_id=2, category="renewal", at=NOW))
    outside.add(OptOut(conversation_id=1, category="survey", at=NOW))
    assert _facts(outside)[1] == {"renewal", "survey"}
