"""/v1/complaints/{number}/evidence and /v1/audit: proof that may be taken away, and checked."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from bot.api.complaint_writing import find
from bot.api.desk import Desk, Seen, Shown, may
from bot.api.fields import PathNumber
from bot.api.problems import missing
from bot.reports import evidence as packs
from storage.audit_check import verify
from storage.evidence import gather
from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/v1", tags=["audit 审计"])


class EvidenceQuery(BaseModel):
    """Why the pack is needed; ``full`` shows personal numbers."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, Field(min_length=2, max_length=255)]
    full: bool = False


class ChainView(BaseModel):
    """How far the chain holds; ``head`` is to be kept elsewhere."""

    whole: bool
    links: int
    head: str
    broken: str


@router.get("/complaints/{number}/evidence", summary="投诉证据包（ZIP）")
def get_evidence(
    number: PathNumber,
    query: Annotated[EvidenceQuery, Query()],
    desk: Annotated[Desk, Depends(may("complaints", "evidence"))],
) -> Response:
    """Return the pack; whoever takes it is in the access log first."""

    def make(uow: UnitOfWork) -> bytes:
        find(uow, desk, number)  # whoever is complained about is told that there is none
        found = gather(uow.session, number)
        if found is None:
            raise missing(f"投诉 {number}")
        what = f"evidence {number}{' full' if query.full else ''}"
        desk.record(uow, (Seen(what),), query.reason)
        made = (desk.now, desk.caller.actor, query.reason)
        return packs.pack(found, desk.parts.cipher, made, full=query.full)

    raw = desk.parts.transactions.run(make)
    name = f'attachment; filename="{number}.zip"'
    return Response(raw, media_type="application/zip", headers={"Content-Disposition": name})


@router.get("/audit", summary="核对审计链", response_model=ChainView)
def get_audit(desk: Annotated[Desk, Depends(may("audit", "read"))]) -> Response:
    """Walk the chain and say where it breaks, if it does."""

    def read(uow: UnitOfWork) -> Shown:
        found = verify(uow.connection)
        view = ChainView(whole=found.whole, links=found.links, head=found.head, broken=found.broken)
        return Shown(view)

    return desk.show(read)
