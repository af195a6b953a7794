"""/v1/surveys."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel
from sqlalchemy import select
from starlette.responses import Response

from bot.api import paging
from bot.api.desk import Desk, Seen, Shown, may
from bot.api.fields import Code, Moment, RowId
from storage.models.case import Survey
from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/v1/surveys", tags=["surveys 回访"])


class SurveyView(BaseModel):
    """A question about an episode and its answer."""

    id: int
    conversation: int
    about: str
    status: str
    score: int | None
    comment: str
    sent_at: datetime
    answered_at: datetime | None


class SurveyQuery(paging.PageQuery):
    """Filters of the list."""

    status: Code | None = None
    about: Code | None = None
    conversation: RowId | None = None
    since: Moment | None = None


@router.get("", summary="回访列表", response_model=paging.Page[SurveyView])
def list_surveys(
    query: Annotated[SurveyQuery, Query()],
    desk: Annotated[Desk, Depends(may("surveys", "read"))],
) -> Response:
    """Return surveys, the newest first."""
    statement = select(Survey)
    for column, wanted in (
        (Survey.status, query.status),
        (Survey.about, query.about),
        (Survey.conversation_id, query.conversation),
    ):
        if wanted is not None:
            statement = statement.where(column == wanted)
    if query.since:
        statement = statement.where(Survey.sent_at >= query.since)

    def read(uow: UnitOfWork) -> Shown:
        found, following = paging.rows(uow.session, desk, query, statement, Survey.id)
        items = [_view(survey) for survey in found]
        page = paging.Page[SurveyView](items=items, next_cursor=following)
        return Shown(page, tuple(Seen(f"survey {s.id}", s.conversation_id) for s in found))

    return desk.show(read, query.reason)


def _view(survey: Survey) -> SurveyView:
    return SurveyView(
        id=survey.id,
        conversation=survey.conversation_id,
        about=survey.about,
        status=survey.status,
        score=survey.score,
        comment=survey.comment,
        sent_at=survey.sent_at,
        answered_at=survey.answered_at,
    )
