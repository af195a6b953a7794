"""Who follows us still: asked when the platform says so, and noted when a message finds nobody."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from sqlalchemy import select

from bot.bootstrap import App
from storage.models.conversation import Conversation
from storage.models.outbox import OutboxItem
from storage.unit_of_work import UnitOfWork
from tests.bot.channels.wechat import platform
from tests.bot.channels.wechat.api_world import SEND, World
from tests.bot.channels.wechat.asgi import OPENID
from tests.bot.channels.wechat.fake_api import Fault
from tests.bot.test_wishes import NOW, push


@pytest.fixture
def app(make_app: Callable[[], App], world: World) -> App:
    """A branch whose calls go to the fake platform."""
    made = make_app()
    wechat = platform.settings(api_base_url=world.api.url, api_timeout_s=2)
    made.settings = made.settings.model_copy(update={"wechat": wechat})
    made.clock = lambda: NOW
    return made


def _says(app: App) -> None:
    push(app, "VIEW", "<EventKey>https://a.b</EventKey>")


def _follows(app: App) -> bool:
    return app.transactions.read(
        lambda uow: uow.session.scalars(select(Conversation.subscribed)).one()
    )


def _ends(app: App) -> dict[str, tuple[str, str]]:
    query = select(OutboxItem.kind, OutboxItem.status, OutboxItem.reason)
    rows = app.transactions.read(lambda uow: uow.session.execute(query).all())
    return {row.kind: (row.status, row.reason) for row in rows}


@pytest.mark.parametrize("follows", [True, False])
def test_a_changed_profile_is_asked_for_anew(app: App, world: World, follows: bool) -> None:
    """All that we keep of it is whether the user follows; that is true again afterwards."""
    _says(app)
    world.api.followers = {OPENID} if follows else set()
    fields = f"<OpenID>{OPENID}</OpenID><AppID>x</AppID><RevokeInfo>6</RevokeInfo>"
    push(app, "user_info_modified", fields, 5, user="gh_platform")
    asyncio.run(app.dispatcher.run_once())
    assert world.api.calls["/cgi-bin/user/info"] == 1
    assert _ends(app)["profile"] == ("sent", "")
    assert _follows(app) == follows


def test_a_platform_that_is_busy_is_asked_again(app: App, world: World) -> None:
    """Nothing is believed of an answer that is none."""
    _says(app)
    fields = f"<OpenID>{OPENID}</OpenID><AppID>x</AppID><RevokeInfo>6</RevokeInfo>"
    push(app, "user_info_modified", fields, 5, user="gh_platform")
    world.api.fail("/cgi-bin/user/info", Fault(code=-1))
    asyncio.run(app.dispatcher.run_once())
    assert _ends(app)["profile"][0] == "due"
    assert _follows(app)


@pytest.mark.parametrize(("code", "gone"), [(43004, True), (45015, False)])
def test_whoever_a_reply_finds_gone_is_noted(
    app: App,
    world: World,
    code: int,
    gone: bool,
) -> None:
    """43004 is nobody there; a closed window is not."""
    _says(app)

    def owe(uow: UnitOfWork) -> None:
        # Whoever wrote may be written to.
        said = {"author": "customer", "body": {"type": "text", "text": "在吗"}}
        uow.conversations.record(uow.conversations.get(1), [said], NOW)
        account = app.settings.wechat.app_id if app.settings.wechat else ""
        uow.outbox.queue(
            dedupe_key="said:1:9", kind="reply", channel="wechat", account=account, peer=OPENID,
            body={"type": "text", "text": "您好"}, due_at=NOW, now=NOW, conversation_id=1,
        )  # fmt: skip

    app.transactions.run(owe)
    world.api.fail(SEND, Fault(code=code))
    asyncio.run(app.dispatcher.run_once())
    assert _ends(app)["reply"][0] == "undeliverable"
    assert _follows(app) != gone
