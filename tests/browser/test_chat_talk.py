"""Talking on the chat page: answers, buttons, places, times."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import timedelta

import pytest
from playwright.sync_api import (
    Browser,
    expect,
)

from tests.browser.chat_kit import Visit, visit
from tests.browser.fake_chat import FakeChat


def test_a_message_is_answered(here: Visit) -> None:
    """Words go out on the right, the answer comes in on the left, once each."""
    here.say("你好")
    here.expect_reply("收到：你好")
    assert here.bubbles("customer") == ["你好"]
    assert here.bubbles("bot") == ["收到：你好"]
    assert here.page.locator(".retry, .spinner").count() == 0
    expect(here.page.get_by_label("输入消息")).to_have_value("")


def test_the_session_id_is_a_secret_worth_the_name(here: Visit) -> None:
    """192 random bits, kept over a reload, and not in the address bar."""
    first = here.session
    assert len(first) == 32
    here.page.reload()
    assert here.session == first
    assert first not in here.page.url


def test_buttons_send_their_words_and_fade(here: Visit) -> None:
    """The menu starts a report; a quick reply is used once and shows which one it was."""
    here.page.get_by_role("button", name="报案").first.click()
    here.expect_reply("请先确认安全")
    assert here.bubbles("customer") == ["我要报案"]
    choice = here.page.get_by_role("button", name="没有人受伤")
    choice.dblclick()  # nervous fingers
    here.expect_reply("没有人受伤就好")
    assert here.bubbles("customer") == ["我要报案", "没有人受伤"]
    assert here.page.locator(".choice:disabled").count() == 3
    expect(choice).to_have_class("choice chosen")
    here.page.reload()
    expect(here.page.get_by_role("button", name="没有人受伤")).to_have_class("choice chosen")
    assert here.page.locator(".choice:disabled").count() == 3


@pytest.mark.parametrize(("name", "words"), [("投诉", "我要投诉"), ("转人工", "转人工")])
def test_complaint_and_a_person_are_one_tap_away(phone: Visit, name: str, words: str) -> None:
    """Both stand in the header, whatever has been said."""
    phone.page.get_by_role("navigation").get_by_role("button", name=name, exact=True).tap()
    phone.expect_reply(f"收到：{words}")


def test_the_page_says_that_it_is_a_machine(phone: Visit) -> None:
    """Title, identity line, demo banner."""
    expect(phone.page.get_by_role("heading", level=1)).to_have_text(
        "安答 · 天安保险天津分公司智能客服"
    )
    expect(phone.page.locator("#identity")).to_have_text("智能助手（AI），不是真人")
    expect(phone.page.get_by_role("note")).to_contain_text("演示环境")


def test_an_agent_speaks_unasked(here: Visit) -> None:
    """A push appears at once and the identity line tells who answers now."""
    here.say("你好")
    here.expect_reply("收到：你好")
    body = {"type": "text", "text": "客服小李已接入", "owner": "agent"}
    here.chat.push(here.session, "system", body)
    here.chat.push(here.session, "agent", {"type": "text", "text": "您好，我是小李"})
    expect(here.page.get_by_text("您好，我是小李")).to_be_visible()
    expect(here.page.locator("#identity")).to_have_text("人工客服正在为您服务")


def test_a_position_is_shared(browser: Browser) -> None:
    """With permission: coordinates, with a label of the customer's own."""
    with ExitStack() as stack:
        here = visit(
            browser,
            stack,
            FakeChat(),
            permissions=["geolocation"],
            geolocation={"latitude": 39.0851, "longitude": 117.1994, "accuracy": 20},
        )
        here.page.locator("#more").click()
        here.page.get_by_role("button", name="位置", exact=True).click()
        expect(here.page.locator("#place-state")).to_contain_text("已获取位置")
        here.page.get_by_label("详细地址或路段").fill("友谊路与平江道交口")
        here.page.get_by_role("button", name="发送位置").click()
        here.expect_reply("收到：location")
        place = here.chat.received[-1].location
        assert place
        assert (place.lat, place.lon, place.label) == (39.0851, 117.1994, "友谊路与平江道交口")
        expect(here.page.locator(".location b")).to_have_text("友谊路与平江道交口")


def test_without_a_position_an_address_will_do(here: Visit) -> None:
    """Refused: the dialog says so and asks for words; nothing empty is sent."""
    here.page.locator("#more").click()
    here.page.get_by_role("button", name="位置", exact=True).click()
    expect(here.page.locator("#place-state")).to_contain_text("没能自动获取位置")
    here.page.get_by_role("button", name="发送位置").click()
    assert here.chat.received == []
    here.page.get_by_label("详细地址或路段").fill("外环东路")
    here.page.keyboard.press("Enter")
    here.expect_reply("收到：我的位置：外环东路")


def test_it_types_while_it_thinks(browser: Browser) -> None:
    """「正在输入…」 appears for a slow answer, and gives way to it."""
    with ExitStack() as stack:
        here = visit(browser, stack, FakeChat(delay=1.2))
        here.say("慢慢想")
        expect(here.page.locator("#typing")).to_be_visible()
        here.expect_reply("收到：慢慢想")
        expect(here.page.locator("#typing")).to_be_hidden()


def test_times_read_as_in_a_chat(here: Visit) -> None:
    """One line per pause, yesterday by name, in Tianjin's time."""
    text = {"type": "text", "text": "昨天的提醒"}
    here.chat.push(here.session, "bot", text, ago=timedelta(days=1))
    here.chat.push(here.session, "bot", text, ago=timedelta(days=1) - timedelta(minutes=1))
    here.chat.push(here.session, "bot", {"type": "text", "text": "今天的"})
    expect(here.page.locator(".from-bot .bubble", has_text="今天的")).to_be_visible()
    times = here.page.locator(".time")
    expect(times).to_have_count(2)
    assert times.first.inner_text().startswith("昨天 ")
    format_time = "(at, now) => import('/chat/static/times.js').then(m => m.timeText(at, now))"
    script = f"([at, now]) => ({format_time})(Date.parse(at), Date.parse(now))"
    now = "2026-03-02T09:30:00+08:00"
    for at, shown in [
        ("2026-03-02T00:05:00+08:00", "00:05"),
        ("2026-03-01T23:59:00+08:00", "昨天 23:59"),
        ("2026-02-26T18:02:00+08:00", "星期四 18:02"),
        ("2026-01-05T07:00:00+08:00", "1月5日 07:00"),
        ("2025-12-31T16:30:00Z", "1月1日 00:30"),
        ("2025-11-20T08:00:00+08:00", "2025年11月20日 08:00"),
    ]:
        assert here.page.evaluate(script, [at, now]) == shown
