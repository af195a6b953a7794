"""The hand-off: one owner, one notice a move, no stale voice, nothing said twice."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest

from bot.bootstrap import App
from bot.handoff import Done
from storage.outbox import STALE
from storage.unit_of_work import UnitOfWork
from tests.bot.handoff_kit import Scene, hire, owed, thread

Make = Callable[[], App]


@pytest.fixture
def scene(make_app: Make) -> Scene:
    """A branch with one customer to come."""
    return Scene(make_app())


def test_only_one_agent_gets_the_conversation(scene: Scene) -> None:
    """The second is told who was faster; the customer hears one notice."""

    def work(uow: UnitOfWork) -> tuple[Done, Done, list[tuple[str, str]]]:
        found = scene.customer(uow, "转人工")
        first = scene.desk(uow).take(found, "王敏")
        return first, scene.desk(uow).take(found, "李强"), thread(uow, found)

    first, second, said = scene.app.transactions.run(work)
    assert first.ok
    assert (second.ok, second.why) == (False, "王敏已经接手了这个会话")
    assert [text for author, text in said if author == "system"] == [
        "王敏已接入，接下来由工作人员为您服务，之前说过的不用重复。"
    ]


def test_a_move_on_an_old_view_is_refused(scene: Scene) -> None:
    """Whoever saw an older revision does nothing by pressing the button."""

    def work(uow: UnitOfWork) -> tuple[Done, Done]:
        found = scene.customer(uow, "转人工")
        seen = uow.conversations.get(found).owner_rev
        assert scene.desk(uow).take(found, "王敏", seen).ok
        assert scene.desk(uow).hand_back(found, "王敏", seen + 1).ok
        return scene.desk(uow).take(found, "李强", seen), scene.desk(uow).take(found, "李强")

    stale, fresh = scene.app.transactions.run(work)
    assert not stale.ok
    assert "机器人" in stale.why
    assert fresh.ok


def test_a_supervisor_takes_it_from_an_agent(scene: Scene) -> None:
    """Taking over by force passes the floor, and the first one cannot speak any more."""

    def work(uow: UnitOfWork) -> tuple[Done, Done]:
        found = scene.customer(uow, "转人工")
        scene.desk(uow).take(found, "王敏")
        taken = scene.desk(uow).take(found, "赵主管", force=True)
        return taken, scene.desk(uow).say(found, "王敏", "我还在")

    taken, said = scene.app.transactions.run(work)
    assert taken.ok
    assert (said.ok, said.why) == (False, "会话现在在赵主管手里，请刷新再看")


def test_what_the_bot_had_not_sent_stays_here_once_a_person_speaks(scene: Scene) -> None:
    """Replies computed before the take-over are kept back with a reason; later words go."""

    def work(uow: UnitOfWork) -> None:
        found = scene.customer(uow, "交强险赔多少")
        scene.desk(uow).take(found, "王敏")
        scene.desk(uow).say(found, "王敏", "您好，我来帮您。")
        while leased := uow.outbox.lease("w", scene.now, 60, 10):
            for item in leased:
                uow.outbox.settle(item.id, "w", "sent")

    scene.app.transactions.run(work)
    fates = scene.app.transactions.read(owed)
    assert [status for status, _ in fates] == ["suppressed", "sent", "sent"]
    assert STALE.startswith("没有发出")


def test_the_last_words_of_an_agent_are_sent(scene: Scene) -> None:
    """Giving the floor away does not swallow what was said before."""

    def work(uow: UnitOfWork) -> None:
        found = scene.customer(uow, "转人工")
        scene.desk(uow).take(found, "王敏")
        scene.desk(uow).say(found, "王敏", "已经办好了，再见。")
        scene.desk(uow).hand_back(found, "王敏")
        while leased := uow.outbox.lease("w", scene.now, 60, 10):
            for item in leased:
                uow.outbox.settle(item.id, "w", "sent")

    scene.app.transactions.run(work)
    sent = [text for status, text in scene.app.transactions.read(owed) if status == "sent"]
    assert "已经办好了，再见。" in sent


def test_a_repeated_old_message_does_not_bring_the_bot_back(scene: Scene) -> None:
    """A platform's retry after the take-over owes only what is stale, and that is not sent."""
    app = scene.app
    scene.app.transactions.run(lambda uow: scene.customer(uow, "交强险赔多少"))

    def again(uow: UnitOfWork) -> int:
        found = uow.conversations.id_of("webchat", "web", "p1") or 0
        scene.desk(uow).take(found, "王敏")
        scene.said -= 1
        return scene.customer(uow, "交强险赔多少")

    found = app.transactions.run(again)
    app.transactions.run(lambda uow: uow.outbox.lease("w", scene.now, 60, 10))
    assert [a for a, _ in app.transactions.read(lambda uow: thread(uow, found))].count("bot") == 1
    bots = [status for status, text in app.transactions.read(owed) if "交强险" in text]
    assert bots == ["suppressed"]


def test_an_agents_words_are_said_once(scene: Scene) -> None:
    """A double click or a resend under the same key gives the same message."""

    def work(uow: UnitOfWork) -> list[int]:
        found = scene.customer(uow, "转人工")
        scene.desk(uow).take(found, "王敏")
        return [scene.desk(uow).say(found, "王敏", "您好", "k1").seq for _ in range(3)]

    one, two, three = scene.app.transactions.run(work)
    assert one == two == three > 0


def test_the_bot_goes_on_with_the_draft(scene: Scene) -> None:
    """After the person the open claim is taken up where it was."""

    def work(uow: UnitOfWork) -> list[tuple[str, str]]:
        found = scene.customer(uow, "我要报案，昨天下午三点在和平区南京路追尾了，人没事")
        scene.customer(uow, "转人工")
        scene.desk(uow).take(found, "王敏")
        scene.customer(uow, "你好")
        scene.desk(uow).hand_back(found, "王敏")
        return thread(uow, found)[-3:]

    (_, ended), (author, goes_on), _ = scene.app.transactions.run(work)
    assert ended.startswith("人工服务先到这里")
    assert author == "bot"
    assert goes_on.startswith("我们接着办报案")
    assert "南京路" in goes_on


def test_two_agents_at_the_same_moment(make_app: Make) -> None:
    """Of two processes that take at once exactly one wins."""
    first, second = make_app(), make_app()
    one, other = Scene(first), Scene(second)
    for number in range(20):
        peer = f"race{number}"
        found = first.transactions.run(partial(one.customer, text="转人工", peer=peer))
        with ThreadPoolExecutor(2) as pool:
            moves = [
                pool.submit(scene.app.transactions.run, partial(_take, scene, found, name))
                for scene, name in ((one, "王敏"), (other, "李强"))
            ]
            assert sorted(move.result().ok for move in moves) == [False, True]


def _take(scene: Scene, conversation: int, name: str, uow: UnitOfWork) -> Done:
    return scene.desk(uow).take(conversation, name)


def test_a_closed_console_brings_the_customer_back_into_the_queue(scene: Scene) -> None:
    """Half a minute after the last sign of the agent somebody else can take over (F27)."""

    def work(uow: UnitOfWork) -> tuple[list[str], list[tuple[str, str]], dict[str, Any]]:
        hire(uow, "王敏", scene.now)
        found = scene.customer(uow, "转人工")
        scene.desk(uow).take(found, "王敏")
        owners = []
        for _ in range(6):
            scene.later(5)
            scene.keep(uow)
            owners.append(uow.conversations.get(found).owner)
        told = [e["data"] for e in uow.ownership.events_after(0, 50) if e["kind"] == "owner"]
        return owners, thread(uow, found), told[-1]

    owners, said, told = scene.app.transactions.run(work)
    # It was not their press: their page says it when they come back.
    assert (told["owner"], "by" in told) == ("queue", False)
    assert owners[0] == "agent"
    assert owners[-1] == "queue"
    assert [text for _, text in said].count(
        "刚才为您服务的同事暂时离开了，已经请其他同事接着处理，您不用重复说。"
    ) == 1


def test_a_danger_told_to_an_agent_is_answered_at_once(scene: Scene) -> None:
    """Whom to call does not wait for a person to read it; the desk hears it once."""

    def work(uow: UnitOfWork) -> tuple[list[tuple[str, str]], list[str], str]:
        found = scene.customer(uow, "转人工")
        assert scene.desk(uow).take(found, "王敏").ok
        last = uow.ownership.newest_event()
        scene.customer(uow, "刚才有人受伤了，流了好多血，昏过去了")
        scene.customer(uow, "人昏过去了快来")
        scene.customer(uow, "好的谢谢")
        alarms = [
            event["data"]["why"]
            for event in uow.ownership.events_after(last, 50)
            if event["kind"] == "alarm"
        ]
        handoff = uow.cases.open_handoff(found)
        said = [one for one in thread(uow, found) if one[0] == "bot"]
        return said[1:], alarms, handoff.level if handoff else ""

    said, alarms, level = scene.app.transactions.run(work)
    [(_, told)] = said
    assert "120" in told
    assert "我已经" not in told
    assert alarms == ["人身伤亡"]
    assert level == "P0"


def test_the_second_press_of_ones_own_button_is_no_loss(scene: Scene) -> None:
    """Taking, passing on and ending twice on the same view is done once and told to nobody."""

    def work(uow: UnitOfWork) -> tuple[list[Done], Done, list[tuple[str, str]]]:
        found = scene.customer(uow, "转人工")
        seen = uow.conversations.get(found).owner_rev
        desk = scene.desk(uow)
        twice = [desk.take(found, "王敏", seen) for _ in range(2)]
        twice += [desk.transfer(found, "王敏", "李强", seen + 1) for _ in range(2)]
        twice += [desk.hand_back(found, "李强", seen + 2) for _ in range(2)]
        return twice, desk.hand_back(found, "王敏", seen + 2), thread(uow, found)

    done, others, said = scene.app.transactions.run(work)
    assert [one.ok for one in done] == [True] * 6
    assert [one.again for one in done] == [False, True] * 3
    assert not others.ok
    system = [text for author, text in said if author == "system"]
    assert len(system) == len(set(system)) == 3


def test_once_somebody_else_had_it_an_old_press_is_refused(scene: Scene) -> None:
    """The press of a view that others have left behind says who has the floor."""

    def work(uow: UnitOfWork) -> Done:
        found = scene.customer(uow, "转人工")
        seen = uow.conversations.get(found).owner_rev
        desk = scene.desk(uow)
        desk.take(found, "王敏", seen)
        desk.hand_back(found, "王敏", seen + 1)
        desk.take(found, "李强")
        return desk.hand_back(found, "王敏", seen + 1)

    late = scene.app.transactions.run(work)
    assert (late.ok, late.why) == (False, "会话现在在李强手里，请刷新再看")


def test_putting_back_and_referring_twice_is_done_once(scene: Scene) -> None:
    """Both go to the queue once; the news of it names who pressed, so that they hear no loss."""

    def work(uow: UnitOfWork) -> tuple[list[Done], list[dict[str, Any]]]:
        found = scene.customer(uow, "转人工")
        desk = scene.desk(uow)
        desk.take(found, "王敏")
        rev, last = uow.conversations.get(found).owner_rev, uow.ownership.newest_event()
        twice = [desk.release(found, "王敏", "放回排队", rev) for _ in range(2)]
        desk.take(found, "王敏")
        twice += [desk.refer(found, "王敏", "claims", "理赔", rev + 2) for _ in range(2)]
        told = [
            event["data"]
            for event in uow.ownership.events_after(last, 50)
            if event["kind"] == "owner" and event["data"]["owner"] == "queue"
        ]
        return twice, told

    done, told = scene.app.transactions.run(work)
    assert [(one.ok, one.again) for one in done] == [(True, False), (True, True)] * 2
    assert [one["by"] for one in told] == ["王敏", "王敏"]
