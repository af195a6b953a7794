"""kill -9 at every statement of an import: all of the file is in the table, or nothing of it."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import text

from storage import schema
from storage.database import open_engine
from tests import warm
from tests.crash.server import ROOT
from tests.storage.claims_kit import SECRET

SAMPLES = ROOT / "docs" / "samples"


def _run(url: str, kind: str, file: Path, *deadly: int) -> list[int]:
    done = warm.run("tests.crash.import_writes", url, kind, str(file), *map(str, deadly))
    return [int(line) for line in done.stdout.split()]


def test_an_import_is_whole_or_not_there(tmp_path: Path) -> None:
    """Killed at each statement, twice over: new rows and changed ones; no staging file is left."""
    url = f"sqlite:///{tmp_path / 'anda.db'}"
    engine = open_engine(url, SECRET)
    schema.upgrade(engine)
    customers = tmp_path / "customers.csv"
    customers.write_bytes((SAMPLES / "customers.csv").read_bytes())
    assert _run(url, "customers", customers)[0] > 0
    file = tmp_path / "policies.csv"
    file.write_bytes((SAMPLES / "policies.csv").read_bytes())
    query = text("SELECT count(*), coalesce(sum(status = '终止'), 0) FROM policy")

    def _killed_until_through(before: tuple[int, int], after: tuple[int, int]) -> None:
        deaths = 0
        while _run(url, "policies", file, deaths + 1) == [-9]:
            deaths += 1
            with engine.connect() as connection:
                assert connection.execute(query).one() == before
        assert deaths >= 3  # look for orphans, change, add
        with engine.connect() as connection:
            assert connection.execute(query).one() == after
            assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"

    _killed_until_through((0, 0), (4, 0))
    file.write_text(file.read_text(encoding="utf-8").replace("有效", "终止"), encoding="utf-8")
    _killed_until_through((4, 0), (4, 4))
    assert list((tmp_path / "imports").iterdir()) == []
    engine.dispose()
