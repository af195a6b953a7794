"""Nothing is lost or doubled on the chat page, whatever the line and the server do."""

from __future__ import annotations

import socket
from contextlib import ExitStack

from playwright.sync_api import (
    Browser,
    Route,
    expect,
)

from tests.browser.chat_kit import Visit, visit
from tests.browser.fake_chat import FakeChat, chat_application, serving


def test_offline_then_online_sends_exactly_once(here: Visit) -> None:
    """Failed bubble and pill while away; back online everything leaves in order, once."""
    here.page.context.set_offline(True)
    here.say("第一句")
    here.say("第二句")
    expect(here.page.get_by_role("button", name="重新发送")).to_have_count(2)
    expect(here.page.locator("#pill")).to_have_text("连接中断，正在重连…")
    here.page.context.set_offline(False)
    here.expect_reply("收到：第二句")
    expect(here.page.locator(".retry")).to_have_count(0)
    expect(here.page.locator("#pill")).to_have_text("")
    assert here.chat.said(here.session) == ["第一句", "第二句"]
    assert here.bubbles("customer") == ["第一句", "第二句"]


def test_a_lost_answer_does_not_double_the_message(here: Visit) -> None:
    """The server had it, the answer got lost: the stream settles it without a second bubble."""

    def swallow(route: Route) -> None:
        route.fetch()
        route.abort()

    here.page.route("**/chat/api/messages", swallow, times=1)
    here.say("只有一次")
    here.expect_reply("收到：只有一次")
    expect(here.page.locator(".retry")).to_have_count(0)
    assert here.bubbles("customer") == ["只有一次"]
    assert here.chat.said(here.session) == ["只有一次"]


def test_unsent_words_survive_a_reload(here: Visit) -> None:
    """What failed before the reload is sent after it; a draft stays a draft."""
    here.page.route("**/chat/api/messages", lambda route: route.abort())
    here.say("没发出去的话")
    expect(here.page.get_by_role("button", name="重新发送")).to_be_visible()
    here.page.get_by_label("输入消息").fill("还没写完")
    here.page.unroute("**/chat/api/messages")
    here.page.reload()
    here.expect_reply("收到：没发出去的话")
    assert here.chat.said(here.session) == ["没发出去的话"]
    expect(here.page.get_by_label("输入消息")).to_have_value("还没写完")


def test_a_reload_brings_everything_back_and_marks_the_unread(here: Visit) -> None:
    """What came while the page was closed stands below a divider."""
    here.say("我先走了")
    here.expect_reply("收到：我先走了")
    session = here.session
    here.page.goto("about:blank")
    here.chat.push(session, "agent", {"type": "text", "text": "您的案件有新进展"})
    here.page.goto(f"{here.address}/chat")
    divider = here.page.locator(".divider")
    expect(divider).to_have_text("以下是未读消息")
    assert here.bubbles("customer") == ["我先走了"]
    after = here.page.locator(".divider + .line")
    expect(after).to_contain_text("您的案件有新进展")
    here.page.reload()
    expect(here.page.get_by_text("您的案件有新进展")).to_be_visible()
    expect(divider).to_have_count(0)


def test_a_server_that_restarts_loses_and_doubles_nothing(browser: Browser) -> None:
    """The pill shows the break; what was said meanwhile is there after it, once."""
    chat = FakeChat()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    with ExitStack() as stack:
        with serving(chat_application(chat), port) as address:
            context = browser.new_context(viewport={"width": 1280, "height": 800})
            stack.callback(context.close)
            page = context.new_page()
            page.goto(f"{address}/chat")
            here = Visit(page, chat, address, [])
            here.say("断线以前")
            here.expect_reply("收到：断线以前")
        expect(page.locator("#pill")).to_have_text("连接中断，正在重连…")
        here.say("断线当中")
        expect(page.get_by_role("button", name="重新发送")).to_be_visible()
        with serving(chat_application(chat), port):
            expect(page.locator("#pill")).to_have_text("", timeout=15000)
            here.expect_reply("收到：断线当中")
            assert here.bubbles("customer") == ["断线以前", "断线当中"]
            assert here.bubbles("bot") == ["收到：断线以前", "收到：断线当中"]
            page.close()


def test_without_streams_the_history_keeps_the_page_alive(browser: Browser) -> None:
    """A proxy that cuts event streams delays news, no more."""
    with ExitStack() as stack:
        here = visit(browser, stack, FakeChat())
        here.page.route("**/chat/api/stream**", lambda route: route.abort())
        here.page.reload()
        here.say("没有流也行")
        here.expect_reply("收到：没有流也行")
        here.chat.push(here.session, "agent", {"type": "text", "text": "推送也能到"})
        expect(here.page.get_by_text("推送也能到")).to_be_visible()


def test_a_long_history_opens_at_its_end(browser: Browser) -> None:
    """The last part first; the earlier part on demand, without a jump."""
    with ExitStack() as stack:
        here = visit(browser, stack, FakeChat())
        session = here.session
        here.page.goto("about:blank")
        for number in range(450):
            here.chat.push(session, "bot", {"type": "text", "text": f"第{number}条"})
        here.page.goto(f"{here.address}/chat")
        expect(here.page.get_by_text("第449条")).to_be_in_viewport()
        expect(here.page.locator("#messages .line")).to_have_count(200)
        earlier = here.page.get_by_role("button", name="查看更早的消息")
        earlier.click()
        expect(here.page.locator("#messages .line")).to_have_count(400)
        expect(here.page.get_by_text("第250条")).to_be_in_viewport()
        earlier.click()
        expect(here.page.locator("#messages .line")).to_have_count(450)
        expect(earlier).to_be_hidden()


def test_reading_above_is_not_disturbed(here: Visit) -> None:
    """News do not scroll a reader away; a button counts them and leads down."""
    for number in range(30):
        here.chat.push(here.session, "bot", {"type": "text", "text": f"第{number}条"})
    expect(here.page.get_by_text("第29条")).to_be_in_viewport()
    here.page.locator("#log").evaluate("log => log.scrollTo(0, 0)")
    here.page.wait_for_timeout(200)
    here.chat.push(here.session, "agent", {"type": "text", "text": "看到请回复"})
    newer = here.page.get_by_role("button", name="1 条新消息")
    expect(newer).to_be_visible()
    assert here.page.locator("#log").evaluate("log => log.scrollTop") == 0
    newer.click()
    expect(here.page.get_by_text("看到请回复")).to_be_in_viewport()
    expect(newer).to_be_hidden()


def test_two_tabs_show_the_same(here: Visit) -> None:
    """What is said in one appears in the other, once."""
    other = here.page.context.new_page()
    other.goto(f"{here.address}/chat")
    expect(other.locator("#log")).to_have_attribute("aria-busy", "false")
    here.say("两个窗口")
    here.expect_reply("收到：两个窗口")
    expect(other.locator(".from-customer .bubble")).to_have_count(1)
    expect(other.locator(".from-bot .bubble", has_text="收到：两个窗口")).to_have_count(1)
