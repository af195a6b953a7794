"""The queue: offered to whom it fits, taken back when nobody answers, the customer told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.assignment import Agent, Waiting, line_up, offers
from bot.bootstrap import App
from storage.models.case import Handoff
from storage.unit_of_work import UnitOfWork
from tests.bot.handoff_kit import Scene, hire, thread
from tests.fakes import NOON

Make = Callable[[], App]


def waiting(number: str, level: str = "human", skill: str = "general", minutes: int = 0) -> Waiting:
    """A request opened ``minutes`` after noon."""
    return Waiting(number, level, skill, NOON + timedelta(minutes=minutes))


def agent(name: str, *skills: str, load: int = 0, capacity: int = 2) -> Agent:
    """Somebody online."""
    return Agent(name, frozenset(skills), capacity, load, NOON)


def test_the_most_urgent_is_served_first_then_first_come() -> None:
    """P0 overtakes; within a level the order of arrival holds."""
    queue = [waiting("3", minutes=2), waiting("1", minutes=0), waiting("2", "P0", minutes=5)]
    assert [one.number for one in line_up(queue)] == ["2", "1", "3"]


def test_skills_and_capacity_decide() -> None:
    """A full agent and one of another trade are passed over."""
    people = [agent("满", "claims", load=2), agent("售", "sales"), agent("赔", "claims")]
    assert offers([waiting("1", skill="claims")], people) == [("1", "赔")]
    assert offers([waiting("1", skill="claims")], people[:2]) == []


def test_an_emergency_goes_to_whoever_is_there() -> None:
    """Somebody in danger does not wait for the right trade, nor for empty hands."""
    assert offers([waiting("1", "P0", "claims")], [agent("售", "sales", load=9)]) == [("1", "售")]


def test_who_did_not_answer_is_not_asked_again() -> None:
    """A declined offer goes to another person."""
    asked = Waiting("1", "human", "general", NOON, declined=("甲",))
    assert offers([asked], [agent("甲"), agent("乙")]) == [("1", "乙")]


def test_one_offer_at_a_time() -> None:
    """A long queue does not fall on one person at once; an emergency does not wait."""
    queue = [waiting(str(n), minutes=n) for n in range(6)]
    assert offers(queue, [agent("甲", capacity=6)]) == [("0", "甲")]
    asked = replace(queue[0], offered_to="甲")
    assert offers([asked, *queue[1:]], [agent("甲", capacity=6)]) == []
    urgent = waiting("7", "P0", minutes=9)
    assert offers([asked, urgent], [agent("甲", capacity=6)]) == [("7", "甲")]


@given(
    st.lists(st.tuples(st.sampled_from(["P0", "P1", "human"]), st.integers(0, 50)), max_size=12),
    st.lists(st.integers(0, 4), max_size=4),
)
def test_nobody_gets_more_than_fits(queue: list[tuple[str, int]], loads: list[int]) -> None:
    """Each request is offered at most once; beyond capacity only emergencies are."""
    requests = [waiting(str(n), level, minutes=at) for n, (level, at) in enumerate(queue)]
    people = [agent(f"a{n}", load=load, capacity=3) for n, load in enumerate(loads)]
    found = offers(requests, people)
    assert len({number for number, _ in found}) == len(found)
    levels = {one.number: one.level for one in requests}
    for person in people:
        mine = [number for number, name in found if name == person.name]
        calm = [number for number in mine if levels[number] != "P0"]
        assert len(calm) <= min(1, max(0, person.capacity - person.load))


@pytest.fixture
def scene(make_app: Make) -> Scene:
    """A branch at noon."""
    return Scene(make_app())


def the_handoff(uow: UnitOfWork) -> Handoff:
    """Return the only open request."""
    [found] = uow.floor.open_handoffs()
    return found


def test_a_request_is_offered_and_taken_back_when_nobody_answers(scene: Scene) -> None:
    """The silent agent counts as away, and the next one is asked."""

    def work(uow: UnitOfWork) -> tuple[list[str | None], str]:
        hire(uow, "甲", scene.now)
        found = scene.customer(uow, "我要报案，有人追尾了，人没事")
        scene.customer(uow, "转人工")
        assert found
        scene.keep(uow)
        asked = [the_handoff(uow).offered_to]
        hire(uow, "乙", scene.now)
        for _ in range(5):
            scene.later(5)
            for name in ("甲", "乙"):
                uow.floor.beat(name, scene.now)
            scene.keep(uow)
        state = uow.floor.state_of("甲")
        return [*asked, the_handoff(uow).offered_to], state.state if state else ""

    asked, state = scene.app.transactions.run(work)
    assert asked == ["甲", "乙"]
    assert state == "away"


def test_the_matter_in_hand_says_who_is_asked(scene: Scene) -> None:
    """A claim half told goes to the people of claims."""

    def work(uow: UnitOfWork) -> str:
        scene.customer(uow, "我要报案，昨天追尾了，人没事")
        scene.customer(uow, "转人工")
        return the_handoff(uow).skill

    assert scene.app.transactions.run(work) == "claims"


def test_the_customer_is_told_when_the_place_moves_up_and_not_too_often(scene: Scene) -> None:
    """Third in the queue, then second, then next: told now and then, not at every look."""

    def work(uow: UnitOfWork) -> list[str]:
        numbers = [scene.customer(uow, "转人工", f"p{n}") for n in range(4)]
        for number in numbers[:3]:
            scene.later(70)
            scene.desk(uow).take(number, "甲")
            scene.keep(uow)
            scene.keep(uow)
        return [text for author, text in thread(uow, numbers[3]) if author == "system"]

    told = scene.app.transactions.run(work)
    assert 1 <= len(told) <= 2
    assert all("排队" in text for text in told)


def test_whoever_waits_too_long_raises_one_alarm(scene: Scene) -> None:
    """The supervisors hear of it once."""

    def work(uow: UnitOfWork) -> list[str]:
        scene.customer(uow, "有人受伤了，流了好多血")
        for _ in range(4):
            scene.later(40)
            scene.keep(uow)
        return [row["kind"] for row in uow.ownership.events_after(0, 100)]

    assert scene.app.transactions.run(work).count("alarm") == 1


def test_who_is_writing_to_a_customer_is_not_away(scene: Scene) -> None:
    """An offer that is not taken meanwhile goes on; the agent stays online."""

    def work(uow: UnitOfWork) -> str:
        hire(uow, "甲", scene.now)
        first = scene.customer(uow, "转人工")
        assert scene.desk(uow).take(first, "甲").ok
        scene.customer(uow, "转人工", "另一位")
        scene.keep(uow)
        for turn in range(6):
            scene.later(5)
            uow.floor.beat("甲", scene.now)
            assert scene.desk(uow).say(first, "甲", f"第{turn}句").ok
            scene.keep(uow)
        state = uow.floor.state_of("甲")
        return state.state if state else ""

    assert scene.app.transactions.run(work) == "online"
