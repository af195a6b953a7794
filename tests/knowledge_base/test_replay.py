"""Replay: what an edit changes, told rightly, and told the same however little is matched again."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
import yaml

from knowledge_base.entries import Entry
from knowledge_base.loader import KnowledgeBase
from knowledge_base.matcher import Outcome
from knowledge_base.replay import Asked, Side, Verdict, compare, replay, variants
from knowledge_base.service import Service

RIGHT = frozenset({"A"})
EDITS = 6


def verdict(told: str) -> Verdict:
    """Return a verdict from «answer A», «offer A B» or «unknown»."""
    outcome, *entries = told.split()
    kinds: dict[str, Outcome] = {"answer": "answer", "offer": "offer", "unknown": "unknown"}
    return Verdict(kinds[outcome], tuple(entries))


@pytest.mark.parametrize(
    ("before", "after", "right", "status"),
    [
        ("answer A", "answer A", None, "same"),
        ("answer A", "answer B", None, "changed"),
        ("answer A", "offer A", None, "lost"),
        ("answer A", "unknown", None, "lost"),
        ("unknown", "answer A", None, "newly"),
        ("unknown", "offer A", None, "better"),
        ("unknown A", "unknown B", None, "same"),
        ("offer A B", "answer B", None, "better"),
        ("offer A B", "answer C", None, "changed"),
        ("offer A B", "offer B A", None, "same"),
        ("offer A B", "offer C D", None, "changed"),
        ("offer A", "unknown", None, "lost"),
        ("answer B", "answer A", RIGHT, "better"),
        ("answer A", "answer B", RIGHT, "changed"),
        ("answer B", "answer C", RIGHT, "changed"),
        ("answer B", "unknown", RIGHT, "better"),
        ("unknown", "answer A", RIGHT, "newly"),
        ("unknown", "answer B", RIGHT, "changed"),
        ("offer A", "offer B", RIGHT, "lost"),
        ("answer A", "answer C", RIGHT | {"C"}, "same"),
        ("unknown", "answer A", frozenset(), "changed"),
        ("answer A", "unknown", frozenset(), "better"),
        ("unknown", "offer A", frozenset(), "same"),
    ],
)
def test_what_became_of_an_answer(
    before: str, after: str, right: frozenset[str] | None, status: str
) -> None:
    """Right answers count where somebody said what is right; else any other answer is a change."""
    assert compare(verdict(before), verdict(after), right) == status


@cache
def shipped() -> Service:
    """Return the shipped base."""
    return Service.load({})


def edits(count: int) -> Iterator[KnowledgeBase]:
    """Yield the shipped base with one entry reworded, cut short, taken out, doubled or spoilt."""
    rng = random.Random(count)
    entries = shipped().base.entries
    for number in range(count):
        one, other = rng.sample(list(entries.values()), 2)
        edited: list[Entry | None] = [
            replace(one, variants=(*one.variants, f"{rng.choice(other.texts)}呢")),
            replace(one, variants=one.variants[:-3]),
            None,
            replace(one, question="我要退保"),
            replace(one, id="N1", question=f"{other.question[:6]}怎么弄", variants=()),
            replace(one, answer="已经改过的答案", topics=()),
        ]
        new = edited[number % len(edited)]
        kept = {code: e for code, e in entries.items() if new and code != one.id}
        if new is None:
            kept = {code: e for code, e in entries.items() if code != one.id}
        elif new.id != one.id:
            kept = dict(entries)
        yield KnowledgeBase([*kept.values(), *([new] if new else [])])


def past() -> list[Asked]:
    """Return our labelled questions as if customers had asked them."""
    rows = yaml.safe_load(Path(__file__).with_name("faq_eval.yaml").read_text(encoding="utf-8"))
    return [Asked(row["text"], "past") for row in rows]


def test_matching_only_what_is_touched_finds_the_same() -> None:
    """Every change that matching everything again finds is found, for edits of every kind."""
    service = shipped()
    before = Side(service.base, service.matcher)
    spared = 0
    for base in edits(EDITS):
        drafted = service.snapshot(base, 1)
        after = Side(base, drafted.matcher)
        asked = [*past(), *variants(before.base, base)]
        narrow = replay(before, after, asked, service.memory)
        whole = replay(before, after, asked, everything=True)
        assert narrow.changes == whole.changes
        assert narrow.counts == whole.counts
        assert narrow.total == whole.total == whole.matched
        spared += narrow.matched < whole.matched / 2
    # An entry that alone speaks of a product takes the whole base along when it goes.
    assert spared >= EDITS - 1


def test_a_stolen_question_is_seen() -> None:
    """A wording put into the wrong entry shows as a change of the entry it was taken from."""
    service = shipped()
    thief = service.base.entries["F001"]
    victim = service.base.entries["F125"]
    bad = replace(thief, variants=(*thief.variants, *victim.variants))
    left = replace(victim, variants=())
    base = KnowledgeBase((service.base.entries | {"F001": bad, "F125": left}).values())
    drafted = service.snapshot(base, 1)
    asked = [Asked(text, "past") for text in victim.texts]
    report = replay(
        Side(service.base, service.matcher), Side(base, drafted.matcher), asked, service.memory
    )
    assert report.to_explain == report.count("changed") + report.count("lost") > 5
    assert report.summary()["total"] == len(asked)
    assert {change.before.first for change in report.changes} == {"F125"}


def test_wordings_belong_to_the_entry_that_will_have_them() -> None:
    """A wording that moves is right where it goes; those of an entry that leaves are not asked."""
    stays, leaves = Entry("A", "甲", ("乙",)), Entry("B", "丙", ("丁",))
    gets = replace(stays, variants=("乙", "丁"))
    asked = list(variants(KnowledgeBase([stays, leaves]), KnowledgeBase([gets])))
    assert asked == [Asked(text, "variant", frozenset({"A"})) for text in ("甲", "乙", "丁")]
