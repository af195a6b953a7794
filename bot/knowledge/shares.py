"""Replay on all cores: for commands, which have the machine's other cores to themselves.

A server never does this: it has threads, and its cores are for its customers.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections import Counter
from collections.abc import Sequence
from multiprocessing.connection import Connection

from knowledge_base.replay import Asked, Report, Side, ordered, replay
from knowledge_base.wordings import Memory

# Below this a second process costs more than it saves.
WORTH = 2_000


def cores() -> int:
    """Return how many processes a command may use; only Linux forks safely."""
    return os.cpu_count() or 1 if sys.platform == "linux" else 1


def replay_shared(
    before: Side,
    after: Side,
    asked: Sequence[Asked],
    memory: Memory,
    *,
    everything: bool,
    cores: int,
) -> Report:
    """Replay, each process a part of the questions; the same report as from one."""
    if cores < 2 or len(asked) < WORTH:
        return replay(before, after, asked, memory, everything=everything)
    context = multiprocessing.get_context("fork")
    parts = []
    for part in range(cores):
        receiver, sender = context.Pipe(duplex=False)
        work = (sender, before, after, asked[part::cores], memory, everything)
        # Forked, not started anew: the matchers are there already and need not be sent.
        process = context.Process(target=_answer, args=work, daemon=True)
        process.start()
        sender.close()
        parts.append((process, receiver))
    reports = [receiver.recv() for _, receiver in parts]
    for process, _ in parts:
        process.join()
    return _merged(reports)


def _answer(
    sender: Connection, before: Side, after: Side, asked: Sequence[Asked], memory: Memory,
    everything: bool,
) -> None:  # fmt: skip
    sender.send(replay(before, after, asked, memory, everything=everything))
    sender.close()


def _merged(reports: Sequence[Report]) -> Report:
    whole = Report()
    for report in reports:
        whole.total += report.total
        whole.matched += report.matched
        whole.changes += report.changes
        for kind, counter in report.counts.items():
            whole.counts.setdefault(kind, Counter()).update(counter)
    whole.changes = ordered(whole.changes)
    return whole
