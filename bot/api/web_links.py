"""/v1/web-links: a link to a survey or to an upload, for the customer whose matter it is."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel, StringConstraints
from sqlalchemy import select
from starlette.responses import Response

from bot.api.desk import Desk, Seen, may_create
from bot.api.fields import Body
from bot.api.problems import missing
from storage import web_links
from storage.models.case import Claim, Survey
from storage.unit_of_work import UnitOfWork
from storage.web_links import GOOD_FOR, WebLink

router = APIRouter(prefix="/v1/web-links", tags=["web-links 给客户的链接"])
_SURVEY = re.compile(r"[0-9]{1,18}")  # what a 64-bit column can hold


class LinkIn(Body):
    """A claim's number for an upload, a survey's number for a survey."""

    kind: Literal["survey", "upload"]
    subject: Annotated[str, StringConstraints(min_length=1, max_length=64)]


class LinkView(BaseModel):
    """The link and how long it is good."""

    url: str
    hours: int


@router.post("", summary="做一个评价或补材料的链接", response_model=LinkView, status_code=201)
def make_link(asked: LinkIn, desk: Annotated[Desk, Depends(may_create("claims"))]) -> Response:
    """Make a signed link for the conversation that the matter came from."""

    def work(uow: UnitOfWork) -> LinkView:
        here = _conversation(uow, asked)
        if here is None:
            raise missing(f"{asked.subject} 或它的会话")
        made = WebLink(asked.kind, here, asked.subject)
        token = web_links.make(desk.parts.cipher, made, desk.now)
        desk.record(uow, (Seen(f"link {asked.kind} {asked.subject}", here),), None)
        url = f"{desk.parts.settings.public_url.rstrip('/')}/links/{token}"
        return LinkView(url=url, hours=int(GOOD_FOR.total_seconds() // 3600))

    return desk.create(asked, work)


def _conversation(uow: UnitOfWork, asked: LinkIn) -> int | None:
    if asked.kind == "upload":
        query = select(Claim.conversation_id).where(Claim.number == asked.subject)
        return uow.session.scalar(query)
    if not _SURVEY.fullmatch(asked.subject):
        return None
    survey = uow.session.get(Survey, int(asked.subject))
    return survey.conversation_id if survey else None
