"""Entries, their versions and the releases of the knowledge base; never commits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, insert, select, update
from sqlalchemy.orm import Session

from bot.errors import Refused
from storage.knowledge_values import Cut, Text, Version
from storage.models.base import table_of
from storage.models.knowledge import (
    OPEN_STATES,
    KbEntry,
    KbRelease,
    KbReleaseItem,
    KbVersion,
)
from storage.statuses import KB_STATES

_entry, _version = table_of(KbEntry), table_of(KbVersion)
_release, _item = table_of(KbRelease), table_of(KbReleaseItem)
_LOCK = 20_261_122
_CHUNK = 500


_COLUMNS = (
    _version.c.id, _entry.c.code, _version.c.number, _version.c.state, _version.c.origin,
    _version.c.gone, _version.c.body, _version.c.hash, _version.c.author, _version.c.reviewer,
    _version.c.note, _version.c.effective_from, _version.c.expires_at, _version.c.created_at,
    _version.c.updated_at,
)  # fmt: skip


class Knowledge:
    """The governed knowledge base."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def lock(self) -> None:
        """Let one publisher in at a time; SQLite has only one writer anyway."""
        if self.session.get_bind().dialect.name == "postgresql":
            self.session.execute(select(func.pg_advisory_xact_lock(_LOCK)))

    def live(self) -> int:
        """Return the number of the live release, 0 before the first."""
        return self.session.scalar(select(func.max(_release.c.number))) or 0

    def release(self, number: int) -> KbRelease:
        """Return a release; Refused when there is none."""
        if found := self.session.get(KbRelease, number):
            return found
        raise Refused(f"没有第 {number} 号发布，anda kb releases 可以查看全部")

    def releases(self, limit: int = 50, below: int | None = None) -> Sequence[KbRelease]:
        """Return releases, newest first."""
        query = select(KbRelease).order_by(KbRelease.number.desc()).limit(limit)
        if below is not None:
            query = query.where(KbRelease.number < below)
        return self.session.scalars(query).all()

    def contents(self, number: int) -> list[Version]:
        """Return the versions of a release in the order of their codes."""
        query = select(*_COLUMNS).join(_entry, _entry.c.id == _version.c.entry_id)
        query = query.join(_item, _item.c.version_id == _version.c.id)
        return self._versions(query.where(_item.c.release == number).order_by(_entry.c.code))

    def open(self, states: Sequence[str] = OPEN_STATES) -> list[Version]:
        """Return the proposals in these states, in the order of their codes."""
        query = select(*_COLUMNS).join(_entry, _entry.c.id == _version.c.entry_id)
        return self._versions(query.where(_version.c.state.in_(states)).order_by(_entry.c.code))

    def history(self, code: str) -> list[Version]:
        """Return all versions of an entry, newest first."""
        query = select(*_COLUMNS).join(_entry, _entry.c.id == _version.c.entry_id)
        return self._versions(query.where(_entry.c.code == code).order_by(_version.c.number.desc()))

    def highest(self, prefix: str) -> int:
        """Return the highest number among the codes of a prefix and digits, 0 for none."""
        query = select(_entry.c.code).where(_entry.c.code.startswith(prefix, autoescape=True))
        numbers = (code.removeprefix(prefix) for code in self.session.scalars(query))
        return max((int(n) for n in numbers if n.isascii() and n.isdigit()), default=0)

    def newest_of_origin(self, origin: str) -> dict[str, Version]:
        """Return the newest version of every entry among those of one origin."""
        query = select(*_COLUMNS).join(_entry, _entry.c.id == _version.c.entry_id)
        query = query.where(_version.c.origin == origin).order_by(_version.c.number)
        return {version.code: version for version in self._versions(query)}

    def _versions(self, query: Select[Any]) -> list[Version]:
        # Positions, not names: a release of thousands is read while a server waits for it.
        return [Version(*row) for row in self.session.execute(query)]

    def proposal(self, code: str) -> Version | None:
        """Return the open version of an entry, if there is one."""
        return next((v for v in self.history(code) if v.state in OPEN_STATES), None)

    def draft(self, wanted: Text, author: str, now: datetime, note: str = "") -> Version:
        """Write a draft, over the one that is open; the author is who wrote last."""
        self.lock()
        found = self.proposal(wanted.code)
        if found and found.state != "draft":
            raise Refused(f"{wanted.code} 正在复核或等待发布，请先退回（anda kb reject）再改")
        values = _values(wanted) | {"author": author, "note": note, "updated_at": now}
        if found:
            self._change(found, **values)
        else:
            self._add([wanted], {**values, "state": "draft", "origin": "staff"}, now)
        return self._now(wanted.code)

    def propose(self, texts: Sequence[Text], author: str, now: datetime) -> None:
        """Write drafts of many entries; Refused when somebody works on one of them."""
        self.lock()
        wanted = {item.code for item in texts}
        if busy := [v.code for v in self.open() if v.code in wanted]:
            some = "、".join(busy[:5])
            raise Refused(f"{some} 等 {len(busy)} 条有未完的草稿：请先发布、退回或删去草稿")
        if texts:
            common = {"author": author, "note": "", "updated_at": now}
            self._add(texts, {**common, "state": "draft", "origin": "staff"}, now)

    def submit(self, code: str, actor: str, now: datetime) -> Version:
        """Hand a draft in for review; without an answer customers would not get a word."""
        found = self._expected(code, ("draft",))
        if not found.gone and not str(found.body.get("answer") or "").strip():
            raise Refused(f"{code} 还没有答案：请先补上要对客户说的话")
        return self._move(code, ("draft",), {"state": "review", "updated_at": now})

    def approve(self, code: str, reviewer: str, now: datetime) -> Version:
        """Approve what somebody else wrote."""
        found = self._expected(code, ("review",))
        if found.author == reviewer:
            raise Refused(f"{code} 是您自己写的：须由另一个人复核")
        return self._move(
            code, ("review",), {"state": "approved", "reviewer": reviewer, "updated_at": now}
        )

    def reject(self, code: str, note: str, now: datetime) -> Version:
        """Give a proposal back to its author."""
        values = {"state": "draft", "reviewer": None, "note": note[:500], "updated_at": now}
        return self._move(code, ("review", "approved"), values)

    def discard(self, code: str, now: datetime) -> None:
        """Drop a draft; it stays in the history as withdrawn."""
        self._move(code, ("draft",), {"state": "withdrawn", "updated_at": now})

    def _move(self, code: str, states: Sequence[str], values: Mapping[str, Any]) -> Version:
        self.lock()
        self._change(self._expected(code, states), **values)
        return self.history(code)[0]

    def _expected(self, code: str, states: Sequence[str]) -> Version:
        found = self.proposal(code)
        if found is None:
            raise Refused(f"{code} 没有待处理的草稿")
        if found.state not in states:
            raise Refused(f"{code} 现在是「{KB_STATES[found.state]}」，不能做这一步")
        return found

    def _change(self, version: Version, **values: Any) -> None:
        changed = self.session.execute(
            update(_version)
            .where(_version.c.id == version.id, _version.c.state == version.state)
            .values(**values)
        )
        if changed.rowcount != 1:  # type: ignore[attr-defined]  # a CursorResult, for an update
            raise Refused(f"{version.code} 刚刚被别人改过，请重新查看")

    def _now(self, code: str) -> Version:
        found = self.proposal(code)
        if found is None:
            raise LookupError(f"the draft of {code} is gone")
        return found

    def add_published(
        self, texts: Sequence[Text], origin: str, author: str, now: datetime
    ) -> dict[str, int]:
        """Store versions of a file as they go live; return code → version id."""
        common = {"author": author, "note": "", "updated_at": now}
        return self._add(texts, {**common, "state": "published", "origin": origin}, now)

    def _add(
        self, texts: Sequence[Text], common: Mapping[str, Any], now: datetime
    ) -> dict[str, int]:
        """Insert versions with the next number each; a few statements whatever their count."""
        codes = [item.code for item in texts]
        known = self._entries(codes)
        if new := [{"code": code, "created_at": now} for code in codes if code not in known]:
            self.session.execute(insert(_entry), new)
            known = self._entries(codes)
        last = self._last_numbers(known.values())
        rows = [
            {
                "entry_id": known[item.code],
                "number": last.get(known[item.code], 0) + 1,
                "reviewer": None,
                "created_at": now,
                **_values(item),
                **common,
            }
            for item in texts
        ]
        self.session.execute(insert(_version), rows, execution_options={"render_nulls": True})
        newest = self._last_ids(known.values())
        return {code: newest[known[code]] for code in codes}

    def _entries(self, codes: Sequence[str]) -> dict[str, int]:
        found: dict[str, int] = {}
        for some in _chunks(codes):
            query = select(_entry.c.code, _entry.c.id).where(_entry.c.code.in_(some))
            found |= {row.code: row.id for row in self.session.execute(query)}
        return found

    def _last_numbers(self, entries: Iterable[int]) -> dict[int, int]:
        return self._newest(func.max(_version.c.number), entries)

    def _last_ids(self, entries: Iterable[int]) -> dict[int, int]:
        return self._newest(func.max(_version.c.id), entries)

    def _newest(self, what: Any, entries: Iterable[int]) -> dict[int, int]:
        found: dict[int, int] = {}
        for some in _chunks(list(entries)):
            query = select(_version.c.entry_id, what).where(_version.c.entry_id.in_(some))
            rows = self.session.execute(query.group_by(_version.c.entry_id))
            found |= {entry: int(value) for entry, value in rows}
        return found

    def cut(self, versions: Mapping[str, int], about: Cut) -> int:
        """Make a release of these versions (code → id) the live one and return its number."""
        self.lock()
        number = self.live() + 1
        self.session.execute(
            insert(_release).values(
                number=number,
                kind=about.kind,
                actor=about.actor,
                explanation=about.explanation,
                report=dict(about.report or {}),
                calibration=dict(about.calibration) if about.calibration else None,
                seed_hash=about.seed_hash,
                restores=about.restores,
                size=len(versions),
                created_at=about.now,
            )
        )
        entries = self._entries(list(versions))
        rows = [
            {"release": number, "entry_id": entries[code], "version_id": version}
            for code, version in versions.items()
        ]
        if rows:
            self.session.execute(insert(_item), rows)
        if about.kind == "publish":
            gone = _version.c.gone & (_version.c.state == "approved")
            self._set_state(gone, "withdrawn", about.now)
        self._settle(number, about.now)
        return number

    def _settle(self, number: int, now: datetime) -> None:
        """Let the states say what is live now and what is not any more."""
        inside = select(_item.c.version_id).where(_item.c.release == number)
        covered = select(_item.c.entry_id).where(_item.c.release == number)
        published = _version.c.state == "published"
        for where, state in (
            (published & _version.c.id.not_in(inside) & (_version.c.expires_at <= now), "expired"),
            (
                published & _version.c.id.not_in(inside) & _version.c.entry_id.in_(covered),
                "replaced",
            ),
            (published & _version.c.id.not_in(inside), "withdrawn"),
            (_version.c.id.in_(inside) & ~published, "published"),
        ):
            self._set_state(where, state, now)

    def _set_state(self, where: ColumnElement[bool], state: str, now: datetime) -> None:
        self.session.execute(update(_version).where(where).values(state=state, updated_at=now))


def _values(wanted: Text) -> dict[str, Any]:
    return {
        "body": dict(wanted.body),
        "hash": wanted.hash,
        "gone": wanted.gone,
        "effective_from": wanted.effective_from,
        "expires_at": wanted.expires_at,
    }


def _chunks(items: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (items[start : start + _CHUNK] for start in range(0, len(items), _CHUNK))
