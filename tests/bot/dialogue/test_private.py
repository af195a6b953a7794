"""What the summary repeats of a story holds no number that a line below it masks."""

from __future__ import annotations

import pytest

from bot.dialogue.private import without_numbers
from intents.claim_report import ClaimReport
from intents.complaint import Complaint


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("我叫李小四 13900007777", "我叫李小四 139****7777"),
        ("打139-0000-7777没人接", "打139****7777没人接"),
        ("身份证12010119900307231X", "身份证120***********231X"),
        ("保单PDZA202612010001，报案CL20261122000017", None),
        ("津A12345 花了12800元", None),
    ],
)
def test_only_numbers_of_people_are_hidden(said: str, shown: str | None) -> None:
    """A plate, a policy and our own numbers are what the customer checks."""
    assert without_numbers(said) == (shown or said)


def test_no_card_shows_the_number_in_the_story() -> None:
    """Neither that of a claim nor that of a complaint."""
    story = "等了三天没人来，打13900007777也不接"
    claim = ClaimReport(kept={"story": story, "account": ["打我爱人手机13900007777的是修理厂"]})
    complaint = Complaint(kept={"story": story})
    for card in (claim.lines(), complaint.lines()):
        text = "\n".join(card)
        assert "139****7777" in text
        assert "13900007777" not in text
