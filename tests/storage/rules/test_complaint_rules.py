"""The tables of complaints: whole, consistent, and refused with file, place and remedy."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.api.complaint_handling import Milestone, State
from bot.api.complaint_writing import Category, Dispute
from bot.clock import SHANGHAI
from bot.clockwork.calendar_files import shipped
from bot.errors import ConfigurationError, Refused
from bot.settings import Deadlines
from storage.rules import complaint, complaint_authority, complaint_clocks, complaint_states
from storage.statuses import COMPLAINT_STATUSES

FOLDER = Path(complaint.__file__).parent
CALENDAR = shipped()
MISSED = datetime(2026, 11, 18, tzinfo=SHANGHAI)


def raw(name: str) -> dict[str, Any]:
    """Return a table as it stands in its file."""
    found: dict[str, Any] = yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
    return found


def test_every_running_complaint_can_come_to_an_end() -> None:
    """From every state that is not over some way leads to one that is."""
    machine = complaint_states.machine()
    assert machine.states == COMPLAINT_STATUSES.keys()
    for state in machine.states - machine.over - {"suspended"}:
        reached, ahead = {state}, [state]
        while ahead:
            for onward in machine.ways[ahead.pop()] - reached:
                reached.add(onward)
                ahead.append(onward)
        assert "closed" in reached, state
        assert "withdrawn" in reached, state


def test_nothing_is_decided_without_word_and_reason() -> None:
    """What a decision takes: outcome, answer, basis, and how it was told."""
    machine = complaint_states.machine()
    with pytest.raises(Refused, match="告知方式"):
        machine.check("investigating", "decided", {"outcome": "upheld"})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda t: t["states"].pop("decided"), "decided"),
        (lambda t: t["states"]["received"].append("kitchen"), "kitchen"),
        (lambda t: t["side_ways"].update(kitchen=[]), "kitchen"),
        (lambda t: t["steps"].update(decided=["colour"]), "colour"),
        (lambda t: t["over"].append("kitchen"), "kitchen"),
        (lambda t: t["states"].update(decided=["review"]), "closed"),
    ],
)
def test_a_wrong_machine_is_refused(change: Callable[[dict[str, Any]], Any], said: str) -> None:
    """The message names the file and the place."""
    table = raw("complaint_states.yaml")
    change(table)
    with pytest.raises(ConfigurationError, match=r"complaint_states\.yaml") as caught:
        complaint_states.read(table)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"value": 0}, "正整数"),
        ({"unit": "week"}, "unit"),
        ({"start": ["kitchen"]}, "kitchen"),
        ({"setting": "nothing"}, "setting"),
        ({"colour": "red"}, "colour"),
        ({"begins": "soon"}, "begins"),
        ({"from": "tomorrow"}, "from"),
        ({"basis": None}, "basis"),
    ],
)
def test_a_wrong_clock_is_refused(change: dict[str, Any], said: str) -> None:
    """The message names the file and the row."""
    table = copy.deepcopy(raw("complaint_clocks.yaml"))
    row = table["clocks"][0] | change
    table["clocks"][0] = {k: v for k, v in row.items() if v is not None}
    with pytest.raises(ConfigurationError, match=r"complaint_clocks\.yaml：receipt") as caught:
        complaint_clocks.read(table)
    assert said in str(caught.value)


def test_a_newer_row_is_for_newer_complaints() -> None:
    """The day of receipt decides; the setting goes before the table."""
    on = datetime(2026, 11, 25, tzinfo=SHANGHAI).date()
    tags = frozenset({"P2", "reachable"})
    rules = {r.code: r for r in complaint_clocks.rules_for(tags, on, Deadlines(complaint_days=10))}
    assert rules["decision"].value == 10
    assert rules["decision"].notice
    assert "contact_p1" not in rules
    assert rules.keys() >= {"receipt", "contact_p2", "review", "callback", "review_right"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda t: t["patience"].pop("P1"), r"patience\.P1"),
        (lambda t: t["patience"]["P0"].update(unit="week"), r"patience\.P0"),
        (lambda t: t.update(ladder=[]), "ladder"),
        (lambda t: t["extensions"][0].pop("by"), "extensions"),
    ],
)
def test_a_wrong_authority_is_refused(change: Callable[[dict[str, Any]], Any], said: str) -> None:
    """The message names the file and the place."""
    table = raw("complaint_authority.yaml")
    change(table)
    with pytest.raises(ConfigurationError, match=rf"complaint_authority\.yaml：{said}"):
        complaint_authority.read(table)


@given(st.sampled_from(["P0", "P1", "P2", "P3"]), st.integers(0, 60 * 24 * 20), st.integers(0, 600))
def test_the_ladder_only_goes_up(level: str, minutes: int, more: int) -> None:
    """Later is never lower, late is never nowhere, and the top is the end."""
    table = complaint_authority.authority()
    first, then = (
        table.rung(level, MISSED, _after(m), CALENDAR) for m in (minutes, minutes + more)
    )
    assert 1 <= first <= then <= len(table.ladder)


def _after(minutes: int) -> datetime:
    return datetime.fromtimestamp(MISSED.timestamp() + minutes * 60, SHANGHAI)


def test_nobody_is_carried_up_before_the_time() -> None:
    """A minute before is not late."""
    table = complaint_authority.authority()
    assert table.rung("P0", MISSED, datetime(2026, 11, 17, 23, 59, tzinfo=SHANGHAI), CALENDAR) == 0


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("你们查勘员王敏态度太差", ["王敏"]),
        ("查勘员叫李强摔我电话 工号8021", ["李强", "8021"]),
        ("业务员：欧阳锋骗我", ["欧阳锋"]),
        ("定损员刘刚压价，查勘员吴斌一直不来", ["刘刚", "吴斌"]),
        ("客服没人管，经理不给解决", []),
        ("工号是A1234的柜员", ["A1234"]),
        ("我叫王敏，投诉你们太慢", []),
        ("查勘员王敏，还是那个查勘员王敏", ["王敏"]),
        ("投诉业务员张三误导我", ["张三"]),
        ("业务员李四骗我买理财", ["李四"]),
        ("客服王五态度差", ["王五"]),
        ("柜员赵六乱收费", ["赵六"]),
        ("业务员张三丰误导", ["张三丰"]),
        ("业务员张三丰骗我", ["张三丰"]),
        ("业务员周七隐瞒免责条款", ["周七"]),
        ("销售吴八忽悠老人", ["吴八"]),
        ("业务员郑九强迫我买", ["郑九"]),
        ("查勘员冯十迟到两小时", ["冯十"]),
        ("理赔员陈一联系不上", ["陈一"]),
        ("业务员王国强", ["王国强"]),
        ("业务员王国强，骗人", ["王国强"]),
        ("查勘员王小爽，我要投诉", ["王小爽"]),
        ("查勘员王小爽约了", ["王小"]),
        ("业务员欧阳锋误导我", ["欧阳锋"]),
        ("经理诸葛亮承诺过返现", ["诸葛亮"]),
    ],
)
def test_who_is_complained_about(text: str, names: list[str]) -> None:
    """Names behind a title and staff numbers; the complainant's own name is none."""
    found = complaint.accused(text)
    assert [party.get("name") or party.get("staff_no") for party in found] == names


def test_what_we_have_ourselves() -> None:
    """By the words of the table."""
    assert complaint.held(["保单原件", "授权书"]) == ["保单原件"]


def test_every_notice_can_be_written() -> None:
    """No template names something that nobody fills in."""
    values = dict.fromkeys(
        ("number", "owner", "date", "hotline", "said", "why", "by", "body"), "某"
    )
    for kind in complaint.rules()["notices"]:
        assert "{" not in complaint.notice(kind, **values)


def test_the_api_knows_the_states_and_milestones_of_the_table() -> None:
    """What a clerk adds to the table is added to the literals, or this says so."""
    machine = complaint_states.machine()
    assert set(get_args(State)) == machine.states
    assert set(get_args(Milestone)) == machine.milestones.keys()
    assert set(get_args(Category)) == {row["name"] for row in complaint.rules()["category"]}
    assert set(get_args(Dispute)) == {row["name"] for row in complaint.rules()["dispute"]}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("你们客服态度太差了，我要投诉她 她叫赵敏，骂人", ["赵敏"]),
        ("投诉你们一个人，对方叫李强。", ["李强"]),
        ("替我妈投诉，她叫刘桂芳，不给退钱", []),
        ("她叫人来吵架", []),
    ],
)
def test_a_pronoun_names_the_accused_too(text: str, names: list[str]) -> None:
    """«她叫赵敏» shuts 赵敏 out; the mother somebody speaks for is nobody's accused."""
    assert [party["name"] for party in complaint.accused(text)] == names


@pytest.mark.parametrize(
    ("text", "marked"),
    [("她72岁了", True), ("我爸60多岁", True), ("孩子12岁", False), ("我59岁", False)],
)
def test_an_age_makes_somebody_elderly(text: str, marked: bool) -> None:
    """Whoever is 60 or more is looked after at once, whatever it is about (4.2)."""
    assert ("elderly" in complaint.marks(text)) is marked
    assert (complaint.severity(text) == "P1") is marked
