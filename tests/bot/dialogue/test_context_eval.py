"""Several questions at once and follow-ups with the real knowledge base: how many come right."""

from __future__ import annotations

from itertools import starmap
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.bootstrap import App
from bot.dialogue.commands import AnswerEntry, AnswerParts, Command, NotUnderstood, Offer
from bot.dialogue.state import Answered, DialogueState
from bot.dialogue.understand import Understander
from tests.fakes import NOON

CASES = yaml.safe_load(Path(__file__).with_name("context_eval.yaml").read_text(encoding="utf-8"))
# The share that must come right; raise it when it has become better.
FLOORS = {"several": 0.85, "whole": 0.85, "follow_ups": 0.85, "complete": 0.85}


def understander(parts: App) -> Understander:
    """Return the real understanding."""
    return Understander(parts.registry, parts.reader, parts.knowledge)


def commands(parts: App, case: dict[str, Any]) -> list[Command]:
    """Return what the case's last sentence leads to."""
    state = DialogueState()
    listener = understander(parts)
    if "first" in case:
        first = listener.commands(case["first"], state, NOON)[0]
        if not isinstance(first, AnswerEntry):
            return [NotUnderstood()]
        answered = Answered((first.entry,), case["first"], first.score, NOON.isoformat())
        state = DialogueState(answered=answered)
    return listener.commands(case.get("then") or case["text"], state, NOON)


def is_right(case: dict[str, Any], found: Command) -> bool:
    """Tell whether the command is what the case wants."""
    if "entries" in case:
        got = [part.entry or None for part in found.parts] if isinstance(found, AnswerParts) else []
        pairs = zip(got, case["entries"], strict=False)
        return len(got) == len(case["entries"]) and all(starmap(_fits, pairs))
    if case.get("ask"):
        return isinstance(found, Offer)
    return isinstance(found, AnswerEntry) and _fits(found.entry, case["entry"])


def _fits(got: str | None, wanted: str | list[str] | None) -> bool:
    return got in wanted if isinstance(wanted, list) else got == wanted


@pytest.mark.parametrize("kind", CASES)
def test_enough_come_right(parts: App, kind: str) -> None:
    """The share may not fall below its floor; what came out wrong is shown."""
    found = [(case, commands(parts, case)[0]) for case in CASES[kind]]
    wrong = [(case, command) for case, command in found if not is_right(case, command)]
    share = 1 - len(wrong) / len(found)
    assert share >= FLOORS[kind], "\n".join(map(str, wrong))
