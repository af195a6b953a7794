"""Requests about one of several policies: proof first, then which one, and nothing of others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from bot.back_office import PolicyView
from bot.desks.policies import FoundPolicies, PolicyWish
from intents.endorse import Endorse
from intents.paper import Paper
from intents.pay import Pay
from intents.surrender import Surrender
from tests.fakes import FakeOffice

KINDS = (
    ("TATJ20260000000001", "机动车交通事故责任强制保险", "auto", "津X09M33"),
    ("TATJ20260000000002", "机动车商业保险", "auto", "津X09M33"),
    ("TATJ20260000000003", "家庭财产保险", "home", ""),
)


class Office(FakeOffice):
    """A branch whose customer has three policies."""

    def find_policies(self, wish: PolicyWish, reason: str) -> FoundPolicies:
        """Return those that fit; nobody else's."""
        if not self.verified:
            return FoundPolicies()
        return FoundPolicies([v for v in self._views() if wish.number in ("", v.number)])

    def _views(self) -> Sequence[PolicyView]:
        one = self.policies("test")[0]
        return [
            replace(one, number=number, product=product, line=line, subject=subject, running=True)
            for number, product, line, subject in KINDS
        ]


def _looked(flow: Paper | Endorse | Surrender, office: Office) -> None:
    office.verified = True
    flow.opening(office)


@pytest.mark.parametrize(
    ("said", "number"),
    [("第二份", 2), ("2", 2), ("商业险那份", 2), ("交强的", 1), ("家财险", 3), ("家庭财产", 3)],
)
def test_one_of_several_is_picked_in_many_words(said: str, number: int) -> None:
    """By place in the list, by product, by what people call it."""
    flow, office = Paper(), Office()
    _looked(flow, office)
    assert "1. 机动车交通事故" in flow.prompt().text or flow.pending() is not None
    assert Paper.which.accept is not None
    assert Paper.which.accept(flow, said, office) is None
    assert flow.policy == KINDS[number - 1][0]


@pytest.mark.parametrize("said", ["津X09M33", "那份", "第九份", "机动车"])
def test_words_that_fit_none_or_several_are_asked_again(said: str) -> None:
    """Nothing is guessed."""
    flow, office = Paper(), Office()
    _looked(flow, office)
    assert Paper.which.accept is not None
    assert Paper.which.accept(flow, said, office)
    assert flow.policy == ""


def test_nothing_is_looked_up_before_the_proof() -> None:
    """Without a proof no policy is named, and nothing can be filed."""
    flow, office = Paper(), Office()
    flow.opening(office)
    assert (flow.choices, flow.policy, flow.proved) == ([], "", False)
    assert flow.file(office, "copy") is None
    assert flow.requires == "V2"


def test_a_change_needs_no_proof_before_it_is_clear_what_for() -> None:
    """Only then is the holder asked who they are."""
    assert Endorse().requires == "V0"
    assert Endorse({"kind": "plate"}).requires == "V2"


def test_a_change_is_offered_for_policies_that_know_it() -> None:
    """A home has no number plate."""
    flow, office = Endorse({"kind": "plate"}), Office()
    _looked(flow, office)
    assert [number for number, _ in flow.choices] == [KINDS[0][0], KINDS[1][0]]


@pytest.mark.parametrize(("ground", "offered"), [("sold", 2), ("lost", 3), ("unsaid", 3)])
def test_compulsory_cover_is_offered_only_where_the_law_lets_it_go(
    ground: str, offered: int
) -> None:
    """CTPL 16, said as it is; the others are never held back."""
    flow, office = Surrender({"ground": ground}), Office()
    _looked(flow, office)
    assert len(flow.choices) == offered


def test_money_to_a_person_is_handed_over_once() -> None:
    """One hand-off and one ticket, however often it is said."""
    flow, office = Pay(utterance="业务员让我转他微信"), FakeOffice()
    flow.begin(office)
    said = flow.progress(office)
    assert "先停一下" in said[0].text
    assert flow.progress(office) == []
    assert office.handoffs == [("P1", "保费付到私人账户")]
    assert len(office.opened) == 1
