"""Puts together what speaks of its own accord: the outbox, the ladder, the timetable."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from bot.channels import posts
from bot.channels.base import Sender
from bot.channels.core.look_up import core_look_up
from bot.channels.links.login import Login
from bot.channels.sms import FileSms, HttpSms
from bot.channels.wechat.notices import WeChatNotices
from bot.channels.wechat.sender import WeChatSender
from bot.outbox import Deliver, Dispatcher
from bot.touches import Post, TouchWorker
from scheduler.context import JobContext
from scheduler.leader import lead
from scheduler.registry import find_jobs
from scheduler.runner import Runner
from storage.outbound.configured import configured, template_ids
from storage.rules import outbound

if TYPE_CHECKING:
    from bot.bootstrap import App


def dispatcher(app: App, routes: Mapping[tuple[str, str], Deliver]) -> Dispatcher:
    """Return what works off the outbox, touches included."""
    made = Dispatcher(app.transactions, routes, app.now)
    made.touches = TouchWorker(
        transactions=app.transactions,
        rules=outbound.rules(),
        configured=configured(app.settings),
        posts=_posts(app, routes),
        clock=app.now,
        name=made.name,
        gone=posts.gone,
        look_up=core_look_up(routes, app.transactions, app.now),
    )
    return made


def _posts(app: App, routes: Mapping[tuple[str, str], Deliver]) -> Mapping[tuple[str, str], Post]:
    """Return what hands a touch over, by the rungs of the ladder."""
    found: dict[tuple[str, str], Post] = {
        ("custom", "webchat"): posts.ringing(app.chat.ring_peer),
        ("custom", "terminal"): posts.ringing(app.chat.ring_peer),
        ("sms", "*"): posts.sms(sms(app)),
        ("task", "*"): posts.TaskPost(
            app.transactions, app.cipher, app.settings, outbound.rules(), app.now
        ),
    }
    if telegram := routes.get(("*", "telegram")):
        found[("custom", "telegram")] = posts.by_route(telegram)
    if app.settings.wechat:
        api = app.wechat_api(app.settings.wechat)
        found[("custom", "wechat")] = posts.by_sender(WeChatSender(api))
        notices = WeChatNotices(api, template_ids(app.settings))
        found[("template", "wechat")] = found[("notice", "wechat")] = notices
    return found


def sms(app: App) -> Sender:
    """Return what sends short messages."""
    settings = app.settings.sms
    if settings.gateway == "http":
        return HttpSms(settings.url, settings.token.get_secret_value())
    return FileSms(app.settings.data_dir / "sms.jsonl", app.now)


def login(app: App) -> Login:
    """Return the door before pages behind links: WeChat says who is there, where it is set up."""
    account = app.settings.wechat
    openid = app.wechat_api(account).openid if account and account.web_login else None
    return Login(app.transactions, app.cipher, app.settings, app.now, openid)


def runner(app: App) -> Runner:
    """Return what runs the scheduled jobs."""
    context = JobContext(app.transactions, app.settings, app.cipher)
    leading = lead(app.transactions.engine, app.settings.data_dir)
    return Runner(context, find_jobs(), leading, app.now, app.dispatcher.wake)
