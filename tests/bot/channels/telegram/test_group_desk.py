"""The staff group as a second desk: topics, taking over, both ways, and what goes wrong there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import update

from bot.bootstrap import App
from bot.dialogue.phrases import NOBODY_FREE
from storage import desk_presence
from storage.models.staff import StaffUser
from storage.unit_of_work import UnitOfWork
from tests.bot.channels.telegram.desk_kit import GROUP, Group, group_of, presses, says
from tests.bot.channels.telegram.fake_api import FakeBotApi
from tests.bot.channels.telegram.kit import run


@pytest.fixture
def group(make_app: Callable[[], App], api: FakeBotApi, tmp_path: Path) -> Group:
    """A group of four on either database."""
    return group_of(make_app(), api, tmp_path)


def _take(group: Group) -> str:
    """Return the data of the button that takes over."""
    return group.api.buttons(GROUP)["接管"]


def test_a_hand_off_opens_a_topic_and_a_reply_in_it_reaches_the_customer(group: Group) -> None:
    """Summary masked, first reply takes over, both directions, /close gives back and closes."""

    async def work() -> None:
        await group.customer("报案，昨天下午三点在南开区卫津路追尾，车牌津B6K789，电话13800001111")
        await group.customer("转人工")
        assert group.owner() == ("queue", None)
        thread = group.thread()
        await group.bring(says("王敏", thread, "您好，我是王敏。"))
        assert group.owner() == ("agent", "王敏")
        assert group.heard() == ["您好，我是王敏。"]
        await group.customer("我的手机是13912345678")
        await group.bring(says("王敏", thread, "/close 已说清"))
        assert group.owner() == ("bot", None)
        assert thread in group.api.closed

    run(group.process, work)
    whole = "\n".join(group.posts())
    assert "13800001111" not in whole
    assert "B6K789" not in whole
    assert "13912345678" not in whole
    assert "139****78" in whole
    assert "转人工" in whole
    assert "现在由 王敏 接待" in whole
    assert "会话已结束" in whole
    assert len(group.api.topics) == 1


def test_the_next_request_opens_the_same_topic_again(group: Group) -> None:
    """One topic for a customer, however often they come."""

    async def work() -> None:
        await group.customer("转人工")
        await group.bring(
            says("王敏", group.thread(), "在"), says("王敏", group.thread(), "/close")
        )
        assert group.api.closed
        await group.customer("转人工")

    run(group.process, work)
    assert len(group.api.topics) == 1
    assert not group.api.closed
    assert sum("为什么：" in post for post in group.posts()) == 2


def test_two_members_press_and_one_is_told(group: Group) -> None:
    """The button is the same compare-and-set; the loser reads who was faster, at once."""

    async def work() -> None:
        await group.customer("转人工")
        data = _take(group)
        both = presses("王敏", data), presses("李强", data)
        assert await asyncio.gather(*map(group.process.post, both)) == [200, 200]
        await group.settle()

    run(group.process, work)
    told = sorted(one["text"] for one in group.api.answers)
    assert len(told) == 2
    assert sum("已经接手了这个会话" in text for text in told) == 1
    assert sum(text.startswith("已接管") for text in told) == 1
    assert group.owner()[0] == "agent"


def test_console_and_group_never_speak_at_once(group: Group) -> None:
    """Whoever has it at the console has it: the group's words stay here, with the way out."""

    async def work() -> None:
        await group.customer("转人工")
        assert group.at_the_console(lambda desk, number: desk.take(number, "李强")).ok
        await group.bring(says("王敏", group.thread(), "我来"))
        group.at_the_console(lambda desk, number: desk.say(number, "李强", "我是李强"))
        await group.settle()

    run(group.process, work)
    assert group.heard() == ["我是李强"]
    whole = "\n".join(group.posts())
    assert "没有发出：会话现在在李强手里" in whole
    assert "李强（控制台）：我是李强" in whole


def test_an_update_counts_once_however_often_it_comes(group: Group) -> None:
    """Twelve copies at once, and one after a while: one sentence, one answer for a press."""

    async def work() -> None:
        await group.customer("转人工")
        update = says("王敏", group.thread(), "您好")
        statuses = await asyncio.gather(*(group.process.post(update) for _ in range(12)))
        assert set(statuses) == {200}
        await group.bring(update)
        pressed = presses("王敏", f"d:release:{group.conversation()}:2")
        await group.bring(pressed, pressed)

    run(group.process, work)
    assert group.heard() == ["您好"]
    assert len({one["text"] for one in group.api.answers}) == 1


def _wait(group: Group) -> int:
    """Return what another customer would be told of the wait now."""
    return group.app.transactions.read(lambda uow: uow.floor.minutes_to_wait(0, group.now))


def test_whoever_works_in_the_group_alone_counts_as_present(group: Group) -> None:
    """By a command, anywhere in the group, or by the last answer; for so long, and not longer."""

    async def work() -> None:
        assert _wait(group) == NOBODY_FREE
        await group.bring(says("王敏", 0, "/on"))
        assert "算在岗" in group.api.sent[-1]["text"]
        assert _wait(group) != NOBODY_FREE
        group.later(31 * 60)
        assert _wait(group) == NOBODY_FREE
        await group.customer("转人工")
        await group.bring(says("李强", group.thread(), "您好，我是李强。"))
        assert _wait(group) != NOBODY_FREE
        await group.bring(says("李强", group.thread(), "/off"))
        assert _wait(group) == NOBODY_FREE

    run(group.process, work)


def test_only_who_may_serve_and_works_here_counts(group: Group) -> None:
    """A colleague of another trade cannot; an account that was closed does not any more."""

    async def work() -> None:
        await group.bring(says("何核保", 0, "/on"), says("王敏", 0, "/on"))
        present = group.app.transactions.read(
            lambda uow: desk_presence.at_work(uow.connection, group.now)
        )
        assert list(present) == ["王敏"]

        def close(uow: UnitOfWork) -> None:
            uow.session.execute(
                update(StaffUser).where(StaffUser.name == "王敏").values(disabled_at=group.now)
            )

        group.app.transactions.run(close)
        assert _wait(group) == NOBODY_FREE

    run(group.process, work)
