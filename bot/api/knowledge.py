"""/v1/knowledge: the entries the bot answers from; no person's data, so nothing is recorded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Protocol

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel
from starlette.responses import Response

from bot.api import paging
from bot.api.desk import Desk, Shown, may
from bot.api.fields import PathCode, Word
from bot.api.problems import missing
from knowledge_base.entries import Basis

router = APIRouter(prefix="/v1/knowledge", tags=["knowledge 知识库"])


class EntryLike(Protocol):
    """An entry as far as it is shown; `knowledge_base.entries.Entry` is one."""

    @property
    def id(self) -> str: ...
    @property
    def question(self) -> str: ...
    @property
    def variants(self) -> Sequence[str]: ...
    @property
    def answer(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def basis(self) -> str: ...
    @property
    def reviewed_on(self) -> date | None: ...
    @property
    def review_due(self) -> date | None: ...
    @property
    def topics(self) -> Sequence[str]: ...


class EntryView(BaseModel):
    """An entry; ``{hotline}`` and the like in the answer stand for facts of the branch."""

    id: str
    question: str
    variants: list[str]
    answer: str
    source: str
    basis: str
    reviewed_on: date | None
    review_due: date | None
    topics: list[str]


class EntryQuery(paging.PageQuery):
    """Filters of the list."""

    basis: Basis | None = None
    topic: Word | None = None
    q: Word | None = None


@router.get("", summary="知识条目列表", response_model=paging.Page[EntryView])
def list_entries(
    query: Annotated[EntryQuery, Query()],
    desk: Annotated[Desk, Depends(may("knowledge", "read"))],
) -> Response:
    """Return entries, the one with the highest id first."""
    behind = paging.after(desk, query)
    entries = desk.parts.knowledge.values()
    fitting = [e for e in entries if _fits(e, query) and (behind is None or e.id < behind)]
    ordered = sorted(fitting, key=lambda entry: str(entry.id), reverse=True)
    shown = ordered[: query.limit]
    more = len(ordered) > len(shown)
    page = paging.Page[EntryView](
        items=[_view(entry) for entry in shown],
        next_cursor=paging.cursor(desk, query, shown[-1].id) if more else None,
    )
    return desk.show(lambda _: Shown(page))


@router.get("/{entry}", summary="知识条目", response_model=EntryView)
def get_entry(
    entry: PathCode, desk: Annotated[Desk, Depends(may("knowledge", "read"))]
) -> Response:
    """Return one entry."""
    found = desk.parts.knowledge.get(entry)
    if found is None:
        raise missing(f"知识条目 {entry}")
    return desk.show(lambda _: Shown(_view(found)))


def _fits(entry: EntryLike, query: EntryQuery) -> bool:
    texts = (entry.question, *entry.variants, entry.answer)
    return (
        (query.basis is None or entry.basis == query.basis)
        and (query.topic is None or query.topic in entry.topics)
        and (query.q is None or any(query.q in text for text in texts))
    )


def _view(entry: EntryLike) -> EntryView:
    return EntryView(
        id=entry.id,
        question=entry.question,
        variants=list(entry.variants),
        answer=entry.answer,
        source=entry.source,
        basis=entry.basis,
        reviewed_on=entry.reviewed_on,
        review_due=entry.review_due,
        topics=list(entry.topics),
    )
