"""What WeChat asks for in its user's name: erased by itself, only that user, only what may go."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import delete, select, text

from bot.dialogue.message import InboundMessage
from bot.wishes import privacy
from scheduler.jobs import platform_erasure, retention
from storage.audit_check import verify
from storage.back_office import TransactionBackOffice
from storage.models.case import Claim, Ticket
from storage.models.conversation import Conversation
from storage.models.customer import Customer, OptOut
from storage.models.identity import IdentityBinding
from storage.models.outbox import Media
from storage.models.personal import RestrictedRecord
from storage.models.policy import Policy
from storage.unit_of_work import UnitOfWork
from tests.bot.privacy.house import House
from tests.storage.personal.people import NOW, Somebody

REVOKED, CANCELLED = "user_authorization_revoke", "user_authorization_cancellation"


def tell(uow: UnitOfWork, house: House, event: str = REVOKED, who: Somebody | None = None) -> str:
    """Let the platform speak of a user, the first person's; return the number of the request."""
    peer = (who or house.one).peer
    message = InboundMessage("webchat", "web", peer, "e1", NOW, "6,8", kind="event", event=event)
    opened = uow.conversations.open(message, NOW)
    privacy(
        message,
        TransactionBackOffice(uow, opened, "wechat", house.settings, house.cipher, NOW),
    )
    query = select(Ticket.number).where(Ticket.unique_key.is_not(None))
    return str(uow.session.scalars(query.order_by(Ticket.id.desc()).limit(1)).one())


@pytest.fixture
def asked(house: House) -> House:
    """A house whose first person's case is over, without envelopes of earlier requests."""
    house.ways.run(lambda uow: uow.session.execute(delete(RestrictedRecord)) and None)
    house.change(Conversation, house.one, subscribed=True)
    return house


def _night(house: House, at: datetime = NOW) -> list[str]:
    house.now = at
    return platform_erasure.run(house.context, at)


@pytest.mark.parametrize("event", [REVOKED, CANCELLED])
def test_the_users_side_goes_and_the_contract_stays(asked: House, event: str) -> None:
    """Talk, photos, codes, name on the channel; the customer's policy is the branch's by law."""
    number = asked.ways.run(partial(tell, house=asked, event=event))
    other = asked.traces(asked.other)
    assert _night(asked) == [f"{number}：删完，办结"]
    left = set(asked.traces(asked.one))
    gone = {"message.body", "conversation.peer", "conversation.state", "outbox_item.body"}
    assert left.isdisjoint(gone)
    assert {"customer.name", "policy.number"} <= left
    assert not any(asked.one.peer in place for place in (asked.files(),))
    assert asked.one.peer not in str(asked.ticket(number).unique_key)
    assert asked.traces(asked.other) == other
    assert asked.ways.read(lambda uow: verify(uow.connection)).broken == ""
    # Done is done: the job of five minutes later finds nothing.
    assert _night(asked) == []


def test_a_customers_closed_claim_stays_in_its_file(asked: House) -> None:
    """It is theirs by policy and phone, not the messenger's; a chat's own one is sealed."""
    asked.change(Claim, asked.one, updated_at=NOW - timedelta(days=9))
    asked.ways.run(partial(tell, house=asked))
    _night(asked)
    assert asked.count(RestrictedRecord) == 0
    claim = asked.ways.read(
        lambda uow: uow.session.get_one(Claim, asked.one.keys["claim"]).policy_number
    )
    assert claim == asked.one.policy


def test_a_mere_visitors_claim_is_sealed_for_its_legal_time(asked: House) -> None:
    """Nobody else has a file of it: what law binds lies in an envelope, the rest is gone."""
    asked.ways.run(lambda uow: uow.session.execute(delete(IdentityBinding)) and None)
    asked.change(Conversation, asked.one, customer_id=None)
    asked.change(Claim, asked.one, updated_at=NOW, policy_number=None, phone_blind=None)
    number = asked.ways.run(partial(tell, house=asked))
    assert _night(asked) == [f"{number}：删完，依法存档的到期再删"]
    assert asked.count(RestrictedRecord) >= 1
    assert asked.ticket(number).status == "restricted"


def test_an_open_claim_keeps_its_talk_and_the_night_finishes(asked: House) -> None:
    """Told why and until when; as soon as the claim is closed, the nightly job goes on."""
    asked.change(Claim, asked.one, status="contacted")
    number = asked.ways.run(partial(tell, house=asked))
    assert _night(asked) == [f"{number}：能删的删了，办着的业务留着，办完每晚接着删"]
    assert "message.body" in asked.traces(asked.one)
    assert "理赔还没有办完" in asked.told()[-1]
    stopped = asked.ways.read(lambda uow: set(uow.session.scalars(select(OptOut.category))))
    assert stopped >= {"marketing", "survey", "renewal"}
    asked.change(Claim, asked.one, status="closed", updated_at=NOW)
    for day in (1, 2):
        asked.now = NOW + timedelta(days=day)
        retention.run(asked.context, asked.now)
    assert asked.ticket(number).status == "done"
    left = set(asked.traces(asked.one))
    assert "message.body" not in left
    assert "policy.number" in left
    assert asked.count(Policy) == asked.count(Customer) == 2


def test_nobody_is_erased_in_the_middle_of_a_talk_with_a_colleague(asked: House) -> None:
    """The job waits for its end, at most a day; then the bot has the conversation back."""
    asked.change(Conversation, asked.one, owner="agent", agent="王敏", owner_rev=3)
    number = asked.ways.run(partial(tell, house=asked))
    assert _night(asked) == [f"{number}：同事正在和客户说话，说完再删"]
    assert "message.body" in asked.traces(asked.one)
    assert _night(asked, NOW + timedelta(hours=25)) == [f"{number}：删完，办结"]
    key = asked.one.keys["conversation"]
    owner = asked.ways.read(lambda uow: uow.session.get_one(Conversation, key).owner)
    assert owner == "bot"
    assert "message.body" not in asked.traces(asked.one)


def test_a_dry_run_tells_and_changes_nothing(asked: House) -> None:
    """As every job: what would be done, row by row."""
    number = asked.ways.run(partial(tell, house=asked))
    before = asked.traces(asked.one)
    would = platform_erasure.run(asked.context, NOW, dry_run=True)
    assert would == [f"{number}：删完，办结"]
    assert asked.traces(asked.one) == before
    assert asked.count(Media) == 2


def test_one_who_cannot_be_erased_holds_up_nobody(asked: House) -> None:
    """A request that is broken is told of; the next one is done."""
    number = asked.ways.run(partial(tell, house=asked))

    def break_it(uow: UnitOfWork) -> None:
        ticket = uow.session.scalars(select(Ticket).where(Ticket.number == number)).one()
        ticket.conversation_id = None

    asked.ways.run(break_it)
    before = asked.traces(asked.one)
    assert _night(asked) == [f"{number}：没能删除（这个请求没有对应的会话）"]
    # Above all not the whole customer in its stead.
    assert asked.traces(asked.one) == before


def test_a_fault_in_one_holds_up_no_other(asked: House) -> None:
    """A record that cannot be opened is a fault of ours: told, the next one done, tried again."""
    first = asked.ways.run(partial(tell, house=asked))
    second = asked.ways.run(partial(tell, house=asked, who=asked.other))
    key = {"id": asked.one.keys["customer"]}
    whole = text("SELECT name FROM customer WHERE id = :id")
    name = asked.ways.read(lambda uow: uow.connection.execute(whole, key).scalar())
    change = text("UPDATE customer SET name = :name WHERE id = :id")
    asked.ways.run(lambda uow: uow.connection.execute(change, {**key, "name": "nonsense"}) and None)
    lines = _night(asked)
    assert lines[0] == f"{first}：没能删除（系统出错，日志里有原因），下一次再试"
    assert lines[1].startswith(f"{second}：")
    assert "没能" not in lines[1]
    asked.ways.run(lambda uow: uow.connection.execute(change, {**key, "name": name}) and None)
    assert "message.body" not in asked.traces(asked.other)
    assert "message.body" in asked.traces(asked.one)
    assert _night(asked) == [f"{first}：删完，办结"]
