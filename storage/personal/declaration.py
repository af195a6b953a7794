"""The declaration of every table: whose its rows are, and what becomes of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import Table

from bot.errors import ConfigurationError
from bot.yaml_text import safe_load
from storage.models.tables import Base

FILE = Path(__file__).with_name("tables.yaml")
SETS = ("customers", "conversations", "phones", "papers", "policies", "policy_ids", "cases",
        "peers")  # fmt: skip
_ERASE = ("delete", "mask", "none")


@dataclass(frozen=True)
class TableRule:
    """One table. ``erase`` is delete, mask, none, or the values that columns are set to."""

    table: Table
    title: str
    ties: Mapping[str, str]
    search: str
    hidden: frozenset[str]
    erase: str | Mapping[str, Any]
    export: bool
    always: bool

    @property
    def personal(self) -> bool:
        """Tell whether anything in it is about a customer."""
        return bool(self.ties or self.search)


@lru_cache(maxsize=1)
def rules() -> Mapping[str, TableRule]:
    """Return all tables in the order of erasing; raise ConfigurationError with the remedy."""
    raw = safe_load(FILE.read_text(encoding="utf-8")) or {}
    return {name: _rule(name, said) for name, said in raw.items()}


def _rule(name: str, said: Mapping[str, Any]) -> TableRule:
    table = Base.metadata.tables.get(name)
    if table is None:
        raise ConfigurationError(f"{FILE.name}：没有表 {name}，请删掉这一条")
    erase = said.get("erase", "none")
    named = {*said.get("ties", {}), *said.get("hidden", ())}
    named |= {said["search"]} if said.get("search") else set()
    named |= set(erase) if isinstance(erase, dict) else set()
    if stray := sorted(named - set(table.columns.keys())):
        raise ConfigurationError(f"{FILE.name}：{name} 没有列 {stray}，请改正")
    if unknown := sorted(set(said.get("ties", {}).values()) - set(SETS)):
        raise ConfigurationError(f"{FILE.name}：{name} 的 ties 里不认得 {unknown}，可以写 {SETS}")
    if not isinstance(erase, dict) and erase not in _ERASE:
        raise ConfigurationError(f"{FILE.name}：{name} 的 erase 要写 {_ERASE} 或列的值")
    if erase in ("delete", "mask") and len(list(table.primary_key)) > 1:
        raise ConfigurationError(f"{FILE.name}：{name} 的主键不止一列，erase 请写列的值或 none")
    if not (said.get("ties") or said.get("search") or said.get("none")):
        raise ConfigurationError(f"{FILE.name}：{name} 要写 ties、search 或 none（为什么没有）")
    return TableRule(
        table=table,
        title=str(said["title"]),
        ties=said.get("ties", {}),
        search=str(said.get("search") or ""),
        hidden=frozenset(said.get("hidden", ())),
        erase=erase,
        export=bool(said.get("export", True)),
        always=bool(said.get("always", False)),
    )
