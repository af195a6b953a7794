"""Partners of the branch and what their customers may enjoy, as long as it lasts (S81)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from bot.advice.rows import Row, load_table

_FILE = Path(__file__).with_name("partners.yaml")
# What the law forbids (BXF 116) must not get in through a table.
_REBATE = re.compile(
    r"返现|返利|返还|返点|现金红包|送.{0,6}(?:油卡|购物卡|现金|礼品)|减免保费|保费打折"
)


@dataclass(frozen=True)
class Benefit:
    """One thing that a partner does for our customers, from a day to a day."""

    text: str
    how: str
    valid_from: date
    valid_to: date


@dataclass(frozen=True)
class Partner:
    """A partner with its benefits."""

    code: str
    kind: str
    name: str
    called: tuple[str, ...]
    contact: str
    benefits: tuple[Benefit, ...]

    def current(self, today: date) -> tuple[Benefit, ...]:
        """Return the benefits that hold today."""
        return tuple(b for b in self.benefits if b.valid_from <= today <= b.valid_to)


@dataclass(frozen=True)
class Partners:
    """The whole table."""

    kinds: Mapping[str, tuple[str, str]]
    asks: str
    foot: str
    partners: tuple[Partner, ...]

    def named(self, text: str) -> Partner | None:
        """Return the partner that the text names: where a lead comes from."""
        return next((p for p in self.partners if any(name in text for name in p.called)), None)

    def meant(self, text: str) -> Sequence[Partner]:
        """Return the partners that a question is about: the named one, a kind, or all."""
        if one := self.named(text):
            return (one,)
        kinds = [kind for kind, (_, words) in self.kinds.items() if re.search(words, text)]
        return [p for p in self.partners if p.kind in kinds] or self.partners

    @property
    def sentences(self) -> str:
        """Return the regular expression of a sentence that asks for partners' benefits."""
        names = [re.escape(name) for partner in self.partners for name in partner.called]
        subjects = "|".join([*(words for _, words in self.kinds.values()), *names, "合作伙伴"])
        return (
            rf"^(?!.*(?:成为|找谁合作|谈合作|想合作|搭个合作|跟你们合作|和你们合作))"
            rf"(?=.*(?:{subjects}))(?=.*(?:{self.asks})).{{3,40}}$"
        )


@lru_cache(maxsize=1)
def partners() -> Partners:
    """Return the table as shipped; raise TableError with file, line and remedy."""
    return load_partners(_FILE)


def load_partners(file: Path) -> Partners:
    """Return the table of a file; raise TableError with file, line and remedy."""
    table = load_table(file)
    table.only("kinds", "asks", "foot", "partners")
    kinds = {
        kind: (row.text("label"), row.text("words")) for kind, row in table.named_rows("kinds")
    }
    found = tuple(_partner(code, row, kinds) for code, row in table.named_rows("partners"))
    return Partners(kinds, table.text("asks"), table.text("foot"), found)


def _partner(code: str, row: Row, kinds: Mapping[str, object]) -> Partner:
    row.only("kind", "name", "called", "contact", "benefits")
    if row.get("kind") not in kinds:
        raise row.wrong("kind", f"没有 {row.get('kind')} 这一类", f"应为 {'、'.join(kinds)} 之一。")
    return Partner(
        code=code,
        kind=row.text("kind"),
        name=row.text("name"),
        called=row.texts("called"),
        contact=row.text("contact"),
        benefits=tuple(_benefit(item) for item in row.rows("benefits")),
    )


def _benefit(row: Row) -> Benefit:
    row.only("text", "how", "valid_from", "valid_to")
    made = Benefit(row.text("text"), row.text("how"), row.day("valid_from"), row.day("valid_to"))
    if made.valid_to < made.valid_from:
        raise row.wrong("valid_to", "结束日期早于开始日期", "请核对起止日期。")
    if found := _REBATE.search(made.text):
        remedy = "不得给予合同以外的利益（《保险法》116 条），请删去。"
        raise row.wrong("text", f"权益里写了“{found[0]}”", remedy)
    return made
