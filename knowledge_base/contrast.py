"""Know what must not be mixed up: 退保 is not 续保, 交强 is not 商业."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from bot.errors import ConfigurationError
from bot.yaml_text import safe_load
from knowledge_base import lexicon
from knowledge_base.patterns import Patterns
from knowledge_base.roles import Roles

Mask = int


@dataclass(frozen=True, slots=True)
class Guard:
    """Finds members of exclusive groups; each member is one bit, each group a mask of bits."""

    patterns: Patterns[Mask]
    groups: tuple[Mask, ...]
    names: tuple[str, ...]
    # Members of the groups marked ``decides``: an entry that never names one cannot be about it.
    decisive: Mask
    # The same of the groups marked ``foreign``: other companies, towns and trades.
    foreign: Mask
    # Who does it to whom: told by the order of the words, not by the words alone.
    roles: tuple[Roles, ...]

    def mentions(self, text: str) -> Mask:
        """Return the bits of all members that the text names."""
        found = 0
        for _, _, bits in self.patterns.find(text):
            found |= bits
        for roles in self.roles:
            found |= roles.side(text)
        return found

    def groups_of(self, mentions: Mask) -> tuple[Mask, ...]:
        """Return the groups in which the mentions take a side."""
        return tuple(group for group in self.groups if group & mentions)

    def named(self, groups: tuple[Mask, ...]) -> list[str]:
        """Return the names of groups, for people."""
        if not groups:
            return []
        return [
            name for name, group in zip(self.names, self.groups, strict=True) if group in groups
        ]


def conflicts(groups: tuple[Mask, ...], asked: Mask, offered: Mask) -> int:
    """Count the groups in which both take sides and share none."""
    return sum(1 for group in groups if offered & group and not offered & group & asked)


def turned(groups: tuple[Mask, ...], asked: Mask, subject: Mask, offered: Mask) -> tuple[Mask, ...]:
    """Return the groups in which an entry is about another side than the one asked.

    The standard question says what an entry is about; that a wording mentions something in passing
    does not count, and neither does it where any wording takes the customer's side.
    """
    return tuple(group for group in groups if subject & group and not offered & group & asked)


def read_guard(path: Path) -> Guard:
    """Read the groups; a mistake names the group, for YAML gives no line here."""
    rows = safe_load(path.read_text(encoding="utf-8"))
    table: dict[str, Mask] = {}
    groups: list[Mask] = []
    roles: list[Roles] = []
    bit, decisive, foreign = 1, 0, 0
    for number, row in enumerate(rows, 1):
        members = _members(path, number, row)
        group = ((1 << len(members)) - 1) * bit
        if row.get("roles"):
            roles.append(Roles(members[0], members[1], row.get("passive", ()), (bit, bit << 1)))
        else:
            _enter(table, members, bit)
        groups.append(group)
        bit <<= len(members)
        decisive |= group if row.get("decides") else 0
        foreign |= group if row.get("foreign") else 0
    table = {phrase: _inherited(table, phrase) for phrase in table}
    # Neutral phrases are found first where longer, and stand for nothing.
    for row in rows:
        table |= {phrase: 0 for phrase in row.get("neutral", ()) if phrase not in table}
    names = tuple(str(row.get("name", "")) for row in rows)
    return Guard(Patterns(table), tuple(groups), names, decisive, foreign, tuple(roles))


def _enter(table: dict[str, Mask], members: Iterable[Iterable[str]], bit: Mask) -> None:
    for place, phrases in enumerate(members):
        for phrase in phrases:
            table[phrase] = table.get(phrase, 0) | bit << place


def _inherited(table: Mapping[str, Mask], phrase: str) -> Mask:
    """Return the bits of a phrase and of all phrases in it: 我全责 is also 全责."""
    found = 0
    for start in range(len(phrase)):
        for end in range(start + 1, len(phrase) + 1):
            found |= table.get(phrase[start:end], 0)
    return found


def _members(path: Path, number: int, row: Any) -> list[list[str]]:
    members = [str(member).split() for member in (row or {}).get("members", ())]
    if len(members) < 2 or not all(members):
        name = (row or {}).get("name", "没有名字")
        raise ConfigurationError(
            f"{path} 第 {number} 组（{name}）：互斥的词少于两个。请在 members 里至少写两项。"
        )
    return members


@cache
def guard() -> Guard:
    """Return the shared guard."""
    return read_guard(lexicon.FOLDER / "contrast.yaml")
