"""Services on policies as the API shows them; what customers said only to those who work on it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel

from bot.api import history
from bot.api.desk import Desk, Seen
from bot.api.history import EventView
from storage.models.service import ServiceRequest
from storage.rules.service_states import families
from storage.service_documents import ServiceDocuments
from storage.service_kinds import title_of
from storage.unit_of_work import UnitOfWork


class DocumentView(BaseModel):
    """A document that a change needs or has."""

    name: str
    required: bool
    status: str
    reason: str


class EndorsementView(BaseModel):
    """A request; ``level`` V3 means that the person must be seen before it is approved."""

    number: str
    family: str
    kind: str
    title: str
    status: str
    status_label: str
    policy_number: str
    owner: str
    level: str
    conversation: int | None
    opened_at: datetime
    due_at: datetime
    updated_at: datetime
    over: bool
    masked: bool
    facts: dict[str, Any] | None = None


class EndorsementDetail(EndorsementView):
    """A request with its documents, its history, and where it may go."""

    documents: list[DocumentView]
    photos: int
    next: list[str]
    history: list[EventView]
    result: dict[str, Any] | None = None


def values(request: ServiceRequest, *, full: bool) -> dict[str, Any]:
    """Return the fields of a request."""
    state = families()[request.family].states[request.status]
    shown: dict[str, Any] = {
        "number": request.number,
        "family": request.family,
        "kind": request.kind,
        "title": title_of(request),
        "status": request.status,
        "status_label": state.label,
        "policy_number": request.policy_number,
        "owner": request.owner,
        "level": request.level,
        "conversation": request.conversation_id,
        "opened_at": request.opened_at,
        "due_at": request.due_at,
        "updated_at": request.updated_at,
        "over": state.over,
        "masked": not full,
    }
    return shown | ({"facts": request.facts} if full else {})


def detail(uow: UnitOfWork, desk: Desk, request: ServiceRequest) -> EndorsementDetail:
    """Return a request with all that belongs to it."""
    uow.session.flush()
    full = desk.caller.may("endorsements", "full")
    documents = ServiceDocuments(uow.session, desk.now)
    shown = {
        **values(request, full=full),
        "documents": [
            DocumentView(name=d.name, required=d.required, status=d.status, reason=d.reason)
            for d in documents.of(request.number)
        ],
        "photos": documents.photos(request.number),
        "next": list(families()[request.family].states[request.status].to),
        "history": history.history(uow.session, request.number, full=full),
    }
    if full:
        shown["result"] = request.result
    return EndorsementDetail.model_validate(shown)


def seen(request: ServiceRequest) -> Seen:
    """Return what the access log says about showing this request."""
    what = f"{request.family} {request.number}"
    return Seen(what, conversation_id=request.conversation_id, customer_id=request.customer_id)
