"""Look for what is wrong with a base: duplicates, conflicts, gaps, things past their date."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from knowledge_base.entries import Entry
from knowledge_base.loader import PLACEHOLDER, KnowledgeBase
from knowledge_base.matcher import FaqMatcher
from knowledge_base.normalise import normalise

Kind = Literal[
    "duplicate", "conflict", "near", "dead", "expired", "overdue", "fact", "source", "date"
]
# Worth knowing, but nothing that must be mended before the next release.
NOTICES: frozenset[Kind] = frozenset({"near", "dead"})
# Another entry this likely beside the right one is close enough to be shown.
NEAR = 0.5


@dataclass(frozen=True)
class Finding:
    """Something about an entry that somebody should look at."""

    kind: Kind
    entry: str
    text: str

    @property
    def is_notice(self) -> bool:
        """Tell whether the base may go live with it."""
        return self.kind in NOTICES


def check(
    base: KnowledgeBase,
    matcher: FaqMatcher,
    facts: Mapping[str, str],
    now: datetime,
    hits: Collection[str] | None = None,
) -> Iterator[Finding]:
    """Yield all findings; ``hits`` are the entries ever answered, None when too few were."""
    for entry in base.entries.values():
        yield from _dates(entry, now)
        yield from _sources(entry)
        yield from _facts(base, entry, facts)
        if hits is not None and entry.id not in hits:
            yield Finding("dead", entry.id, "从来没有客户问到过")
    yield from _duplicates(base)
    yield from _conflicts(base, matcher)


def _dates(entry: Entry, now: datetime) -> Iterator[Finding]:
    if entry.expires_at and entry.expires_at <= now:
        yield Finding("expired", entry.id, f"已于 {entry.expires_at:%Y-%m-%d %H:%M} 失效")
    if entry.review_due and entry.review_due < now.date():
        yield Finding("overdue", entry.id, f"已过复核日 {entry.review_due}")
    if entry.reviewed_on and entry.reviewed_on > now.date():
        yield Finding("date", entry.id, f"复核日 {entry.reviewed_on} 在将来")


def _sources(entry: Entry) -> Iterator[Finding]:
    if not entry.source.strip():
        yield Finding("source", entry.id, "没有写依据（source）")
    if entry.review_due is None:
        yield Finding("source", entry.id, "没有写复核到期日（review_due）")


def _facts(base: KnowledgeBase, entry: Entry, facts: Mapping[str, str]) -> Iterator[Finding]:
    for name in PLACEHOLDER.findall(entry.answer):
        if not facts.get(name, "").strip():
            yield Finding("fact", entry.id, f"分公司信息 {name} 没有配置")
    answer = _squeezed(base.answer(entry, facts))
    for fact in entry.must_contain:
        if "{" not in fact and _squeezed(fact) not in answer:
            yield Finding("fact", entry.id, f"答案里缺少「{fact}」")


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _duplicates(base: KnowledgeBase) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    for entry in base.entries.values():
        for text in dict.fromkeys(entry.texts):
            other = seen.setdefault(normalise(text) or text, entry.id)
            if other != entry.id:
                yield Finding("duplicate", entry.id, f"问法「{text}」与 {other} 重复")


def _conflicts(base: KnowledgeBase, matcher: FaqMatcher) -> Iterator[Finding]:
    """Ask every wording: its own entry should be the answer, and clearly so."""
    near: Counter[tuple[str, str]] = Counter()
    for entry in base.entries.values():
        for text in entry.texts:
            matches = matcher.match(text, 2)
            if not matches:
                continue
            if matches[0].id != entry.id and matcher.answered(matches):
                yield Finding("conflict", entry.id, f"问法「{text}」会被 {matches[0].id} 抢答")
            elif other := next((m for m in matches if m.id != entry.id), None):
                near[entry.id, other.id] += other.score >= NEAR
    for (code, rival), count in sorted(near.items(), key=lambda item: (-item[1], item[0])):
        if count:
            yield Finding("near", code, f"有 {count} 句问法离 {rival} 很近")
