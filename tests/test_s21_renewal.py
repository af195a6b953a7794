"""S21 in the dialogue: whoever asks learns the day, the gap and the way; whoever declines is left
alone. The reminders themselves are the scheduler's."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.bootstrap import App
from bot.scripts.player import Play, Stage
from bot.scripts.script import load
from storage.rules import renewal

SCRIPTS = load(Path(__file__).parent / "dialogues" / "renew.yaml")


@pytest.mark.parametrize("line", ["auto", "home", "accident", "health", "other"])
def test_s21_every_line_says_what_a_gap_means(line: str) -> None:
    """Steps, papers, the consequence of a gap and the basis, for each line."""
    rule = renewal.of(line)
    assert rule.steps
    assert rule.documents
    assert "断档" in rule.gap
    assert rule.basis


def test_s21_declining_stops_the_reminders(parts: App, tmp_path: Path) -> None:
    """One sentence is enough, and nobody is talked round."""
    script = next(s for s in SCRIPTS if "不续了" in s.id)
    line = Play(Stage(parts, tmp_path), script).run()
    assert line["failed"] == []
    assert line["records"]["unsubscribed"] == ["renewal"]
