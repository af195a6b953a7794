"""Four days of sending to a strict and moody platform: it never has to refuse us."""

from __future__ import annotations

from datetime import timedelta

from tests.bot.channels.wechat.law import CUSTOM, TEMPLATE
from tests.crash import lawful_days


def test_windows_allowances_and_quotas_are_kept(database_url: str) -> None:
    """No 45015, 45047, 45009 or 45011; quotas used to the full; what arrived is what we wrote."""
    with lawful_days.days(database_url, 240) as town:
        town.step = timedelta(minutes=45)
        town.live()
        report = town.report()
        refused = {code for code in town.api.refused if code not in (-1, 43004)}
        assert refused == set()
        assert report["apart"] == []
        assert report["open"] == 0
        full = [n for (path, _), n in town.api.by_day.items() if path == TEMPLATE]
        assert max(full) == town.api.day_quota[TEMPLATE]
        assert town.api.by_day[CUSTOM, "2026-11-25"] <= town.api.day_quota[CUSTOM]
        assert report["worst minute"] <= town.api.minute_quota
        # Issued anew after each invalidation and each two hours, and never asked for twice.
        issued, asked = report["tokens"]
        assert 2 < issued <= asked <= 2 * issued
        # What went out without an answer is unknown until the platform tells its end.
        assert report["ends"].get(("delivered", "template"), 0) > 0
        assert report["ends"].get(("unknown", "template"), 0) == 0
