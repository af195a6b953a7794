"""The addresses that are printed and sent lead to where the service really is."""

from __future__ import annotations

import pytest

from bot.cli.serve import reached_at


def test_links_follow_the_port_where_no_address_was_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    """`anda serve --port 9000` on a desk of one's own."""
    monkeypatch.delenv("ANDA_PUBLIC_URL", raising=False)
    assert reached_at(9000).settings.public_url == "http://127.0.0.1:9000"
    assert reached_at(8080).settings.public_url == "http://127.0.0.1:8080"


def test_an_address_that_was_chosen_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy in front has the public address, whatever port we listen at."""
    monkeypatch.setenv("ANDA_PUBLIC_URL", "http://127.0.0.1:8080")
    assert reached_at(9000).settings.public_url == "http://127.0.0.1:8080"
