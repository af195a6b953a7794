"""Work through many cases a few at a time: customers are answered between two portions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from scheduler.context import JobContext
from storage.unit_of_work import UnitOfWork

PORTION = 20


def each(
    context: JobContext,
    find: Callable[[UnitOfWork], Sequence[str]],
    do: Callable[[UnitOfWork, str], list[str]],
    *,
    dry_run: bool,
) -> list[str]:
    """Do something with every case that is found; a dry run does it and takes it back."""
    numbers = context.ways.read(find)
    way = context.ways.read if dry_run else context.ways.run
    lines: list[str] = []
    for part in _parts(numbers):
        lines += way(partial(_portion, part, do))
    return lines


def _portion(
    numbers: Sequence[str], do: Callable[[UnitOfWork, str], list[str]], uow: UnitOfWork
) -> list[str]:
    return [line for number in numbers for line in do(uow, number)]


def _parts(numbers: Sequence[str]) -> Iterator[Sequence[str]]:
    return (numbers[start : start + PORTION] for start in range(0, len(numbers), PORTION))
