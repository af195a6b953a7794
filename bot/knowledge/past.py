"""What an edit is tried with: everything customers asked, and the labelled questions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import select

from bot.log import mask
from knowledge_base.replay import Asked
from storage.models.base import table_of
from storage.models.conversation import Message
from storage.unit_of_work import UnitOfWork

# The newest messages are tried; older ones hardly ever ask anything these do not.
MOST_MESSAGES = 50_000
MOST_QUESTIONS = 20_000
LONGEST = 200
# «好», «13», a name: what answers a question of ours asks nothing itself.
SHORTEST = 2
_message = table_of(Message)


def questions(uow: UnitOfWork) -> list[Asked]:
    """Return what is to be tried beside the wordings themselves, each text once."""
    asked = {text: Asked(text, "past") for text in past(uow)}
    for known in uow.test_questions.all():
        asked[known.text] = Asked(known.text, "test", frozenset(known.answers))
    return list(asked.values())


def past(uow: UnitOfWork) -> list[str]:
    """Return what customers wrote, the newest first, each text once."""
    query = (
        select(_message.c.body)
        .where(_message.c.author == "customer")
        .order_by(_message.c.id.desc())
        .limit(MOST_MESSAGES)
    )
    found: dict[str, None] = {}
    for body in uow.connection.execute(query).scalars():
        text = str(body.get("text") or "").strip()
        if SHORTEST <= len(text) <= LONGEST:
            found.setdefault(text)
        if len(found) >= MOST_QUESTIONS:
            break
    return list(found)


def hits(uow: UnitOfWork) -> tuple[set[str], int]:
    """Return the entries that customers got as answers, and how many answers there were."""
    query = (
        select(_message.c.body)
        .where(_message.c.author == "customer")
        .order_by(_message.c.id.desc())
        .limit(MOST_MESSAGES)
    )
    answered = list(_answered(uow.connection.execute(query).scalars()))
    return set(answered), len(answered)


def _answered(bodies: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for body in bodies:
        if entry := (body.get("kb") or {}).get("entry"):
            yield str(entry)


def shown(text: str) -> str:
    """Return a question as it may stand in a report: numbers and plates masked."""
    return mask(text)
