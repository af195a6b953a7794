"""Sort the feedback box: what means the same lies together, found by the matcher."""

from __future__ import annotations

from datetime import datetime

from knowledge_base.pooling import Leaders
from storage.feedback import FeedbackBox
from storage.unit_of_work import UnitOfWork


def sort(uow: UnitOfWork, now: datetime, since: datetime, actor: str = "system") -> int:
    """Take in what is new and put every piece into a cluster; return how many were put."""
    # One process clusters at a time: two would each begin the same cluster.
    uow.misses.lock()
    box = FeedbackBox(uow, now, actor)
    box.collect(since)
    leaders = Leaders(box.leaders())
    pieces = box.unsorted()
    for piece in pieces:
        cluster = leaders.closest(piece.words)
        if cluster is None:
            cluster = box.found_cluster(piece)
            leaders.add(cluster, piece.words)
        piece.cluster_id, piece.status = cluster, "sorted"
    uow.session.flush()
    return len(pieces)
