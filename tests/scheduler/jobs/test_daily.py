"""What runs once a day or half-hour for the branch itself: digest, quotas, photos."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, select, update

from storage import staff_notices
from storage.models.notice import StaffNotice
from storage.models.outbound import QuotaUse
from storage.models.outbox import Media, OutboxItem
from storage.models.tables import Base
from tests.scheduler.jobs.kit import at, run
from tests.storage.claims_kit import HOOK, NOW, Desk, desk_on
from tests.storage.complaints_kit import Room


@pytest.fixture
def desk(database: Engine) -> Iterator[Desk]:
    """A desk with somebody who listens, once on SQLite and once on PostgreSQL."""
    made = desk_on(database, webhooks=[HOOK])
    yield made
    made.ways.close()


def add(desk: Desk, *rows: Base) -> None:
    """Store rows."""
    desk.ways.run(lambda uow: uow.session.add_all(rows))


def notices(desk: Desk, kind: str) -> list[StaffNotice]:
    """Return the notices of a kind, newest first."""
    return desk.ways.read(lambda uow: list(staff_notices.newest(uow, kind=kind)))


def test_the_digest_tells_yesterday_what_is_late_and_who_waits(desk: Desk) -> None:
    """Counts, the four figures of the charter, late claims by number, complaints by count."""
    number = desk.open(desk.converse())
    complaint = Room(desk).open()
    found = run(desk, "daily_digest", "2026-11-26T08:30")
    text = "\n".join(found)
    assert found[0].startswith("11月25日：新会话 1，报案 1，投诉 1，转人工 0")
    assert found[1].startswith("指标：客户满意度")
    assert "现在排队：没有" in found
    assert f"超时案件 1 件（{number}）" in found
    assert complaint not in text
    [notice] = notices(desk, "digest")
    assert (notice.role, notice.title) == ("supervisor", "每日简报 2026-11-25")
    assert notice.lines == found


def test_the_digest_comes_once_a_day(desk: Desk) -> None:
    """A second run, a catch-up, another process: still one; the next day another."""
    run(desk, "daily_digest", "2026-11-26T08:30")
    assert run(desk, "daily_digest", "2026-11-26T11:00") == ["今天的简报已经发过"]
    assert run(desk, "daily_digest", "2026-11-27T08:30", dry_run=True)
    assert len(notices(desk, "digest")) == 1
    run(desk, "daily_digest", "2026-11-27T08:30")
    assert len(notices(desk, "digest")) == 2
    told = [item for item in desk.outbox("webhook") if item.body["type"] == "staff.notice"]
    assert [item.body["title"] for item in told] == ["每日简报 2026-11-25", "每日简报 2026-11-26"]


def test_a_tight_quota_is_told_and_what_waited_goes_on(desk: Desk) -> None:
    """Four fifths used yesterday: the lead hears; today begins with nothing used."""
    desk.open(desk.converse())
    wait = {"status": "planned", "reason": "当日配额用完", "due_at": at("2026-11-27T00:00")}
    add(
        desk,
        QuotaUse(day=date(2026, 11, 25), way="sms", used=17_000),
        QuotaUse(day=date(2026, 11, 25), way="custom", used=17_000),
        QuotaUse(day=date(2025, 1, 1), way="sms", used=1),
        _item("a", **wait),
    )
    lines = run(desk, "quota_reset", "2026-11-26T00:01")
    assert lines == ["sms：用了 17000，每天 20000（85%）", "等配额的 1 条继续发"]
    run(desk, "quota_reset", "2026-11-26T00:02")
    assert len(notices(desk, "quota")) == 1
    days = desk.ways.read(lambda uow: set(uow.session.scalars(select(QuotaUse.day))))
    assert days == {date(2026, 11, 25)}


def _item(key: str, **values: object) -> OutboxItem:
    made = {
        "dedupe_key": key, "kind": "renewal", "channel": "ladder", "account": "", "peer": key,
        "body": {}, "status": "failed", "reason": "", "provider_id": "", "attempts": 8,
        "created_at": NOW, "due_at": NOW,
    }  # fmt: skip
    return OutboxItem(**(made | values))


def photo(desk: Desk, media: int, case: str | None = None) -> None:
    """A photo that was sent at ten and whose fetching failed."""
    ref = {"conversation_id": 1, "kind": "image", "ref": f"m{media}", "path": None}
    add(desk, Media(id=media, status="due", case_number=case, at=NOW, **ref))
    add(desk, _item(f"media:{media}", kind="media", channel="wechat"))


def test_a_photo_that_did_not_come_is_asked_for_again(desk: Desk) -> None:
    """Failed fetches begin anew, one without a row gets one, what is under way is left alone."""
    desk.converse()
    photo(desk, 1)
    ref = {"conversation_id": 1, "kind": "image", "ref": "m2", "path": None}
    add(desk, Media(id=2, status="due", case_number=None, at=NOW, **ref))
    assert run(desk, "media_fetch", "2026-11-25T11:00") == ["再取 2 张"]
    assert {(i.dedupe_key, i.status, i.attempts) for i in desk.outbox("media")} == {
        ("media:1", "due", 0), ("media:2", "due", 0),
    }  # fmt: skip
    assert run(desk, "media_fetch", "2026-11-25T11:30") == []


def test_what_is_refused_for_good_is_not_asked_for_again(desk: Desk) -> None:
    """Too large, or no photo at all: told at once, and the platform is left alone."""
    desk.converse()
    photo(desk, 1)
    refused = update(OutboxItem).values(status="undeliverable", reason="不是认得的文件格式")
    desk.ways.run(lambda uow: uow.session.execute(refused))
    assert run(desk, "media_fetch", "2026-11-25T10:30") == ["照片 1 取不到了（没有案件）"]
    assert run(desk, "media_fetch", "2026-11-25T11:00") == []
    assert [item.status for item in desk.outbox("media")] == ["undeliverable"]


def test_a_photo_that_is_lost_is_told_to_whoever_needs_it(desk: Desk) -> None:
    """After the platform has thrown it away nobody asks any more; the claim's people hear."""
    desk.converse()
    photo(desk, 1, "CL20261125000001")
    later = (NOW + timedelta(hours=71)).replace(tzinfo=None).isoformat()
    assert run(desk, "media_fetch", later) == ["照片 1 取不到了（CL20261125000001）"]
    assert run(desk, "media_fetch", later) == []
    [notice] = notices(desk, "media_lost")
    assert (notice.role, "CL20261125000001" in notice.title) == ("claims", True)
