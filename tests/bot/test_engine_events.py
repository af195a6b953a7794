"""What a platform tells of its users, and what an agent gets to see of a talk."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from bot.bootstrap import App
from bot.dialogue.message import Attachment, InboundMessage, Reply
from bot.scripts.records import records
from storage.models.base import table_of
from storage.models.case import Handoff, Ticket
from storage.models.conversation import Conversation
from storage.models.customer import Customer
from storage.unit_of_work import UnitOfWork
from tests.bot.engine_kit import Make, say


def test_unsubscribing_ends_everything_at_once(make_app: Make) -> None:
    """After an unsubscribe event nothing more is sent and the draft is gone."""
    app = make_app()
    say(app, "1", "我要报案")
    event = InboundMessage(
        "webchat", "acc", "p1", "2", app.clock(), kind="event", event="unsubscribe"
    )
    result = asyncio.run(app.inbox.result(event))
    assert result is not None
    assert result.now == ()
    assert result.state["flow"] is None


def test_the_person_sees_the_question_that_was_not_solved(make_app: Make) -> None:
    """The hand-off says what was asked and what was answered in vain."""
    app = make_app()
    for key, text in enumerate(("退保款几天到账", "没解决", "没解决")):
        say(app, str(key), text)

    def about(uow: UnitOfWork) -> Any:
        return uow.connection.execute(select(table_of(Handoff).c.package)).scalar_one()["about"]

    told = app.transactions.read(about)
    assert told["question"] == "退保款几天到账"
    assert "退保款几天到账" in told["answers"][0]


def event(app: App, key: str, name: str) -> tuple[Reply, ...]:
    """Return what is said to an event of the channel."""
    push = InboundMessage("webchat", "acc", "p1", key, app.clock(), kind="event", event=name)
    result = asyncio.run(app.inbox.result(push))
    assert result is not None
    return result.now


def test_the_bot_is_silent_while_the_platforms_own_desk_serves(make_app: Make) -> None:
    """Two voices would confuse the customer; afterwards the bot answers again."""
    app = make_app()
    assert event(app, "1", "kf_create") == ()
    assert say(app, "2", "你好").now == ()
    assert event(app, "3", "kf_close") == ()
    assert say(app, "4", "你好").now


def test_a_withdrawn_consent_becomes_a_privacy_ticket(make_app: Make) -> None:
    """The platform tells it once: what we hold has to be erased."""
    app = make_app()
    for name in ("user_authorization_revoke", "user_authorization_cancellation"):
        assert event(app, name, name) == ()
    kinds = app.transactions.read(lambda uow: list(uow.session.scalars(select(Ticket.kind))))
    assert kinds == ["privacy_erase", "privacy_erase"]


def test_a_withdrawn_consent_ends_the_binding(make_app: Make) -> None:
    """The identity sees nobody's data from that moment on."""
    app = make_app()
    say(app, "0", "你好")
    conversation = table_of(Conversation)

    def bind(uow: UnitOfWork) -> None:
        person = Customer(
            ref="c", kind="person", name="n", id_number="d", id_blind="d", phone="p",
            phone_blind="p",
        )  # fmt: skip
        uow.session.add(person)
        uow.session.flush()
        until = app.clock() + timedelta(hours=1)
        bound = conversation.update().values(customer_id=person.id, verified_until=until)
        uow.connection.execute(bound)

    app.transactions.run(bind)
    event(app, "1", "user_authorization_revoke")
    held = app.transactions.read(
        lambda uow: uow.connection.execute(select(conversation.c.customer_id)).scalars().all()
    )
    assert list(held) == [None]


def test_an_unknown_menu_key_is_help_and_no_miss(make_app: Make) -> None:
    """However often an old menu is tapped, nobody is called."""
    app = make_app()
    for number in range(4):
        replies = event(app, str(number), "click:OLD_MENU_KEY_77")
        assert "报案" in replies[0].buttons
    assert app.transactions.read(records)["handoffs"] == 0


def test_the_package_masks_numbers_and_names_what_has_no_words(make_app: Make) -> None:
    """An agent sees what happened at a glance, and no number that nobody needs twice."""
    app = make_app()
    say(app, "1", "我的手机13812345678，津A12345")
    photo = InboundMessage(
        "webchat", "acc", "p1", "2", app.clock(), kind="image",
        attachment=Attachment("image", "x.jpg", stored=True),
    )  # fmt: skip
    asyncio.run(app.inbox.result(photo))
    say(app, "3", "人工")
    package = app.transactions.read(lambda uow: uow.session.scalars(select(Handoff)).one().package)
    words = "\n".join(package["last_words"])
    assert "[照片]" in words
    assert "13812345678" not in words
    assert "津A12345" not in words
