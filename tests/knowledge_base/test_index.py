"""The index: entries as wholes, the same cosine whether the walk ends early or not."""

from __future__ import annotations

import pytest

from knowledge_base.analysis import Analysis, analyse
from knowledge_base.index import Index

ENTRIES = (
    ("怎么退保", "我要退保", "保险不想要了"),
    ("怎么续保",),
    ("怎么报案", "出险了打哪个电话"),
    ("车损险赔什么",),
)


def built() -> Index:
    """Return an index over four entries, some with one wording only."""
    return Index([[analyse(text) for text in texts] for texts in ENTRIES])


def asked(text: str) -> Analysis:
    """Return a question taken apart."""
    return analyse(text)


@pytest.mark.parametrize(("text", "entry"), [("退保", 0), ("续保", 1), ("出险", 2), ("车损", 3)])
def test_the_best_entry_comes_first(text: str, entry: int) -> None:
    """Every entry is found by a word of its own."""
    assert built().search(asked(text), 3)[0].entry == entry


def test_the_very_wording_of_a_single_entry_has_cosine_one() -> None:
    """An entry with one wording equals that wording."""
    best = built().search(asked("车损险赔什么"), 1)[0]
    assert best.cosine == pytest.approx(1.0, abs=1e-6)


def test_unknown_words_lower_the_cosine() -> None:
    """What no entry has counts as not found."""
    index = built()
    plain, odd = index.search(asked("退保"), 1)[0], index.search(asked("退保火星撞地球"), 1)[0]
    assert plain.cosine > odd.cosine


@pytest.mark.parametrize("text", ["怎么退保", "怎么报案呢", "车损险怎么赔"])
def test_stopping_early_changes_no_cosine(text: str) -> None:
    """The rarest features pick the candidates; the rest is added afterwards, exactly."""
    whole, early = built(), built()
    early._walk = 3
    exact = dict(whole.search(asked(text), 4))
    for hit in early.search(asked(text), 4):
        assert hit.cosine == pytest.approx(exact[hit.entry])


def test_nothing_shared_finds_nothing() -> None:
    """A question without any known feature has no candidates."""
    assert built().search(asked("xyz"), 3) == []
    assert Index([]).search(asked("退保"), 3) == []
