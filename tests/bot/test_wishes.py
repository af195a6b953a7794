"""Notices that customers allow over WeChat: counted from its events, spent by the ladder."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from bot.bootstrap import App
from bot.clock import SHANGHAI
from bot.errors import RetryLater
from storage.models.case import Ticket
from storage.models.customer import OptOut
from storage.models.identity import Consent
from storage.models.outbound import NoticeGrant
from storage.models.outbox import OutboxItem
from storage.outbound.letters import Configured
from storage.rules.consents import texts
from storage.unit_of_work import UnitOfWork
from tests.bot.channels.wechat import platform
from tests.bot.channels.wechat.asgi import OPENID, request
from tests.bot.channels.wechat.test_events import notices
from tests.storage.outbound_kit import Outside

NOW = datetime(2026, 11, 25, 9, 30, tzinfo=SHANGHAI)
TEMPLATES = {
    "knowledge": {"id": "T1", "notice": True},
    "policy_expiring": {"id": "T2", "notice": True},
}
POPUP, CHANGE = "SubscribeMsgPopupEvent", "SubscribeMsgChangeEvent"


@pytest.fixture
def app(make_app: Callable[[], App]) -> App:
    """A branch with two subscription notices."""
    made = make_app()
    wechat = platform.settings(api_base_url="http://127.0.0.1:9", templates=TEMPLATES)
    made.settings = made.settings.model_copy(update={"wechat": wechat})
    made.clock = lambda: NOW
    return made


def status(template: str, word: str) -> str:
    """Return one row of a pop-up or change event."""
    said = f"<SubscribeStatusString>{word}</SubscribeStatusString>"
    return f"<TemplateId>{template}</TemplateId>{said}<PopupScene>2</PopupScene>"


def push(app: App, name: str, fields: str, second: int = 0, user: str = OPENID) -> None:
    """Let the platform push an encrypted event, three times as it does when we are slow."""
    account = app.settings.wechat
    assert account is not None
    at = int(NOW.timestamp()) + second
    xml = platform.event_xml(user, name, at, fields)

    async def work() -> None:
        callback = app.wechat_callback()
        assert callback is not None
        for _ in range(3):
            answer = await request(callback, *platform.push(account, xml, at))
            assert (answer.status, answer.body) == (200, b"success")
        await app.inbox.drain()

    asyncio.run(work())


def left(app: App) -> dict[str, int]:
    """Return how many notices may be sent, by template."""
    query = select(NoticeGrant.template, NoticeGrant.left)
    rows = app.transactions.read(lambda uow: uow.session.execute(query).all())
    return {row.template: row.left for row in rows}


def test_each_yes_in_the_pop_up_is_one_notice_more(app: App) -> None:
    """A repeated push counts once; templates that are not ours are nobody's."""
    push(app, "subscribe_msg_popup_event", notices(POPUP, status("T1", "accept")))
    push(app, "subscribe_msg_popup_event", notices(POPUP, status("T1", "accept")), 5)
    both = notices(POPUP, status("T2", "accept"), status("TX", "accept"))
    push(app, "subscribe_msg_popup_event", both, 9)
    assert left(app) == {"knowledge": 2, "policy_expiring": 1}


def test_a_no_ends_them(app: App) -> None:
    """In the pop-up or later in the settings; a yes in the settings allows one."""
    push(app, "subscribe_msg_popup_event", notices(POPUP, status("T1", "accept")))
    push(app, "subscribe_msg_change_event", notices(CHANGE, status("T1", "reject")), 5)
    assert left(app) == {"knowledge": 0}
    push(app, "subscribe_msg_change_event", notices(CHANGE, status("T1", "accept")), 9)
    push(app, "subscribe_msg_change_event", notices(CHANGE, status("T1", "accept")), 12)
    assert left(app) == {"knowledge": 1}


def test_whoever_unfollows_is_asked_anew(app: App) -> None:
    """What was allowed before is not taken up again with the next subscription."""
    push(app, "subscribe_msg_popup_event", notices(POPUP, status("T1", "accept")))
    push(app, "unsubscribe", "", 5)
    assert left(app) == {"knowledge": 0}


def _sent_touch(app: App) -> None:
    def add(uow: UnitOfWork) -> None:
        made = {
            "dedupe_key": "k", "kind": "knowledge", "channel": "wechat", "account": "a",
            "peer": OPENID, "body": {}, "status": "sent", "reason": "", "provider_id": "88",
            "attempts": 1, "created_at": NOW, "due_at": NOW, "way": "notice", "sent_at": NOW,
        }  # fmt: skip
        uow.session.add(OutboxItem(**made))

    app.transactions.run(add)


@pytest.mark.parametrize(
    ("code", "words", "ends"),
    [("0", "success", ("delivered", 1)), ("43101", "user refuse to accept", ("undeliverable", 0))],
)
def test_the_platform_tells_how_a_notice_ended(
    app: App, code: str, words: str, ends: tuple[str, int]
) -> None:
    """Delivered, or refused: then nothing more is allowed."""
    push(app, "subscribe_msg_popup_event", notices(POPUP, status("T1", "accept")))
    _sent_touch(app)
    row = (
        f"<TemplateId>T1</TemplateId><MsgID>88</MsgID><ErrorCode>{code}</ErrorCode>"
        f"<ErrorStatus>{words}</ErrorStatus>"
    )
    push(app, "subscribe_msg_sent_event", notices("SubscribeMsgSentEvent", row), 5)
    query = select(OutboxItem.status)
    assert app.transactions.read(lambda uow: uow.session.scalar(query)) == ends[0]
    assert left(app)["knowledge"] == ends[1]


def test_a_withdrawn_authorisation_stops_everything_at_once(app: App) -> None:
    """Grants, consents, categories; and the erasing is owed, once."""
    push(app, "subscribe_msg_popup_event", notices(POPUP, status("T1", "accept")))
    version = texts()["marketing"].version
    consent = {"customer_id": None, "code": "marketing", "version": version, "how": "chat"}
    app.transactions.run(
        lambda uow: uow.session.add(Consent(conversation_id=1, given=True, at=NOW, **consent))
    )
    fields = f"<OpenID>{OPENID}</OpenID><AppID>x</AppID><RevokeInfo>6,8</RevokeInfo>"
    push(app, "user_authorization_revoke", fields, 5, user="gh_platform")
    assert left(app) == {"knowledge": 0}
    stopped = app.transactions.read(lambda uow: set(uow.session.scalars(select(OptOut.category))))
    assert stopped == {"marketing", "survey", "renewal"}
    (ticket,) = app.transactions.read(lambda uow: list(uow.session.scalars(select(Ticket))))
    assert (ticket.kind, ticket.status) == ("privacy_erase", "new")
    assert "6,8" in ticket.facts["details"]
    assert OPENID not in str(ticket.unique_key)
    given = app.transactions.read(
        lambda uow: list(uow.session.scalars(select(Consent.given).order_by(Consent.id)))
    )
    assert given == [True, False]


def test_a_notice_that_never_left_gives_its_consent_back(app: App) -> None:
    """A call that was certainly not made is tried again with the consent it had taken."""
    outside = Outside(app.transactions, now=NOW, configured=Configured({"policy_expiring": True}))
    outside.customer(phone="")
    outside.policy()
    outside.chat()
    outside.add(NoticeGrant(conversation_id=1, template="policy_expiring", left=1, at=NOW))
    outside.plan()
    [letter] = outside.leaving()
    assert (letter.way, left(app)) == ("notice", {"policy_expiring": 0})
    later = RetryLater("busy", after=timedelta(seconds=1))
    app.transactions.run(lambda uow: outside.touches(uow).retry(letter.id, later.after, "忙"))
    assert left(app) == {"policy_expiring": 1}
    outside.now += timedelta(minutes=2)
    assert [one.way for one in outside.leaving()] == ["notice"]
