"""Cells of lists say what their column is called: on a phone a row is a card without a head.

Written into the page, not added by a script: what is added later lets the page jump.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial

_TABLE = re.compile(r'<table class="list">.*?</table>', re.S)
_HEAD = re.compile(r"<th\b[^>]*>(.*?)</th>", re.S)
_ROW = re.compile(r"<tr\b[^>]*>.*?</tr>", re.S)
_CELL = re.compile(r"<td\b([^>]*)>(.*?)</td>", re.S)
_TAG = re.compile(r"<[^>]*>")


def labelled(html: str) -> str:
    """Return a page with the names of the columns on the cells of its lists."""
    return _TABLE.sub(_table, html) if '<table class="list">' in html else html


def _table(found: re.Match[str]) -> str:
    table = found[0]
    names = [_TAG.sub("", name).strip().replace('"', "&quot;") for name in _HEAD.findall(table)]
    return _ROW.sub(partial(_row, names), table) if names else table


def _row(names: Sequence[str], found: re.Match[str]) -> str:
    row = found[0]
    if len(_CELL.findall(row)) != len(names):
        return row
    rest = iter(enumerate(names))
    return _CELL.sub(lambda cell: _cell(cell, *next(rest)), row)


def _cell(cell: re.Match[str], place: int, name: str) -> str:
    """Return a cell with its name; one that opens with a link is the headline of its card."""
    headline = place == 0 and "<a " in cell[2]
    label = f' data-label="{name}"' if name and not headline else ""
    return f"<td{cell[1]}{label}>{cell[2]}</td>"
