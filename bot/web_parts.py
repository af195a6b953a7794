"""The web applications of the branch, put together from its parts.

They are apart from the other parts because loading them takes as long as everything else, and
only `anda serve` wants them.
"""

from __future__ import annotations

from starlette.types import ASGIApp

from bot import outbound_parts
from bot.api.app import api_app
from bot.api.desk import Parts as ApiParts
from bot.bootstrap import App
from bot.channels.feedback_form.app import feedback_app
from bot.channels.links.app import links_app
from bot.channels.papers.app import papers_app
from bot.console.app import console_app
from bot.console.parts import Parts
from knowledge_base.service import LiveEntries
from scheduler.registry import planned


def api(app: App) -> ASGIApp:
    """Return the JSON API."""
    entries = LiveEntries(lambda: app.knowledge)
    ours = (app.transactions, app.cipher, app.settings, app.clock)
    return api_app(ApiParts(*ours, entries, app.editors, planned))


def console(app: App) -> ASGIApp:
    """Return the staff's pages."""
    return console_app(
        Parts(
            app.transactions,
            app.cipher,
            app.settings,
            app.clock,
            app.engine.go_on,
            app.dispatcher.wake,
            app.news,
            app.registry,
            app.suggest,
        )
    )


def papers(app: App) -> ASGIApp:
    """Return the documents behind links."""
    ours = (app.transactions, app.cipher, app.settings, app.clock)
    return papers_app(*ours, login=outbound_parts.login(app))


def links(app: App) -> ASGIApp:
    """Return the surveys and uploads behind links."""
    return links_app(outbound_parts.login(app), app.media)


def feedback(app: App) -> ASGIApp:
    """Return the form on which customers say what they think."""
    return feedback_app(app.transactions, app.cipher, app.settings, app.clock)
