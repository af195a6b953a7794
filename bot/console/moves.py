"""A move at the desk: made in one transaction, then the conversation as it is now."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from fastapi import Request
from starlette.responses import Response

from bot.console import canned, reach, tag_words, wrap_words
from bot.console.pages import show
from bot.console.parts import Room
from bot.console.presses import PressedBefore
from bot.console.views import Whole, whole
from bot.errors import Refused
from bot.full_desk import FullDesk
from bot.handoff import Done
from storage.floor import STATES
from storage.rules.supervision import rules
from storage.same_people import REASONS
from storage.unit_of_work import UnitOfWork


def around(here: Room) -> dict[str, Any]:
    """Return what the page of a conversation needs beside it."""
    return {
        "canned": canned.replies(),
        "states": STATES,
        "promises": promises(),
        "same_reasons": REASONS,
        "tag_words": tag_words.words(),
        "wrap": wrap_words.lists(),
    }


def promises() -> list[dict[str, Any]]:
    """Return what must not be promised, from the table that supervision checks by as well."""
    return [
        {"label": one.label, "words": one.words, "unless": one.unless} for one in rules().promises
    ]


def moved(
    request: Request,
    here: Room,
    number: int,
    move: Callable[[FullDesk], Done],
    *,
    brief: bool = False,
) -> Response:
    """Make a move and show the conversation as it is now; a refusal says who was faster.

    ``brief`` is for a page that looks anew by itself: it gets no second copy of everything.
    """

    def work(uow: UnitOfWork) -> None:
        reach.check(uow, here, number)
        done = move(FullDesk(uow, here.now, here.parts.go_on, here.parts.hours))
        if not done.ok:
            raise Refused(done.why)

    with suppress(PressedBefore):
        here.change(work)
    here.parts.news.ring()
    if brief:
        return Response(status_code=204)
    return shown(request, here, number)


def shown(request: Request, here: Room, number: int) -> Response:
    """Show the conversation as it is now, or that it has left this person's reach."""

    def read(uow: UnitOfWork) -> Whole | None:
        row = uow.inbox.conversation(number)
        gone = row is not None and not reach.within_reach(uow, here, row)
        return None if gone else whole(uow, here, number)

    view = here.read(read)
    if view is None:
        return show(request, "_gone.html")
    return show(request, "_conversation.html", view=view, **around(here))
