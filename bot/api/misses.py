"""/v1/misses: what customers asked in vain, in clusters; their words are masked."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field
from starlette.responses import Response

from bot.api import paging
from bot.api.desk import Desk, Shown, may, may_create
from bot.api.fields import Body, Code, PathId, Story
from bot.api.knowledge_flow import VersionView, view
from bot.knowledge import past, pool
from storage.misses import Cluster, Miss
from storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/v1/misses", tags=["misses 没答上的问题"])
_State = Literal["open", "taken", "done", "ignored"]
_MOST = 1_000


class ClusterView(BaseModel):
    """Questions that mean the same."""

    id: int
    leader: str
    state: _State
    owner: str | None
    entry: str
    count: int
    kinds: dict[str, int]
    last_at: datetime


class MissView(BaseModel):
    """One question of a cluster."""

    kind: str
    text: str
    entry: str
    at: datetime


class ClusterDetail(ClusterView):
    """A cluster with its questions."""

    questions: list[MissView]


class MissQuery(paging.PageQuery):
    """Filters of the list."""

    state: _State | None = None


class StateIn(Body):
    """How far the work on a cluster is."""

    state: _State


class DraftIn(Body):
    """What the new entry is to say beside the customers' questions."""

    id: Code | None = None
    question: Annotated[str, Field(max_length=200)] = ""
    answer: Story
    source: Annotated[str, Field(max_length=300)] = ""


class VariantIn(Body):
    """The entry that these questions belong to."""

    entry: Code


@router.get("", summary="没答上的问题（归组）", response_model=paging.Page[ClusterView])
def list_clusters(
    query: Annotated[MissQuery, Query()],
    desk: Annotated[Desk, Depends(may("misses", "read"))],
) -> Response:
    """Return clusters, the most frequent first; what is new is put into them before."""
    behind = int(paging.after(desk, query) or 0)
    states = (query.state,) if query.state else pool.SHOWN_STATES
    transactions = desk.parts.transactions
    transactions.run(lambda uow: pool.gather(uow, desk.now))
    # Counts move while somebody turns pages: the cursor is a place, not a row.
    found = transactions.read(lambda uow: uow.misses.clusters(states, behind + query.limit + 1))
    shown = found[behind : behind + query.limit]
    end = behind + len(shown)
    page = paging.Page[ClusterView](
        items=[ClusterView.model_validate(_cluster(cluster)) for cluster in shown],
        next_cursor=paging.cursor(desk, query, str(end)) if len(found) > end else None,
    )
    return desk.show(lambda _: Shown(page))


@router.get("/{cluster}", summary="一组问题", response_model=ClusterDetail)
def get_cluster(cluster: PathId, desk: Annotated[Desk, Depends(may("misses", "read"))]) -> Response:
    """Return a cluster with its questions."""
    return desk.show(lambda uow: Shown(_detail(uow, cluster)))


@router.patch("/{cluster}", summary="领走、办完、不管", response_model=ClusterDetail)
def set_state(
    cluster: PathId, said: StateIn, desk: Annotated[Desk, Depends(may("misses", "write"))]
) -> Response:
    """Say who works on a cluster."""

    def change(uow: UnitOfWork) -> Shown:
        pool.take(uow, cluster, said.state, desk.caller.actor, desk.now)
        return Shown(_detail(uow, cluster))

    return desk.change(change)


@router.post("/{cluster}/draft", summary="起草新条目", status_code=201, response_model=VersionView)
def make_draft(
    cluster: PathId, said: DraftIn, desk: Annotated[Desk, Depends(may_create("misses"))]
) -> Response:
    """Begin a new entry with these questions."""
    words = {name: value for name, value in said.model_dump().items() if value}
    actor = desk.caller.actor
    return desk.create(
        said, lambda uow: view(pool.draft(uow, cluster, actor, desk.now, words), desk.now)
    )


@router.post("/{cluster}/variant", summary="加为问法", status_code=201, response_model=VersionView)
def make_variant(
    cluster: PathId, said: VariantIn, desk: Annotated[Desk, Depends(may_create("misses"))]
) -> Response:
    """Draft these questions as new wordings of an entry."""
    actor = desk.caller.actor
    return desk.create(
        said, lambda uow: view(pool.variant(uow, cluster, said.entry, actor, desk.now), desk.now)
    )


def _cluster(cluster: Cluster) -> dict[str, object]:
    return {
        "id": cluster.id,
        "leader": past.shown(cluster.leader),
        "state": cluster.state,
        "owner": cluster.owner,
        "entry": cluster.entry,
        "count": cluster.count,
        "kinds": dict(cluster.kinds),
        "last_at": cluster.last_at,
    }


def _detail(uow: UnitOfWork, number: int) -> ClusterDetail:
    questions = [_miss(miss) for miss in uow.misses.of(number, _MOST)]
    return ClusterDetail.model_validate(
        {**_cluster(uow.misses.cluster(number)), "questions": questions}
    )


def _miss(miss: Miss) -> MissView:
    return MissView(kind=miss.kind, text=past.shown(miss.text), entry=miss.entry, at=miss.at)
