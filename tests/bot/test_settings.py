"""What may be told of the branch: the configured facts, and what its rules decide."""

from __future__ import annotations

import pytest

from bot.settings import Settings


@pytest.mark.parametrize(
    ("desk", "words"),
    [
        ({}, "每天 8:00–20:00"),
        ({"opens": "09:30", "closes": "18:05"}, "每天 9:30–18:05"),
    ],
)
def test_the_desk_is_told_as_it_is_staffed(desk: dict[str, str], words: str) -> None:
    """The hours that customers read are those by which they are queued."""
    settings = Settings.model_validate({"desk": desk, "branch": {"chat_hours": "随时"}})
    assert settings.facts["chat_hours"] == words


def test_a_promise_is_the_clock_of_the_claim() -> None:
    """The receipt of a report promises what the clock of the claim counts."""
    told = Settings.model_validate({"deadlines": {"claim_first_contact_minutes": 12}}).facts
    assert told["first_contact"] == "报案后 12 分钟内"
    assert told["injury_contact"] == "报案后 5 分钟内"


def test_other_facts_are_told_as_configured() -> None:
    """What no rule decides is taken from the configuration as it is."""
    assert Settings(branch={"hotline": "95500"}).facts["hotline"] == "95500"
