"""Lines of JSON from other programs: what can be read is read, the rest is named by its line."""

from __future__ import annotations

import io
import sys

import pytest

from bot.cli import jsonl
from bot.errors import BadRequest


def _rows(data: bytes, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    return list(jsonl.rows())


def test_what_editors_leave_behind_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """A byte order mark, line ends of another system, empty lines, bytes that are no UTF-8."""
    data = b'\xef\xbb\xbf{"id": 1}\r\n\r\n{"id": "\xff"}\n'
    assert _rows(data, monkeypatch) == [{"id": 1}, {"id": "\ufffd"}]


@pytest.mark.parametrize("line", [b"{", b"[" * 100_000, b"5", b"\xff\xfe"])
def test_a_bad_line_is_named(line: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """However deep it is nested."""
    with pytest.raises(BadRequest, match="第 2 行"):
        _rows(b'{"id": 1}\n' + line + b"\n", monkeypatch)
