"""The state machines of services: every state can be reached and left, mistakes are named."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.errors import ConfigurationError, Refused
from storage.rules import service_states
from storage.rules.service_states import Family, families, read

FILE = Path(service_states.__file__).with_suffix(".yaml")
TABLE = yaml.safe_load(FILE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("family", families().values(), ids=lambda family: family.code)
def test_every_state_is_reached_and_every_request_can_end(family: Family) -> None:
    """Nothing is stuck, nothing is dead."""
    reached, border = {family.first, family.first_lacking}, [family.first, family.first_lacking]
    while border:
        onward = set(family.states[border.pop()].to) - reached
        reached |= onward
        border += onward
    assert reached == set(family.states)
    for name, state in family.states.items():
        assert state.over or any(_ends(family, to, {name}) for to in state.to), name


def _ends(family: Family, name: str, seen: set[str]) -> bool:
    if family.states[name].over:
        return True
    onward = set(family.states[name].to) - seen
    return any(_ends(family, to, seen | {name}) for to in onward)


@pytest.mark.parametrize("family", families().values(), ids=lambda family: family.code)
def test_refusals_are_told_with_a_reason(family: Family) -> None:
    """Whatever gives something back says why, and the customer is told."""
    for name in ("returned", "declined"):
        if name in family.states:
            assert "reason" in family.states[name].needs
            assert "{reason}" in family.states[name].tell


def test_a_step_that_lacks_something_says_what() -> None:
    """In the words of the table."""
    with pytest.raises(Refused, match="批单号或单据号、生效时间"):
        families()["endorsement"].check("approved", "endorsed", {})


def _with(change: Callable[[Any], None]) -> Any:
    table = copy.deepcopy(TABLE)
    change(table["families"]["paper"])
    return table


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda t: t["states"]["printed"]["to"].append("lost"), "printed 的 to 里的 lost"),
        (lambda t: t["states"]["posted"].update(needs=["stamp"]), "needs 里的 stamp"),
        (lambda t: t["states"]["posted"].update(tell="{reason}"), "tell 里的 reason"),
        (lambda t: t["states"]["posted"].pop("says"), "缺少 says"),
        (lambda t: t["states"]["posted"].update(colour=1), "不认识 colour"),
        (lambda t: t.update(first="nowhere"), "nowhere"),
        (lambda t: t.update(prefix="EN"), "不能重复"),
        (lambda t: t.update(prefix="p"), "两个大写字母"),
    ],
)
def test_a_mistake_in_the_table_is_named(change: Callable[[Any], None], said: str) -> None:
    """File, place and remedy."""
    with pytest.raises(ConfigurationError, match=said):
        read(_with(change))
