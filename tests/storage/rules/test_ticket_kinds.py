"""The table of ticket kinds: whole, readable, and refused with file, place and remedy."""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.errors import ConfigurationError
from bot.settings import Desk
from storage.rules import ticket_kinds
from storage.rules.ticket_kinds import read, table

ROOT = Path(__file__).parents[3]
RAW: dict[str, Any] = yaml.safe_load(
    Path(ticket_kinds.__file__).with_suffix(".yaml").read_text(encoding="utf-8")
)
OPENED = re.compile(r"open_ticket\(\s*\"([a-z_]+)\"")


def test_every_kind_that_the_program_opens_is_in_the_table() -> None:
    """A promise without a clock and a queue would be none."""
    found = {
        kind
        for folder in ("intents", "bot", "storage")
        for file in (ROOT / folder).rglob("*.py")
        for kind in OPENED.findall(file.read_text(encoding="utf-8"))
    }
    assert len(found) > 4
    assert found <= table().kinds.keys()


def test_every_request_flow_has_its_kind() -> None:
    """The flows that end with a ticket of their own name."""
    named = re.compile(r"class \w+\(Request\):.*?\n    name = \"([a-z_]+)\"", re.DOTALL)
    files = (ROOT / "intents").glob("*.py")
    found = {kind for file in files for kind in named.findall(file.read_text(encoding="utf-8"))}
    assert len(found) > 10
    assert found <= table().kinds.keys()


def test_a_setting_goes_before_the_table() -> None:
    """The branch's promise of a call-back is the configured one."""
    assert table().kinds["callback"].rule_for(Desk(call_back_hours=4)).value == 4
    assert table().kinds["paper"].rule_for(Desk(call_back_hours=4)).value == 3


def test_an_unlisted_kind_is_still_worked_on() -> None:
    """A kind of an older table has the clock of a call-back."""
    assert table().find("of_yesterday").rule.value == 2


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"value": 0}, "正整数"),
        ({"unit": "week"}, "unit"),
        ({"queue": "kitchen"}, "kitchen"),
        ({"calendar": "moon"}, "calendar"),
        ({"setting": "nothing"}, "setting"),
        ({"colour": "red"}, "colour"),
        ({"title": None}, "title"),
    ],
)
def test_a_wrong_row_is_refused(change: dict[str, Any], said: str) -> None:
    """The message names the file, the row and what is wrong."""
    raw = copy.deepcopy(RAW)
    row = raw["kinds"]["callback"] | change
    raw["kinds"]["callback"] = {k: v for k, v in row.items() if v is not None}
    with pytest.raises(ConfigurationError, match=r"ticket_kinds\.yaml：callback") as caught:
        read(raw)
    assert said in str(caught.value)


def test_a_route_to_nowhere_is_refused() -> None:
    """Routes lead to queues."""
    raw = copy.deepcopy(RAW)
    raw["routes"]["suggest"][0]["queue"] = "kitchen"
    with pytest.raises(ConfigurationError, match=r"routes\.suggest"):
        read(raw)
