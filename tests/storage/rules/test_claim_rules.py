"""The clerks' tables of claims: they are complete, and the machine has no dead ends."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desks import claim_facts
from bot.errors import ConfigurationError, Refused
from bot.settings import Deadlines
from storage.rules import claim, claim_clocks, claim_tracks
from storage.rules.claim_states import machine
from storage.rules.claim_tracks import Case, track
from storage.statuses import CLAIM_STATUSES

STATES = sorted(machine().states)


def _reach(start: str) -> set[str]:
    found, todo = {start}, [start]
    while todo:
        for onward in machine().next(todo.pop(), came_from="contacted"):
            if onward not in found:
                found.add(onward)
                todo.append(onward)
    return found


def test_every_state_has_words() -> None:
    """What a claim may be in, a customer can be told."""
    assert machine().states == CLAIM_STATUSES.keys()


@pytest.mark.parametrize("state", STATES)
def test_every_state_is_reached_from_the_report(state: str) -> None:
    """Nothing stands in the table for show; a report is where all begins."""
    assert state in _reach("draft") | {"draft", "reported"}


@pytest.mark.parametrize("state", [s for s in STATES if s != "cancelled"])
def test_every_state_leads_to_an_end(state: str) -> None:
    """A claim can always be finished."""
    assert _reach(state) & {"closed", "withdrawn", "cancelled"}


@pytest.mark.parametrize("state", ["agreed", "paying", "paid", "closed"])
def test_what_is_agreed_cannot_be_withdrawn(state: str) -> None:
    """Money that is owed is not called off by a slip."""
    assert "withdrawn" not in machine().next(state)


@pytest.mark.parametrize("to", ["agreed", "closed"])
def test_nothing_is_agreed_or_closed_without_a_clause(to: str) -> None:
    """S25: also on the way around, through a court."""
    with pytest.raises(Refused, match="条款依据"):
        machine().check("litigation", to, {"amount_fen": 1})
    machine().check("litigation", to, {"amount_fen": 1}, decided={"clause": "第六条"})


@given(st.sampled_from(STATES), st.sampled_from(STATES))
def test_a_step_is_allowed_or_refused_with_the_ways_out(state: str, to: str) -> None:
    """Nothing in between, and a refusal names where else one can go."""
    given_all = dict.fromkeys(machine().words, "x")
    happened = machine().milestones
    if to in machine().next(state):
        machine().check(state, to, given_all, happened)
    else:
        with pytest.raises(Refused, match="可以到"):
            machine().check(state, to, given_all, happened)


def test_clocks_know_their_rules() -> None:
    """The legal lengths of BXF 23–25 and CTPL 28–29, each for the claims it is for."""
    found = {r.code: r for r in claim_clocks.rules_for(
        frozenset({"auto", "normal"}), date(2026, 11, 25), Deadlines()
    )}  # fmt: skip
    lengths = {code: (rule.value, rule.unit) for code, rule in found.items()}
    assert lengths["decision"] == (30, "day")
    assert lengths["payment"] == (10, "day")
    assert lengths["refusal_notice"] == (3, "day")
    assert lengths["part_payment"] == (60, "day")
    assert found["part_payment"].warn == (10, 2)
    assert "decision_compulsory" not in found
    short = {r.code: r.value for r in claim_clocks.rules_for(
        frozenset({"auto", "compulsory"}), date(2026, 11, 25), Deadlines()
    )}  # fmt: skip
    assert (short["document_list"], short["decision_compulsory"]) == (1, 5)
    assert "decision" not in short


def test_a_promise_may_be_configured() -> None:
    """The first contact takes its minutes from the configuration."""
    rules = claim_clocks.rules_for(
        frozenset({"auto"}), date(2026, 11, 25), Deadlines(claim_first_contact_minutes=15)
    )
    assert next(r.value for r in rules if r.code == "first_contact") == 15


@pytest.mark.parametrize(
    "row",
    [
        {"code": "x"},
        {"unit": "week"},
        {"value": 0},
        {"start": ["nowhere"]},
        {"setting": "nothing"},
        {"extra": 1},
    ],
)
def test_a_wrong_clock_is_refused_with_its_place(row: dict[str, Any]) -> None:
    """A clerk's slip stops the start and names file and clock."""
    good = {"code": "c", "label": "钟", "value": 1, "unit": "day", "start": ["reported"],
            "stop": ["paid"], "basis": "依据"}  # fmt: skip
    bad = {"code": "x"} if row == {"code": "x"} else good | row
    with pytest.raises(ConfigurationError, match=r"claim_clocks\.yaml"):
        claim_clocks._check(bad)


@pytest.mark.parametrize("line", sorted(claim_facts.facts().lines))
def test_a_line_asks_for_what_is_open_and_nothing_else(line: str) -> None:
    """Nothing known: much to ask; all known: nothing."""
    table = claim_facts.facts()
    assert {"出险时间", "出险地点", "联系电话"} <= set(table.lacking(line, {}))
    everything = dict.fromkeys(table.fields, False) | {"story": "经过"}
    assert table.lacking(line, everything) == []
    assert table.asked_for(line, everything) == []


def test_one_of_several_is_enough() -> None:
    """A plate or a policy number; a story or a kind of accident."""
    known: dict[str, Any] = dict.fromkeys(("happened_at", "place", "phone"), "x")
    known |= {"accident_type": "glass", "reporter": "x", "drivable": False}
    known |= {"police_reported": False}
    assert claim_facts.facts().lacking("auto", known) == ["车牌号"]
    assert claim_facts.facts().lacking("auto", known | {"policy_number": "P1"}) == []


CAR = {"accident_type": "scrape", "injured": False}


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        (Case("auto", CAR, 500_000), "fast"),
        (Case("auto", CAR, 500_001), "normal"),
        (Case("auto", CAR, None), "normal"),
        (Case("auto", CAR | {"other_plate": "津A1"}, 100), "normal"),
        (Case("auto", CAR | {"accident_type": "rear_end"}, 100), "normal"),
        (Case("auto", CAR | {"accident_type": "rear_end", "liability_clear": True}, 100), "fast"),
        (Case("auto", CAR | {"disputed": True}, 100), "normal"),
        (Case("auto", CAR, 100, score=50), "complex"),
        (Case("auto", CAR, 100, score=49), "fast"),
        (Case("auto", CAR | {"injured": True}, 100), "complex"),
        (Case("auto", {"accident_type": "theft"}, None), "complex"),
        (Case("auto", CAR | {"lawsuit": True}, 100), "complex"),
        (Case("auto", CAR, 5_000_001), "complex"),
        (Case("accident", {"injured": True}, 300_000), "fast"),
        (Case("accident", {"injured": True}, 300_001), "normal"),
        (Case("accident", {"died_or_disabled": True}, 100), "complex"),
        (Case("cargo", {}, 100), "normal"),
        (Case("property", {"accident_type": "fire"}, 100), "complex"),
    ],
)
def test_tracks(case: Case, expected: str) -> None:
    """S22–S24 as the table says them."""
    assert track(case) == expected


def test_papers_of_injured_people_are_asked_for_where_they_matter() -> None:
    """A motor claim needs the police paper; an accident policy has its own list."""
    assert "事故认定书 *" in claim.checklist("auto", "rear_end", injured=True)
    assert "事故认定书 *" not in claim.checklist("accident", "fall", injured=True)
    assert claim.checklist("property", "fire", injured=False)[3] == "消防部门证明 *"


def test_owners_are_groups_until_somebody_is_named() -> None:
    """The names in the table are nobody."""
    assert not claim_tracks.is_person(claim_tracks.owner("complex"))
    assert claim_tracks.is_person("王理赔")
