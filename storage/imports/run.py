"""Import one file: read and check all of it, then write all of it or nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import IntegrityError, OperationalError

from bot.errors import AndaError, BadRequest
from storage.crypto import Cipher
from storage.database import open_engine
from storage.imports.kinds import KINDS, Kind
from storage.imports.layout import layouts
from storage.imports.merge import Merge
from storage.imports.reading import Problems, Reader
from storage.imports.staging import Staging
from storage.imports.tables import lines

_SQLITE = ("PRAGMA temp_store=FILE", "PRAGMA stage.journal_mode=OFF",
           "PRAGMA stage.synchronous=OFF")  # fmt: skip


@dataclass
class Outcome:
    """What an import did, or would do, or why it did nothing."""

    problems: Problems = field(default_factory=Problems)
    unused: Sequence[str] = ()
    rows: int = 0
    added: int = 0
    changed: int = 0
    same: int = 0


@dataclass(frozen=True)
class Importer:
    """Imports files into one database; ``folder`` is for rows on their way."""

    url: str
    secret: bytes
    folder: Path

    def run(self, kind_name: str, file: Path, *, dry_run: bool = False) -> Outcome:
        """Import a file; raise BadRequest for what is no table of this kind."""
        kind, cipher = KINDS[kind_name], Cipher(self.secret)
        staging = Staging(self.folder, kind)
        try:
            outcome = _staged(staging, kind, cipher, file)
            if not outcome.problems.total:
                self._merge(staging, cipher, outcome, dry_run=dry_run)
            return outcome
        finally:
            staging.close()

    def _merge(self, staging: Staging, cipher: Cipher, outcome: Outcome, *, dry_run: bool) -> None:
        with self._connection(staging, dry_run=dry_run) as connection:
            merge = Merge(connection, staging.kind)
            merge.follow_joins()
            parent = staging.kind.parent
            if parent:
                title = layouts()[staging.kind.name].title(parent.field)
                merge.orphans(title, outcome.problems)
            if outcome.problems.total:
                connection.rollback()
                return
            merge.drop_equal(cipher)
            outcome.added, outcome.changed = merge.count() if dry_run else merge.write()
            outcome.same = outcome.rows - outcome.added - outcome.changed
            if dry_run:
                connection.rollback()

    @contextmanager
    def _connection(self, staging: Staging, *, dry_run: bool) -> Iterator[Connection]:
        engine = open_engine(self.url, self.secret)
        sqlite = engine.dialect.name == "sqlite"
        if sqlite:
            staging.release()
            _attach(engine, staging.path)
        try:
            # A dry run on SQLite reads only, so that nobody waits for it.
            ways = engine.execution_options(anda_readonly=dry_run)
            with ways.begin() as connection:
                if not sqlite:
                    Merge(connection, staging.kind).copy_in(staging.rows())
                yield connection
        except IntegrityError as error:
            raise AndaError("导入期间有人写了同样的编号，一行也没有写入；请再运行一次") from error
        except OperationalError as error:
            raise AndaError(f"数据库写不进去，一行也没有写入：{error.orig}") from error
        finally:
            engine.dispose()


def _attach(engine: Engine, path: Path) -> None:
    @event.listens_for(engine, "connect")
    def attach(connection: Any, _: object) -> None:
        connection.execute("ATTACH DATABASE ? AS stage", (str(path),))
        for pragma in _SQLITE:
            connection.execute(pragma)


def _staged(staging: Staging, kind: Kind, cipher: Cipher, file: Path) -> Outcome:
    found = lines(file)
    heading = next(found, None)
    if heading is None:
        raise BadRequest(f"{file.name}：是空的，第一行应是列名")
    try:
        reader = Reader(kind, cipher, heading[1])
    except ValueError as error:
        raise BadRequest(f"{file.name}：{error}") from None
    outcome = Outcome(unused=reader.unused)
    staging.fill(reader.rows(found, outcome.problems))
    staging.repeated(layouts()[kind.name].title(kind.key), outcome.problems)
    outcome.rows = staging.count
    if not outcome.rows and not outcome.problems.total:
        raise BadRequest(f"{file.name}：没有数据行，第一行应是列名")
    return outcome
