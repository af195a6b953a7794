"""Files in: checked row by row, all or nothing, as proposals or straight into a release."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.errors import BadRequest, Refused
from bot.knowledge import live, seed
from bot.knowledge.releases import Editors, Unexplained
from knowledge_base import sheets
from knowledge_base.entries import Entry
from knowledge_base.intake import Intake, RowError, take_in
from knowledge_base.loader import KnowledgeBase
from knowledge_base.replay import Report
from storage.knowledge_values import Cut, Text, Version
from storage.models.knowledge import OPEN_STATES
from storage.unit_of_work import UnitOfWork

# As long as only files have been loaded, nobody's reviewed work can be spoilt by another file.
LOADED_ONLY = frozenset({"seed", "import"})


@dataclass(frozen=True)
class Order:
    """What is to become of a file."""

    actor: str
    now: datetime
    publish: bool = False
    replace: bool = False
    explanation: str = ""


@dataclass(frozen=True)
class Imported:
    """What became of it; ``release`` is 0 when nothing went live."""

    entries: int
    new: int
    changed: int
    removed: int
    release: int = 0
    ignored: tuple[str, ...] = ()


class RowsRefused(BadRequest):
    """Rows of a file cannot be used, so none of it is."""

    def __init__(self, errors: Sequence[RowError]) -> None:
        super().__init__(f"有 {len(errors)} 处错误，整个文件都没有导入")
        self.errors = errors


def read(file: Path) -> Intake:
    """Read and check a file; RowsRefused names every bad row."""
    intake = take_in(sheets.read(file))
    if intake.errors:
        raise RowsRefused(intake.errors)
    return intake


def preview(uow: UnitOfWork, intake: Intake, order: Order) -> Imported:
    """Tell what an import would do."""
    if uow.knowledge.live():
        known = {v.code: v.hash for v in uow.knowledge.contents(uow.knowledge.live())}
    else:
        known = {} if order.replace else _shipped()
    texts = [seed.text_of(entry) for entry in intake.entries.values()]
    new = sum(text.code not in known for text in texts)
    changed = sum(known.get(text.code, text.hash) != text.hash for text in texts)
    removed = len(known.keys() - intake.entries.keys()) if order.replace and order.publish else 0
    return Imported(len(texts), new, changed, removed, ignored=tuple(sorted(intake.ignored)))


def _shipped() -> dict[str, str]:
    return {text.code: text.hash for text in seed.shipped().values()}


def bring_in(editors: Editors, intake: Intake, order: Order) -> Imported:
    """Import: as drafts, or with ``publish`` into a release of their own."""
    done = editors.transactions.read(lambda uow: preview(uow, intake, order))
    texts = [seed.text_of(entry) for entry in intake.entries.values()]
    if not order.publish:
        editors.transactions.run(lambda uow: _propose(uow, texts, order))
        return done
    report = _replayed(editors, texts, order)
    learnt = _learnt(editors, intake, order)
    number = editors.transactions.run(lambda uow: _release(uow, texts, order, report, learnt))
    return Imported(done.entries, done.new, done.changed, done.removed, number, done.ignored)


def _learnt(editors: Editors, intake: Intake, order: Order) -> Mapping[str, Any] | None:
    """Return what the matcher learns from the release that is about to be cut."""
    held = {} if order.replace else editors.transactions.read(lambda uow: _held(uow, order.now))
    return editors.calibrate(KnowledgeBase((held | intake.entries).values()))


def _held(uow: UnitOfWork, now: datetime) -> dict[str, Entry]:
    found = live.read(uow, now)
    return dict(found.base.entries) if found else {}


def _propose(uow: UnitOfWork, texts: Sequence[Text], order: Order) -> None:
    """Write drafts of what is new or different; a busy entry refuses the whole file."""
    _plant_first(uow, order)
    uow.knowledge.propose(_fresh(uow, texts), order.actor, order.now)


def _plant_first(uow: UnitOfWork, order: Order) -> None:
    """A file is added to the shipped entries: on a new database these come first."""
    if not uow.knowledge.live():
        seed.plant(uow, order.now)


def _fresh(uow: UnitOfWork, texts: Sequence[Text]) -> list[Text]:
    known = {v.code: v.hash for v in uow.knowledge.contents(uow.knowledge.live())}
    return [text for text in texts if known.get(text.code) != text.hash]


def _replayed(editors: Editors, texts: Sequence[Text], order: Order) -> Report | None:
    """Replay where reviewed work may be touched; there, changes need an explanation."""
    if order.replace or order.explanation or _is_loading(editors):
        return None
    report = editors.try_texts(texts, order.now)
    if report.to_explain:
        raise Unexplained(report)
    return report


def _is_loading(editors: Editors) -> bool:
    kinds = editors.transactions.read(lambda uow: {r.kind for r in uow.knowledge.releases(1_000)})
    return kinds <= LOADED_ONLY


def _release(
    uow: UnitOfWork,
    texts: Sequence[Text],
    order: Order,
    report: Report | None,
    learnt: Mapping[str, Any] | None,
) -> int:
    uow.knowledge.lock()
    _plant_first(uow, order)
    held = {v.code: v for v in uow.knowledge.contents(uow.knowledge.live())}
    _refuse_busy(uow, texts)
    versions = {} if order.replace else {code: version.id for code, version in held.items()}
    fresh = [text for text in texts if not _says(held.get(text.code), text)]
    versions |= {t.code: held[t.code].id for t in texts if _says(held.get(t.code), t)}
    if fresh:
        versions |= uow.knowledge.add_published(fresh, "import", order.actor, order.now)
    words = order.explanation or _default_words(order, len(texts))
    counts = report.summary() if report else None
    about = Cut("import", order.actor, order.now, words, counts, learnt)
    return uow.knowledge.cut(versions, about)


def _says(version: Version | None, text: Text) -> bool:
    return version is not None and version.hash == text.hash


def _default_words(order: Order, count: int) -> str:
    way = "整体替换" if order.replace else "增补"
    return f"{order.actor} 用 anda kb import --publish 导入 {count} 条（{way}）"


def _refuse_busy(uow: UnitOfWork, texts: Sequence[Text]) -> None:
    """An entry somebody is working on must not change under their hands."""
    codes = {text.code for text in texts}
    busy = [v.code for v in uow.knowledge.open(OPEN_STATES) if v.code in codes]
    if busy:
        some = "、".join(busy[:5])
        raise Refused(f"{some} 等 {len(busy)} 条有未完的草稿：请先发布、退回或删去草稿")


__all__ = ["Imported", "Order", "RowsRefused", "bring_in", "preview", "read"]
