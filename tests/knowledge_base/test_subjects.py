"""What a question is about, and the same question about something else."""

from __future__ import annotations

import pytest

from knowledge_base.entries import Entry
from knowledge_base.subjects import Subjects

ENTRIES = [
    Entry("A", "退保怎么办理？", (), topics=("退保",)),
    Entry("B", "退保款几天到账？", (), topics=("退保", "退费")),
    Entry("C", "几点上班？", (), topics=("营业时间",)),
    Entry("D", "交强险能退吗？", (), topics=("交强险", "退保")),
]
SUBJECTS = Subjects(ENTRIES)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("退保要带什么", ("退保",)),
        ("交强能退保吗", ("交强", "退保")),
        ("营业时间到几点", ()),
        ("多久能到账", ()),
    ],
)
def test_subjects_are_named(text: str, named: tuple[str, ...]) -> None:
    """Products, and topics that several entries share; a topic of one entry needs no naming."""
    assert SUBJECTS.of(text) == named


@pytest.mark.parametrize(
    ("entry", "subject", "is_about"),
    [(1, "退保", True), (3, "交强", True), (1, "交强险", False), (2, "退保", False)],
)
def test_about(entry: int, subject: str, is_about: bool) -> None:
    """An entry is about what its question or topics name, by any name."""
    assert SUBJECTS.about(ENTRIES[entry], subject) is is_about


@pytest.mark.parametrize(
    ("question", "other", "swapped"),
    [
        ("交强险能退吗？", "商业", "商业险能退吗"),
        ("车损险保什么？", "三者险", "三者险保什么"),
        ("退保怎么办理？", "续保", "续保怎么办理"),
        ("电子保单怎么下载？", "纸质", "纸质怎么下载"),
        ("退保怎么办理？", "老人", "老人退保怎么办理"),
        ("退保怎么办理？", "一大堆说不清楚的东西啊", ""),
        ("", "商业", ""),
    ],
)
def test_one_subject_for_another(question: str, other: str, swapped: str) -> None:
    """What excludes it gives way; where nothing does, it is put before the question."""
    assert SUBJECTS.swap(question, other).rstrip("？?") == swapped
