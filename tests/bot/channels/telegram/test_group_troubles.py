"""What else happens in the staff group, and what goes wrong there."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from bot.bootstrap import App
from bot.dialogue.message import Attachment, Location
from tests.bot.channels.telegram.desk_kit import GROUP, Group, group_of, message, says
from tests.bot.channels.telegram.fake_api import FakeBotApi, Fault
from tests.bot.channels.telegram.kit import Customer, run


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """SQLite will do here: nothing depends on the kind of the database."""
    return f"sqlite:///{tmp_path / 'anda.db'}"


@pytest.fixture
def small(make_app: Callable[[], App], api: FakeBotApi, tmp_path: Path) -> Group:
    """A group of four."""
    return group_of(make_app(), api, tmp_path)


def test_photos_voice_and_places_come_into_the_topic(small: Group) -> None:
    """In the order in which they were sent, the photo as a photo."""
    data = BytesIO()
    Image.new("RGB", (8, 8)).save(data, "JPEG")
    path = small.app.media.save("p1", data.getvalue(), "jpg")
    photo = Attachment("image", path, stored=True)
    sound = Attachment("voice", small.app.media.save("p1", b"#!AMR sound", "amr"), stored=True)

    async def work() -> None:
        await small.customer("转人工")
        await small.customer("看照片")
        await small.customer("", kind="image", attachment=photo)
        await small.customer("", kind="voice", attachment=sound)
        await small.customer("", kind="location", location=Location(39.1, 117.2, "卫津路"))
        await small.customer("就这些")

    run(small.process, work)
    posts = small.posts()
    order = ["看照片", "[照片]", "[语音]", "[位置] 卫津路", "就这些"]
    places = [next(n for n, post in enumerate(posts) if words in post) for words in order]
    assert places == sorted(places)
    assert [bool(m.get("photo")) for m in small.api.sent if "[照片]" in str(m["text"])] == [True]
    assert any(m.get("document") for m in small.api.sent)
    assert any(m.get("pin") for m in small.api.sent)


def test_notes_and_words_for_colleagues_are_not_sent(small: Group) -> None:
    """A note stays here, is not echoed, and transfers and returns are done by command."""

    async def work() -> None:
        await small.customer("转人工")
        thread = small.thread()
        await small.bring(says("王敏", thread, "/take"))
        await small.bring(says("王敏", thread, "/note 客户很急"))
        await small.bring(says("王敏", thread, "/transfer 何核保"))
        assert small.owner() == ("agent", "王敏")
        await small.bring(says("王敏", thread, "/transfer 李强"))
        assert small.owner() == ("agent", "李强")
        await small.bring(says("李强", thread, "/transfer 理赔"))
        assert small.owner() == ("queue", None)
        await small.bring(says("李强", thread, "/take"), says("李强", thread, "/return"))
        assert small.owner() == ("bot", None)
        await small.bring(says("李强", thread, "还在吗"))

    run(small.process, work)
    assert small.heard() == []
    whole = "\n".join(small.posts())
    assert whole.count("客户很急") == 0
    assert "已记为备注" in whole
    assert "没有叫何核保、能接客户的同事" in whole
    assert "机器人正在服务，没有发出" in whole


def test_a_stranger_is_told_once_and_others_are_refused(small: Group) -> None:
    """Without an account nothing is sent; who has another role reads why; nobody is anonymous."""

    async def work() -> None:
        await small.customer("转人工")
        thread = small.thread()
        await small.bring(says(999, thread, "我来帮忙"), says(999, thread, "听得到吗"))
        await small.bring(says("何核保", thread, "您好"))
        anonymous = message(1087968824, thread, text="匿名", sender_chat={"id": GROUP})
        await small.bring(anonymous, message("王敏", thread, forum_topic_edited={"name": "x"}))
        await small.bring(message("王敏", thread, photo=[{"file_id": "f"}]))

    run(small.process, work)
    whole = "\n".join(small.posts())
    assert whole.count("编号是 999") == 1
    assert "您的角色不能接客户" in whole
    assert "匿名发言" in whole
    assert "还不能从群里发给客户" in whole
    assert small.heard() == []
    assert small.owner() == ("queue", None)


def test_what_did_not_reach_the_customer_is_shown_with_the_way_out(small: Group) -> None:
    """A Telegram customer who has blocked the bot: the topic says so below the agent's words."""
    customer = Customer()

    async def work() -> None:
        await small.process.talk(customer.says("转人工"))
        await small.settle()
        small.api.blocked.add(str(customer.chat))
        await small.bring(says("王敏", small.thread(), "您好"))
        await small.settle()

    run(small.process, work)
    told = next(m for m in small.api.sent if "没有送到" in m["text"])
    assert "停用了机器人" in told["text"]
    assert "请打电话" in told["text"]
    assert told["reply_parameters"]["message_id"]


def test_a_deleted_topic_is_made_anew(small: Group) -> None:
    """Whatever came meanwhile is there; the number of the old topic means nothing any more."""

    async def work() -> None:
        await small.customer("转人工")
        old = small.thread()
        small.api.topics = {777: "other"}
        await small.customer("还在吗")
        new = next(number for number in small.api.topics if number != 777)
        assert new != old or new in small.api.topics
        await small.bring(says("王敏", new, "在的"))

    run(small.process, work)
    posts = small.api.posts(next(number for number in small.api.topics if number != 777))
    assert any("原来的话题被删了" in post for post in posts)
    assert any("还在吗" in post for post in posts)
    assert small.heard() == ["在的"]


def test_a_bot_without_rights_loses_nobody(small: Group) -> None:
    """The consoles are alarmed once; as soon as the rights are there, everything comes."""

    async def work() -> None:
        small.api.admin = False
        await small.customer("转人工")
        await small.customer("我等着呢")
        assert small.api.sent == []
        small.api.admin = True
        small.later(600)
        await small.settle()
        await small.settle()

    run(small.process, work)
    events = small.app.transactions.read(lambda uow: uow.ownership.events_after(0, 100))
    alarms = [event for event in events if event["kind"] == "alarm"]
    assert len(alarms) == 1
    assert "坐席群发不进去" in alarms[0]["data"]["why"]
    whole = "\n".join(small.posts())
    assert "我等着呢" in whole
    assert "为什么：" in whole


@pytest.mark.parametrize(
    "fault",
    [
        Fault(429, "Too Many Requests", retry_after=3),
        Fault(401, "Unauthorized"),
        Fault(reset=True, done=True),
        Fault(502, raw=b"<html>"),
    ],
)
def test_trouble_with_the_platform_shows_everything_in_the_end(small: Group, fault: Fault) -> None:
    """What certainly did not arrive comes again; of what may have arrived the topic is warned."""

    async def work() -> None:
        await small.customer("转人工")
        small.api.fail("sendMessage", fault)
        await small.customer("第一句")
        small.later(600)
        await small.settle()
        await small.customer("第二句")

    run(small.process, work)
    posts = small.posts()
    whole = "\n".join(posts)
    assert "第一句" in whole or "可能没显示出来" in whole
    assert sum("第一句" in post for post in posts) <= 1
    assert sum("第二句" in post for post in posts) == 1


def test_the_group_is_never_sent_more_than_it_takes(small: Group) -> None:
    """Forty customers at once: the platform refuses nothing, and each gets a topic."""
    small.api.per_group = 1_000

    async def work() -> None:
        for number in range(12):
            await small.heard_from("转人工", f"q{number}")
        times = []
        for _ in range(70):
            before = len(small.api.sent)
            await small.settle()
            times += [small.now.timestamp()] * (len(small.api.sent) - before)
        for at in times:
            assert sum(at - 60 < other <= at for other in times) <= 21

    run(small.process, work)
    assert len(small.api.topics) == 12
    assert small.api.refused == 0


def test_who_serves_from_the_group_counts_as_present(small: Group) -> None:
    """No console is open, and still nobody is taken away; silence for long gives them back."""

    async def work() -> None:
        await small.customer("转人工")
        await small.bring(says("王敏", small.thread(), "请稍等"))
        for _ in range(3):
            small.later(120)
            await small.settle()
            small.app.transactions.run(lambda uow: small.app.queue_keeper.keep(uow, small.now))
        assert small.owner() == ("agent", "王敏")
        await small.customer("还在吗")
        small.later(11 * 60)
        await small.settle()
        small.later(30)
        small.app.transactions.run(lambda uow: small.app.queue_keeper.keep(uow, small.now))
        assert small.owner() == ("queue", None)

    run(small.process, work)


def test_a_complaint_against_one_of_us_stays_out_of_the_group(small: Group) -> None:
    """Whom it is about must not read it; the console has its own rules for that."""

    async def work() -> None:
        await small.customer("我要投诉你们的赵敏，态度恶劣，乱收费")
        await small.customer("转人工")

    run(small.process, work)
    assert small.owner()[0] == "queue"
    assert small.api.topics == {}
    (told,) = small.api.texts(GROUP)
    assert "只在控制台看" in told
    assert "赵敏" not in told
