"""No text, however hostile, keeps a pattern of the message path busy: ways are counted."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest

import intents
from bot.dialogue.call_words import calls_off
from bot.dialogue.registry import find_flows
from bot.dialogue.starters import Starters
from tests import warm
from tests.ambiguity import hostile, layouts, trouble, work
from tests.patterns_in_use import ATTRIBUTES

FLOWS = find_flows(intents)
OF_FLOWS = {
    f"{flow.name}.{name}": str(getattr(flow, name))
    for flow in FLOWS
    for name in ATTRIBUTES
    if getattr(flow, name)
}
# Letters of a hostile text, circles of a pattern that are tried, and steps that are allowed: a
# pattern that searches takes their square, one that also tries every end of a repeat their cube.
LENGTH, CIRCLES, MOST_STEPS = 120, 4, 150_000
OLD_WISH = r"(?:我?想要?|我?要|帮我|[,， ])*给车"
OLD_TIME = r"(?:[0-9一二]{1,3}点(?:[0-9一二]{1,3}分?)?|[0-9]{1,2}月)*打"


@pytest.fixture(scope="module")
def in_use() -> dict[str, tuple[str, int]]:
    """Return every pattern that understanding a message compiles, by its place and words."""
    words = [sys.executable, "-m", "tests.patterns_in_use"]
    done = subprocess.run(
        words, cwd=warm.ROOT, capture_output=True, text=True, check=True, timeout=warm.LONGEST_S
    )
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    found = {f"{place} {pattern[:60]}": (pattern, flags) for pattern, flags, place in rows}
    return found | {name: (pattern, 0) for name, pattern in OF_FLOWS.items()}


def _steps(pattern: str, flags: int = 0) -> Iterator[tuple[int, str]]:
    for layout in layouts(pattern, flags, few=16):
        for text in hostile(layout, CIRCLES, LENGTH):
            yield work(layout, text), text


@pytest.mark.parametrize("name", OF_FLOWS)
def test_a_flow_is_begun_by_words_that_are_read_in_one_way(name: str) -> None:
    """No repeat in what begins, asks for or declines a flow doubles the work with every word."""
    assert trouble(OF_FLOWS[name]) == ""


def test_every_pattern_of_the_message_path_reads_a_repeat_in_one_way(
    in_use: dict[str, tuple[str, int]],
) -> None:
    """The same of slot types, readers, word lists and rules in data files."""
    assert len(in_use) > 1_000
    found = {name: trouble(*pattern) for name, pattern in in_use.items()}
    assert {name: letters for name, letters in found.items() if letters} == {}


def test_repeated_fragments_of_its_own_words_keep_no_pattern_busy(
    in_use: dict[str, tuple[str, int]],
) -> None:
    """A text that goes round in a pattern and is spoilt at its end takes a bounded count."""
    # All of `told_by` together is asked about short texts only, and each is in here alone.
    alone = {name: one for name, one in in_use.items() if not one[0].startswith("(?P<_0>")}
    worst = {name: max(_steps(*one), default=(0, "")) for name, one in alone.items()}
    assert {name: one for name, one in worst.items() if one[0] > MOST_STEPS} == {}


@pytest.mark.parametrize(
    "pattern", [OLD_WISH, OLD_TIME, "(a*)*b", "(?:a?b?)*c", "(?:那?个?|的)*$", "(?=(?:aa?)*b)c"]
)
def test_a_pattern_that_doubles_its_work_is_found(pattern: str) -> None:
    """These take for ever on a few dozen letters; one of them stood here."""
    letters = trouble(pattern)
    assert letters
    assert max(steps for steps, _ in _steps(pattern)) > MOST_STEPS


@pytest.mark.parametrize("pattern", [r"\s*的*\s*$", r"a*b?a*c"])
def test_a_pattern_that_cubes_its_work_is_found(pattern: str) -> None:
    """Reading in few ways is not enough where every letter may be a beginning."""
    assert trouble(pattern) == ""
    assert max(steps for steps, _ in _steps(pattern)) > MOST_STEPS


@pytest.mark.parametrize(
    "pattern",
    [r"(?:我想|要|帮我)*+给车", "(?:a|b)*c", r"(?:\d{1,3}点)*打", "^a*b*c", r"\s*+的*+\s*+$"],
)
def test_a_pattern_that_is_harmless_is_not_suspected(pattern: str) -> None:
    """One way to read, and few places to begin at."""
    assert trouble(pattern) == ""
    assert max((steps for steps, _ in _steps(pattern)), default=0) <= MOST_STEPS


def test_a_long_text_is_no_wish() -> None:
    """What is wholly a wish is short; a reason for a score may be longer."""
    starters = Starters(FLOWS)
    assert starters.told("下午三点给我回个电话") == "call_back"
    assert starters.told("下午三点给我回个电话" + "吧" * 60) == ""
    reason = "昨天给一星是因为" + "查勘员迟到，还嚷嚷，" * 8
    assert len(reason) > 60
    assert starters.told(reason) == "survey_comment"
    assert starters.told(reason * 8) == ""


def test_a_long_text_calls_nothing_off() -> None:
    """Nor is it looked at."""
    assert calls_off("电话不用打了")
    assert not calls_off("电话不用打了" + "了" * 60)
