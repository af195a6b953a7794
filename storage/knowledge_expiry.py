"""Entries whose time runs out: who is warned, and what is not answered from any more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import update

from bot.clock import SHANGHAI
from storage.knowledge_values import Cut, Version
from storage.models.base import table_of
from storage.models.knowledge import KbVersion
from storage.rules.jobs import Knowledge
from storage.unit_of_work import UnitOfWork

_version = table_of(KbVersion)
KIND = "expire"
WARNED = "kb_expiry"


@dataclass(frozen=True)
class Ends:
    """When an entry's time is over, and why: its validity, or a review that is due."""

    version: Version
    on: date
    review: bool

    @property
    def words(self) -> str:
        """Return it in one line."""
        what = "应复核" if self.review else "失效"
        return f"{self.version.code} {self.version.body.get('question', '')}：{self.on} {what}"


@dataclass(frozen=True)
class Outlook:
    """What is to be done today. ``held`` are entries too many or too weighty to be taken out."""

    warn: Sequence[tuple[Ends, int]]
    over: Sequence[Ends]
    held: Sequence[Ends]


def look(
    versions: Iterable[Version], warned: Mapping[str, int], rules: Knowledge, now: datetime
) -> Outlook:
    """Return who is warned of and what is over; ``warned`` maps a version's key to its threshold.

    A validity that is over is over. A review that is late takes an entry out only after the days
    of grace, never where somebody's safety hangs on the answer, and never a large part at once.
    """
    known = list(versions)
    found = [ends for version in known for ends in _ends(version)]
    today = now.date()
    spent = [e for e in found if not e.review and e.version.is_expired(now)]
    grace = timedelta(days=rules.grace_days)
    stale = [e for e in found if e.review and e.on + grace < today]
    weighty = [e for e in stale if _is_kept(e.version, rules)]
    light = [e for e in stale if not _is_kept(e.version, rules)]
    if len(light) > rules.most_share * len(known):
        light, weighty = [], stale
    coming = [(e, step) for e in found if (step := _step(e, warned, rules, today)) is not None]
    return Outlook(coming, [*spent, *light], weighty)


def _ends(version: Version) -> Iterable[Ends]:
    if version.expires_at is not None:
        yield Ends(version, version.expires_at.astimezone(SHANGHAI).date(), review=False)
    if due := version.body.get("review_due"):
        yield Ends(version, date.fromisoformat(str(due)), review=True)


def _is_kept(version: Version, rules: Knowledge) -> bool:
    return bool(set(rules.keep_topics) & set(version.body.get("topics") or ()))


def _step(ends: Ends, warned: Mapping[str, int], rules: Knowledge, today: date) -> int | None:
    """Return the threshold that was crossed and not yet told of."""
    left = (ends.on - today).days
    crossed = [days for days in rules.warn_days if left <= days]
    if not crossed:
        return None
    step = min(crossed)
    before = warned.get(key_of(ends))
    return step if before is None or before > step else None


def key_of(ends: Ends) -> str:
    """Return by what a warning is remembered: another date is another matter."""
    return f"{ends.version.id}:{'review' if ends.review else 'valid'}:{ends.on}"


def take_out(uow: UnitOfWork, over: Sequence[Ends], now: datetime) -> int:
    """Make a release without what is over and return its number; 0 when nothing is."""
    uow.knowledge.lock()
    live = uow.knowledge.contents(uow.knowledge.live())
    gone = {ends.version.id for ends in over} & {version.id for version in live}
    if not gone:
        return 0
    late = update(_version).where(_version.c.id.in_(gone), _version.c.expires_at.is_(None))
    uow.session.execute(late.values(expires_at=now))
    codes = "、".join(sorted(ends.version.code for ends in over if ends.version.id in gone))
    words = f"按规矩下架过期的 {len(gone)} 条：{codes}"
    calibration = uow.knowledge.release(uow.knowledge.live()).calibration
    kept = {version.code: version.id for version in live if version.id not in gone}
    about = Cut(KIND, "system", now, words, calibration=calibration)
    return uow.knowledge.cut(kept, about)
