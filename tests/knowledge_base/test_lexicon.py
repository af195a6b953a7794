"""Word lists: a bad line is refused with its number."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from knowledge_base import lexicon
from knowledge_base.patterns import Patterns, Replacer


@pytest.mark.parametrize(
    ("reader", "content", "message"),
    [
        (lexicon.read_words, "甲\n乙\n甲\n", "第 3 行：“甲”与第 1 行重复"),
        (lexicon.read_pairs, "# 注\n宝单=保单\n理陪\n", "第 3 行：“理陪”不是“写法=意思”"),
        (lexicon.read_pairs, "甲=乙\n甲=丙\n", "第 2 行：“甲”前面已写作“乙”"),
        (lexicon.read_groups, "退保 退险\n续保\n", "第 2 行：“续保”只有一个词"),
        (lexicon.read_groups, "退保 退险\n续保 退险\n", "第 2 行：“退险”已在第 1 行"),
    ],
)
def test_bad_lines(
    tmp_path: Path, reader: Callable[[Path], object], content: str, message: str
) -> None:
    """The error names file and line."""
    file = tmp_path / "words.txt"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(lexicon.LexiconError, match=message) as error:
        reader(file)
    assert "words.txt" in str(error.value)


@pytest.mark.parametrize("name", ["terms", "stopwords", "fillers", "out_of_scope"])
def test_shipped_words_load(name: str) -> None:
    """Our own lists are sound."""
    assert len(lexicon.read_words(lexicon.FOLDER / f"{name}.txt")) >= 150


@pytest.mark.parametrize("name", ["typos", "dialect", "question_types", "negation"])
def test_shipped_pairs_load(name: str) -> None:
    """Our own pairs are sound."""
    assert len(lexicon.read_pairs(lexicon.FOLDER / f"{name}.txt")) >= 60


def test_shipped_synonyms_load() -> None:
    """No word is in two groups."""
    assert len(lexicon.read_groups(lexicon.FOLDER / "synonyms.txt")) >= 150


def test_the_longest_pattern_wins() -> None:
    """Hits do not overlap and the longer one counts."""
    patterns = Patterns({"三者": 1, "三者险": 2, "险": 3})
    assert [(at, value) for at, _, value in patterns.find("三者险和三者")] == [(0, 2), (4, 1)]


@pytest.mark.parametrize(
    ("text", "result"), [("嘛时候", "什么时候"), ("好嘛", "好嘛"), ("没有", "没有")]
)
def test_patterns_that_need_something_behind(text: str, result: str) -> None:
    """A pattern with … does not fire at the end."""
    assert Replacer({"嘛…": "什么"}).apply(text) == result
