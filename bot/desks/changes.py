"""The kinds of change to a policy, with what each takes (`domain.md` 5.3): a table clerks edit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from bot.errors import ConfigurationError
from bot.yaml_text import safe_load

FILE = Path(__file__).with_name("changes.yaml")
SURRENDER = "surrender"
_NEEDED = {"code", "title", "words", "level", "ask", "documents", "notes"}
_ALLOWED = _NEEDED | {"holds", "lines", "only", "otherwise", "forward", "money", "person", "by"}
_CODE = re.compile(r"[a-z][a-z_]{1,31}")
Level = Literal["V2", "V3"]


@dataclass(frozen=True)
class Change:
    """One kind of change. ``documents`` are (name, needed in any case)."""

    code: str
    title: str
    words: str
    level: Level
    ask: str
    documents: tuple[tuple[str, bool], ...]
    notes: tuple[str, ...]
    lines: tuple[str, ...] = ()
    before_start_only: bool = False
    otherwise: str = ""
    forward: bool = False
    money: str = ""
    person: bool = False
    by: str = "customer"
    holds: str = ""

    def fits(self, line: str) -> bool:
        """Tell whether policies of this line know such a change."""
        return not self.lines or line in self.lines


@lru_cache(maxsize=1)
def changes() -> Mapping[str, Change]:
    """Return the table by code; raise ConfigurationError with file, place and remedy."""
    return read(safe_load(FILE.read_text(encoding="utf-8")))


def read(table: Any) -> Mapping[str, Change]:
    """Return the kinds in ``table``, checked."""
    rows = table.get("changes") if isinstance(table, dict) else None
    if not isinstance(rows, list) or not rows:
        raise ConfigurationError(f"{FILE.name}：要有 changes，里面一条一种变更")
    found = [_change(row, order) for order, row in enumerate(rows, start=1)]
    codes = [change.code for change in found]
    if doubled := sorted({code for code in codes if codes.count(code) > 1}):
        raise ConfigurationError(f"{FILE.name}：代号 {'、'.join(doubled)} 重复，请改成不同的")
    if SURRENDER not in codes:
        raise ConfigurationError(f"{FILE.name}：缺少 {SURRENDER}（退保），请补上")
    return MappingProxyType({change.code: change for change in found})


def _change(row: Any, order: int) -> Change:
    place = f"{FILE.name} 第 {order} 条"
    if not isinstance(row, dict):
        raise ConfigurationError(f"{place}：要写成 code: …、title: … 这样的一组")
    place = f"{place}（{row.get('code', '没有 code')}）"
    if lacking := sorted(_NEEDED - row.keys()):
        raise ConfigurationError(f"{place}：缺少 {'、'.join(lacking)}，请补上")
    if strays := sorted(row.keys() - _ALLOWED):
        raise ConfigurationError(f"{place}：不认识 {'、'.join(strays)}，请改正或删去")
    _check(place, row)
    return Change(
        code=row["code"],
        title=row["title"],
        words=row["words"],
        level=row["level"],
        ask=row["ask"],
        documents=tuple((name.lstrip("*"), name.startswith("*")) for name in row["documents"]),
        notes=tuple(row["notes"]),
        lines=tuple(row.get("lines", ())),
        before_start_only="only" in row,
        otherwise=row.get("otherwise", ""),
        forward=bool(row.get("forward")),
        money=row.get("money", ""),
        person=bool(row.get("person")),
        by=row.get("by", "customer"),
        holds=row.get("holds", ""),
    )


def _check(place: str, row: Mapping[str, Any]) -> None:
    if not _CODE.fullmatch(str(row["code"])):
        raise ConfigurationError(f"{place}：code 只能用小写字母和下划线")
    if row["level"] not in ("V2", "V3"):
        raise ConfigurationError(f"{place}：level 须是 V2 或 V3")
    if row.get("only", "before_start") != "before_start" or ("only" in row) != ("otherwise" in row):
        raise ConfigurationError(f"{place}：only 只能是 before_start，并且要有 otherwise 的答复")
    if row.get("money", "either") not in ("charge", "refund", "either"):
        raise ConfigurationError(f"{place}：money 须是 charge、refund 或 either")
    for key in ("documents", "notes", "lines"):
        if not all(isinstance(item, str) and item.strip("*") for item in row.get(key) or ()):
            raise ConfigurationError(f"{place}：{key} 里每一项都要是文字")
    _check_patterns(place, row)


def _check_patterns(place: str, row: Mapping[str, Any]) -> None:
    for key in ("words", "holds"):
        try:
            re.compile(row.get(key, ""))
        except (re.error, TypeError):
            raise ConfigurationError(f"{place}：{key} 不是有效的正则表达式") from None
