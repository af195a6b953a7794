"""kill -9 between the receipt of a Telegram update and its 200: all of a turn, or none."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, text

from storage import schema
from storage.database import open_engine
from tests import warm
from tests.conftest import SECRET
from tests.crash.dying import KILLED

_COUNTS = (
    "SELECT count(*) FROM conversation",
    "SELECT count(*) FROM message WHERE author = 'customer'",
    "SELECT count(*) FROM message WHERE author = 'bot'",
    "SELECT count(*) FROM outbox_item",
    "SELECT count(*) FROM event WHERE kind = 'turn'",
)


def _counts(engine: Engine) -> set[int]:
    with engine.connect() as connection:
        return {int(connection.execute(text(sql)).scalar() or 0) for sql in _COUNTS}


def _run(url: str, *deadly: int) -> list[int]:
    done = warm.run("tests.crash.telegram_writes", url, *map(str, deadly))
    return [int(line) for line in done.stdout.split()]


def test_a_turn_is_whole_or_comes_again(tmp_path: Path) -> None:
    """Killed at each statement nothing is there; brought again, everything is there once."""
    url, spare = (f"sqlite:///{tmp_path / name}" for name in ("anda.db", "spare.db"))
    for place in (url, spare):
        made = open_engine(place, SECRET)
        schema.upgrade(made)
        made.dispose()
    (statements,) = _run(spare)
    assert statements > 8
    engine = open_engine(url, SECRET)
    assert set(_run(url, *range(1, statements + 1))) == {KILLED}
    assert _counts(engine) == {0}
    _run(url)
    assert _counts(engine) == {1}
    _run(url)
    assert _counts(engine) == {1}
    engine.dispose()
