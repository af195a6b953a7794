"""Case numbers of demo records, taken from the same sequence as all later ones."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from storage.models.case import NumberSequence


class Numbers:
    """Gives out numbers in memory; :meth:`save` raises the sequence so that none comes twice."""

    def __init__(self, taken: Iterable[tuple[str, date, int]] = ()) -> None:
        self._last = {(prefix, day): last for prefix, day, last in taken}
        self._touched: set[tuple[str, date]] = set()

    @classmethod
    def load(cls, session: Session) -> Numbers:
        """Continue after the numbers already given out."""
        query = select(NumberSequence.prefix, NumberSequence.day, NumberSequence.last)
        return cls(session.execute(query).all())

    def next(self, prefix: str, day: date) -> str:
        """Return the next number of ``prefix`` on ``day``."""
        key = (prefix, day)
        self._last[key] = self._last.get(key, 0) + 1
        self._touched.add(key)
        return f"{prefix}{day:%Y%m%d}{self._last[key]:06d}"

    def save(self, session: Session) -> None:
        """Write the last numbers back."""
        days = sorted(self._touched)
        for prefix in sorted({prefix for prefix, _ in days}):
            theirs = [day for other, day in days if other == prefix]
            session.execute(
                delete(NumberSequence).where(
                    NumberSequence.prefix == prefix, NumberSequence.day.in_(theirs)
                )
            )
        if days:
            rows = [{"prefix": p, "day": d, "last": self._last[p, d]} for p, d in days]
            session.execute(insert(NumberSequence), rows)
