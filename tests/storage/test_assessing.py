"""Scores, shrinkage, ranks, grades and shortfalls, worked out by hand (`domain.md` 8.3)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from storage.assessing import Person, Sample, assess, score, shortfalls, shrink
from storage.rules.assessment import Measure, Rules, rules


def _rules() -> Rules:
    """Return the shipped rules with one post of two measures."""
    measures = (Measure("csat", 60, 0.7, 0.9), Measure("qa_mean", 40, 60, 90))
    return replace(rules(), posts={"agent": measures})


def _person(name: str, csat: float, qa: float = 90.0, rows: int = 100, **said: object) -> Person:
    samples = {"csat": Sample(rows, csat), "qa_mean": Sample(rows, qa)}
    plain = Person(name, "一组", "agent", samples, samples)
    return replace(plain, **said)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "points"), [(0.5, 0), (0.7, 0), (0.8, 50), (0.9, 100), (0.94, 120), (1.0, 120)]
)
def test_a_score_is_linear_and_capped(value: float, points: float) -> None:
    """Nothing below the floor, full marks at the target, never more than 120."""
    assert score(Measure("csat", 1, 0.7, 0.9), value, 1.2) == pytest.approx(points)


def test_less_is_better_where_the_target_is_below_the_floor() -> None:
    """A share of faults: 2 % is full marks, 10 % is none."""
    fault = Measure("qa_veto", 1, 0.10, 0.02)
    assert score(fault, 0.02, 1.2) == pytest.approx(100)
    assert score(fault, 0.10, 1.2) == pytest.approx(0)


def test_a_small_sample_is_drawn_to_its_team() -> None:
    """Five perfect answers in a team at 80 %: (5·1 + 20·0.8) ÷ 25 = 0.84."""
    assert shrink(Sample(5, 1.0), 0.8, 20) == pytest.approx(0.84)


def test_a_total_is_the_weighted_mean_of_what_can_be_counted() -> None:
    """60 % at 50 and 40 % at 100 make 70; without the second measure it is 50 alone."""
    both = assess([_person("甲", 0.8)], _rules())[0]
    assert both.total == pytest.approx(70)
    only = {"csat": Sample(100, 0.8)}
    alone = assess([_person("甲", 0.8, samples=only, team_samples=only)], _rules())[0]
    assert alone.total == pytest.approx(50)
    assert alone.grade == "D"


def test_too_little_to_go_by_is_no_rank() -> None:
    """Under 60 % of the weights, or under ten rows: shown, not ranked, not graded."""
    only = {"qa_mean": Sample(100, 80.0)}
    thin = assess([_person("甲", 0, samples=only, team_samples=only)], _rules())[0]
    assert (thin.ranks, thin.grade, thin.why_no_rank) == (None, "", "可用权重不足")
    few = assess([_person("乙", 0.8, rows=9)], _rules())[0]
    assert (few.ranks, few.why_no_rank) == (None, "样本不足")


def test_equal_totals_share_a_place() -> None:
    """1, 2, 2, 4: nobody is put behind somebody just as good."""
    people = [_person(n, csat) for n, csat in zip("甲乙丙丁", (0.9, 0.8, 0.8, 0.7), strict=True)]
    ranks = [result.ranks for result in assess(people, _rules())]
    assert ranks == [(1, 1), (2, 3), (2, 3), (4, 4)]


def test_only_the_same_workload_is_compared() -> None:
    """Twenty calls and a thousand calls are ranked apart."""
    people = [_person("甲", 0.8, rows=20), _person("乙", 0.9, rows=600)]
    assert [r.ranks for r in assess(people, _rules())] == [(1, 1), (1, 1)]


def test_praise_is_capped_and_an_upheld_complaint_costs_ten() -> None:
    """Five commendations add six, not ten; one upheld complaint takes ten away."""
    praised = assess([_person("甲", 0.8, merits=("praise",) * 5)], _rules())[0]
    assert praised.total == pytest.approx(76)
    blamed = assess([_person("甲", 0.8, merits=("upheld_complaint",))], _rules())[0]
    assert blamed.total == pytest.approx(60)


def test_a_veto_is_nought() -> None:
    """Whatever the figures say."""
    assert assess([_person("甲", 0.95, veto=True)], _rules())[0].total == 0


def test_a_weak_measure_calls_for_training() -> None:
    """Below 70 points with enough rows behind it; a strong one does not."""
    result = assess([_person("甲", 0.8)], _rules())[0]
    assert [item.code for item in shortfalls(result, _rules())] == ["csat"]
    good = assess([_person("乙", 0.9)], _rules())[0]
    assert shortfalls(good, _rules()) == []


def test_the_shipped_table_has_every_post_of_the_charter() -> None:
    """S64: agents, claims, sales and underwriting, weights of a hundred each."""
    for post in ("agent", "claims", "sales", "underwriting"):
        assert sum(measure.weight for measure in rules().posts[post]) == 100
