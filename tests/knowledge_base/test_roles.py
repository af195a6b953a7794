"""Who does it to whom."""

from __future__ import annotations

import pytest

from knowledge_base.roles import Roles

OURS, THEIRS = 1, 2


@pytest.mark.parametrize(
    ("text", "side"),
    [
        ("我追尾别人了", OURS),
        ("别人追尾我了", THEIRS),
        ("我被别人追尾了", THEIRS),
        ("对方被我撞了", OURS),
        ("我的车被撞了", THEIRS),
        ("我没带驾照", OURS),
        ("对方没带驾照", THEIRS),
        ("怎么退保", 0),
    ],
)
def test_the_first_named_acts(text: str, side: int) -> None:
    """Order decides, and the passive turns it round."""
    assert Roles(["我"], ["对方", "别人"], ["被"], (OURS, THEIRS)).side(text) == side
