"""What moves a price, and who may name one; this platform never does."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from bot.advice.rows import Row, load_table

_FILE = Path(__file__).with_name("quote.yaml")
_FIGURE = re.compile(r"\d+\s*(?:元|块|%|折)")


@dataclass(frozen=True)
class Line:
    """What moves the price of one line; ``faq`` is a question with the public rates."""

    code: str
    label: str
    words: str
    factors: str
    reference: str
    faq: str


@dataclass(frozen=True)
class Quoting:
    """The whole table."""

    version: str
    who_may: str
    may_request: str
    never: str
    lines: Mapping[str, Line]

    def meant(self, text: str) -> Line | None:
        """Return the line that the text is about."""
        found = [line for line in self.lines.values() if re.search(line.words, text)]
        return found[0] if found else None

    def who(self, *, open_for_requests: bool, entry: str) -> str:
        """Return who may name a price, as this platform is configured."""
        if open_for_requests:
            return self.may_request
        return self.who_may.format(online_apply=f"（{entry}）" if entry else "")


@lru_cache(maxsize=1)
def quoting() -> Quoting:
    """Return the table as shipped; raise TableError with file, line and remedy."""
    return load_quoting(_FILE)


def load_quoting(file: Path) -> Quoting:
    """Return the table of a file; raise TableError with file, line and remedy."""
    table = load_table(file)
    table.only("version", "reviewed_on", "who_may", "may_request", "never", "lines")
    table.day("reviewed_on")
    return Quoting(
        version=str(table.day("version")),
        who_may=table.text("who_may"),
        may_request=table.text("may_request"),
        never=table.text("never"),
        lines={code: _line(code, row) for code, row in table.named_rows("lines")},
    )


def _line(code: str, row: Row) -> Line:
    row.only("label", "words", "factors", "reference", "faq")
    for key in ("factors", "reference"):
        if found := _FIGURE.search(row.text(key)):
            raise row.wrong(key, f"{code} 里写了数字“{found[0]}”", "这里不写价格，请删去。")
    return Line(
        code=code,
        label=row.text("label"),
        words=row.text("words"),
        factors=row.text("factors"),
        reference=row.text("reference"),
        faq=row.text("faq", ""),
    )
