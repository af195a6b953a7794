"""What is written to customers about a claim: notices, nudges and letters, as a clerk's table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from string import Formatter
from typing import Any

from bot.errors import ConfigurationError
from bot.yaml_text import safe_load
from storage.models.case import Claim
from storage.statuses import CLAIM_STATUSES

_FILE = Path(__file__).with_name("claim_texts.yaml")
CODES = tuple(f"C{number:02d}" for number in range(1, 11))
NUDGES = ("silence", "urged")
LETTERS = ("refusal", "supplement", "application")
UNKNOWN = "（待填）"
# What a claim, or the step that sends the notice, can fill in.
_WORDS = {
    "no", "number", "sla", "documents", "name", "phone", "eta", "place", "missing", "date", "last4",
    "progress", "next", "owner", "reason", "clause", "addressee", "reported_on", "happened_on",
    "subject", "hotline", "company", "today", "line", "policy", "insured", "reporter", "story",
    "damage", "police", "injured",
}  # fmt: skip


class _Open(dict[str, Any]):
    """What is not known is left to be filled in by hand."""

    def __missing__(self, key: str) -> str:
        return UNKNOWN


def notice(code: str, values: Mapping[str, Any]) -> str:
    """Return a notice; what is not known is left open."""
    return str(texts()["notices"][code]["text"]).format_map(_Open(values))


def letter(kind: str, values: Mapping[str, Any]) -> tuple[str, str]:
    """Return title and text of a letter."""
    row = texts()["letters"][kind]
    return str(row["title"]), str(row["text"]).format_map(_Open(values)).strip()


def needs(kind: str) -> tuple[str, ...]:
    """Return what a letter cannot be written without."""
    return tuple(texts()["letters"][kind]["needs"])


def values_of(claim: Claim, facts: Mapping[str, str]) -> dict[str, Any]:
    """Return what every notice can say of a claim."""
    label, step = CLAIM_STATUSES[claim.status]
    return {
        "no": claim.number,
        "progress": label,
        "next": (claim.next_step or step).rstrip("。") + "。",
        "owner": claim.owner,
        "sla": facts["injury_contact" if claim.facts.get("injured") else "first_contact"],
        "hotline": facts.get("hotline") or UNKNOWN,
        "company": facts.get("branch_name") or UNKNOWN,
    }


@lru_cache(maxsize=1)
def texts() -> dict[str, Any]:
    """Return the table; raise ConfigurationError with file, place and remedy."""
    table: dict[str, Any] = safe_load(_FILE.read_text(encoding="utf-8"))
    check(table)
    return table


def check(table: Mapping[str, Any]) -> None:
    """Refuse a table that lacks a text or has a word that nothing fills in."""
    for part, wanted in (
        ("notices", CODES),
        ("letters", LETTERS),
        ("nudges", ("silence", "urged")),
    ):
        if lacking := [code for code in wanted if code not in table.get(part, {})]:
            raise ConfigurationError(f"{_FILE.name}：{part} 缺少 {'、'.join(lacking)}，请补上")
    for place, text in _all(table):
        strays = {word for _, word, _, _ in Formatter().parse(text) if word} - _WORDS
        if strays:
            names = "、".join(sorted(strays))
            raise ConfigurationError(f"{_FILE.name}：{place} 不认识 {names}，请改正或删去")


def _all(table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for part in ("notices", "letters"):
        yield from ((f"{part}.{code}", row["text"]) for code, row in table[part].items())
    yield from ((f"nudges.{code}", text) for code, text in table["nudges"].items())
