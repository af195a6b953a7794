"""The desk's own features in a real browser: drafts in two places, keys, wrap-up, a long list."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.desk_kit import customer_says, logged_in, taken_over, waiting

_MANY = 230
_THAT_MANY = re.compile(r"^(2[3-9]\d|[3-9]\d\d)$")


@pytest.fixture
def desks(browser: Browser, product: str, product_folder: Path) -> Iterator[list[Page]]:
    """王敏 at two browsers."""
    made = [browser.new_context(locale="zh-CN", viewport={"width": 1366, "height": 768})
            for _ in range(2)]  # fmt: skip
    yield [logged_in(one.new_page(), product, product_folder, "王敏") for one in made]
    for one in made:
        one.close()


@pytest.fixture
def desk(browser: Browser, product: str, product_folder: Path) -> Iterator[Page]:
    """王敏 at one."""
    context = browser.new_context(locale="zh-CN", viewport={"width": 1366, "height": 768})
    yield logged_in(context.new_page(), product, product_folder, "王敏")
    context.close()


def test_two_browsers_write_on_one_draft(desks: list[Page], page: Page, product: str) -> None:
    """What is written in one stands in the other; both at once is shown; what is sent is gone."""
    one, two = desks
    taken_over(one, page, product)
    two.goto(one.url)
    one.locator("#words").fill("两边草稿")
    expect(two.locator("#words")).to_have_value("两边草稿")
    two.locator("#words").fill("两边草稿 加一句")
    expect(one.locator("#words")).to_have_value("两边草稿 加一句")
    one.keyboard.press("Enter")
    expect(page.get_by_text("两边草稿 加一句").last).to_be_visible()
    expect(two.locator("#words")).to_have_value("")
    # Both write before either has heard of the other: nothing is written over.
    two.context.set_offline(True)
    two.locator("#words").fill("乙写的")
    one.locator("#words").fill("甲写的")
    expect(one.locator(".saved")).to_have_text("草稿已存")
    two.context.set_offline(False)
    two.locator("#words").press("End")
    two.locator("#words").type("。")
    expect(two.locator(".elsewhere")).to_contain_text("甲写的")
    expect(two.locator("#words")).to_have_value("乙写的。")
    # Nor while the question stands, whatever renews the page meanwhile.
    two.evaluate("id => htmx.ajax('GET', `/console/c/${id}`, { target: '#work' })", _open(two))
    _asked_still(two)
    two.reload()
    _asked_still(two)
    expect(one.locator("#words")).to_have_value("甲写的")
    two.get_by_role("button", name="用那边的").click()
    expect(two.locator("#words")).to_have_value("甲写的")


def _open(desk: Page) -> str:
    return str(desk.locator(".conversation").get_attribute("data-id"))


def _asked_still(desk: Page) -> None:
    """Longer than the pause after which a draft is saved."""
    expect(desk.locator(".elsewhere")).to_contain_text("甲写的")
    desk.wait_for_timeout(1_500)
    expect(desk.locator(".elsewhere")).to_be_visible()
    expect(desk.locator("#words")).to_have_value("乙写的。")


def test_a_reload_at_once_loses_no_word(desk: Page, page: Page, product: str) -> None:
    """Before the pause after which a draft is saved, and after one that was."""
    taken_over(desk, page, product)
    desk.locator("#words").fill("第一稿")
    expect(desk.locator(".saved")).to_have_text("草稿已存")
    desk.locator("#words").fill("第一稿，又写了几个字")
    desk.reload()
    expect(desk.locator("#words")).to_have_value("第一稿，又写了几个字")
    desk.locator("#words").fill("")
    desk.reload()
    expect(desk.locator("#words")).to_have_value("")


def test_every_key_of_the_sheet_does_what_it_says(desk: Page, page: Page, product: str) -> None:
    """Single letters outside the box, Escape closes, Ctrl+Enter by choice, close and next."""
    customer_says(page, product, "转人工")
    waiting(desk, "转接")
    desk.locator("#thread").focus()
    desk.keyboard.press("g")
    expect(desk.locator("[data-mode=say]")).to_be_visible()
    desk.locator("#words").fill("ast1")
    expect(desk.locator("#words")).to_have_value("ast1")
    for key, sheet in (("t", "t"), ("a", "t"), ("Alt+KeyM", "m"), ("Alt+KeyE", "e")):
        desk.locator("#thread").focus()
        desk.keyboard.press(key)
        expect(desk.locator(f'details[data-key="{sheet}"]')).to_have_attribute("open", "")
        desk.keyboard.press("Escape")
        expect(desk.locator("details[open]")).to_have_count(0)
    desk.locator("#thread").focus()
    desk.keyboard.press("s")
    expect(desk.locator("#state-select")).to_be_focused()
    desk.keyboard.press("Escape")
    desk.locator("#thread").focus()
    desk.keyboard.press("?")
    desk.locator("#enter-setting").check()
    desk.keyboard.press("Escape")
    desk.locator("#words").fill("一行")
    desk.locator("#words").press("Enter")
    desk.locator("#words").type("两行")
    expect(desk.locator("#words")).to_have_value("一行\n两行")
    desk.locator("#words").press("Control+Enter")
    expect(page.get_by_text("两行").last).to_be_visible()
    desk.keyboard.press("Control+Alt+KeyE")
    expect(desk.locator("[data-then]")).to_have_text("结束，看下一个")
    desk.get_by_label("来办什么").select_option("咨询")
    desk.get_by_label("解决了", exact=True).check()
    desk.locator("[data-then]").click()
    expect(page.get_by_text("人工服务先到这里").last).to_be_visible()


def test_suggestions_follow_the_last_words(desk: Page, page: Page, product: str) -> None:
    """After «人工» there is nothing to suggest; the next question has its answers, once."""
    taken_over(desk, page, product)
    expect(desk.locator(".suggestions")).to_have_count(0)
    customer_says(page, product, "交强险是什么")
    expect(desk.locator(".suggestions button").first).to_contain_text("交强险")
    expect(desk.locator("#hints")).to_have_count(1)
    desk.locator("#thread").focus()
    desk.keyboard.press("1")
    expect(desk.locator("#words")).not_to_have_value("")


def test_the_end_owes_a_ticket_and_the_bar_counts(desk: Page, page: Page, product: str) -> None:
    """One more in hand, live; without a choice nothing ends; the promise is under «我的»."""
    customer_says(page, product, "转人工")
    waiting(desk, "转接")
    mine = desk.locator("#load b").first
    had = int(mine.inner_text().partition("/")[0])
    desk.get_by_role("button", name="接管").click()
    expect(mine).to_have_text(f"{had + 1}/6")
    desk.locator("summary", has_text="结束").click()
    button = desk.get_by_role("button", name="结束，交还机器人")
    button.click()
    expect(button).to_be_visible()
    # Nothing was said but «a person, please»: what it was about is the agent's to choose.
    expect(desk.get_by_label("来办什么")).to_have_value("")
    customer_says(page, product, "我想退保，交强险那份")
    desk.keyboard.press("Escape")
    desk.locator("summary", has_text="结束").click()
    expect(desk.get_by_label("来办什么")).to_have_value("保单查询变更")
    expect(desk.get_by_label("哪类保险")).to_have_value("车险")
    desk.get_by_label("还没有", exact=True).check()
    desk.get_by_label("还要跟进什么").fill("周一回电问进展")
    desk.get_by_label("不请", exact=True).check()
    desk.get_by_label("为什么不请评价").fill("伤者家属")
    button.click()
    expect(mine).to_have_text(f"{had}/6")
    desk.goto(f"{product}/console/tickets?view=mine")
    expect(desk.get_by_role("link", name="跟进客户")).to_be_visible()


def test_the_dot_tells_the_state_at_once(desks: list[Page], page: Page, product: str) -> None:
    """Chosen in another tab, or the pause of whoever lets an offer pass: dot and words agree."""
    one, two = desks
    two.locator("#state-select").select_option("busy")
    for desk in desks:
        expect(desk.locator("#state .dot")).to_have_class("dot dot-busy")
    expect(one.locator("#notices")).to_be_empty()
    two.locator("#state-select").select_option("online")
    expect(one.locator("#state .dot")).to_have_class("dot dot-online")
    customer_says(page, product, "转人工")
    expect(one.locator("#state .dot")).to_have_class("dot dot-away", timeout=60_000)
    expect(one.locator("#state-select option:checked")).to_contain_text("小休")
    expect(one.locator("#notices")).to_contain_text("您的状态改成了小休")
    two.locator("#state-select").select_option("online")
    expect(one.locator("#state .dot")).to_have_class("dot dot-online")


def test_a_double_click_writes_once_and_says_so(desk: Page, page: Page, product: str) -> None:
    """Notes, tags and notes on cases; nobody is told that somebody else was faster."""
    taken_over(desk, page, product)
    desk.locator('[data-mode="note"]').click()
    desk.locator("#words").fill("双击的备注")
    desk.locator("#composer > .btn").dblclick()
    notes = desk.locator("#thread .from-note", has_text="双击的备注")
    expect(notes).to_have_count(1)
    sent: list[str] = []
    desk.on("request", lambda one: sent.append(one.url) if one.method == "POST" else None)
    desk.locator("summary", has_text="贴一个").click()
    desk.get_by_role("button", name="要回访").dblclick()
    expect(desk.locator(".tags .chip", has_text="要回访")).to_be_visible()
    desk.wait_for_timeout(500)
    assert sum("/tag" in url for url in sent) == 1
    expect(desk.locator("#notices")).to_be_empty()
    expect(notes).to_have_count(1)
    desk.goto(f"{product}/console/tickets")
    desk.locator('a[href^="/console/tickets/TK"]').first.click()
    desk.locator("#note-text").fill("双击的案件备注")
    desk.get_by_role("button", name="存备注").dblclick()
    expect(desk.locator("#notices")).to_contain_text("办好了")
    expect(desk.locator(".history", has_text="双击的案件备注")).to_be_visible()
    expect(desk.get_by_text("双击的案件备注")).to_have_count(1)
    expect(desk.locator(".notice-bad")).to_have_count(0)


def test_a_note_whose_answer_never_came_is_one_note(desk: Page, page: Page, product: str) -> None:
    """The line breaks after the server has it: what goes out again is the same press."""
    taken_over(desk, page, product)
    cut: list[str] = []

    def once(route: Route) -> None:
        answer = route.fetch()
        if cut:
            route.fulfill(response=answer)
        else:
            cut.append(route.request.url)
            route.abort()

    desk.route("**/note", once)
    desk.locator('[data-mode="note"]').click()
    desk.locator("#words").fill("断线的备注")
    desk.locator("#words").press("Enter")
    expect(desk.locator(".on-its-way")).to_contain_text("网络不通")
    expect(desk.locator(".on-its-way")).to_have_count(0)
    expect(desk.locator("#thread .msg", has_text="断线的备注")).to_have_count(1)
    desk.reload()
    expect(desk.locator("#thread .msg", has_text="断线的备注")).to_have_count(1)
    assert len(cut) == 1


def test_the_address_is_that_of_what_is_shown(
    desk: Page, browser: Browser, page: Page, product: str
) -> None:
    """The tab that is chosen, the next customer after «end and next», none when none is left."""
    context = browser.new_context(locale="zh-CN", viewport={"width": 390, "height": 844})
    for visitor in (page, context.new_page()):
        taken_over(desk, visitor, product)
    ended = _open(desk)
    desk.get_by_role("tab", name="我的").click()
    expect(desk).to_have_url(f"{product}/console/inbox?tab=mine&c={ended}")
    desk.keyboard.press("Control+Alt+KeyE")
    desk.locator("#reason").select_option("咨询")
    desk.get_by_label("解决了", exact=True).check()
    desk.locator("[data-then]").click()
    expect(desk.locator(".conversation")).not_to_have_attribute("data-id", ended)
    expect(desk).to_have_url(f"{product}/console/inbox?tab=mine&c={_open(desk)}")
    context.close()


def test_a_key_leaves_the_menu_of_states_as_it_was(
    desk: Page, browser: Browser, page: Page, product: str
) -> None:
    """Alt+J goes on to the next customer and does not take the state that was only pointed at."""
    context = browser.new_context(locale="zh-CN", viewport={"width": 390, "height": 844})
    for visitor in (page, context.new_page()):
        taken_over(desk, visitor, product)
    desk.get_by_role("tab", name="我的").click()
    expect(desk.locator(".row-item.open")).to_have_count(1)
    # Not the list that stood there before.
    expect(desk.locator(".rows")).to_have_attribute("data-tab", "mine")
    desk.locator(".row-item a").first.click()
    expect(desk.locator(".row-item").first).to_have_class(re.compile("open"))
    expect(desk.locator("#words")).to_be_focused()
    first, state = _open(desk), desk.locator("#state-select").input_value()
    sent: list[str] = []
    desk.on("request", lambda one: sent.append(one.url) if one.method == "POST" else None)
    desk.locator("#state-select").evaluate("it => { it.focus(); it.selectedIndex = 1; }")
    desk.keyboard.press("Alt+KeyJ")
    expect(desk.locator(".conversation")).not_to_have_attribute("data-id", first)
    expect(desk.locator("#state-select")).to_have_value(state)
    expect(desk.locator("#state-select")).not_to_be_focused()
    assert not [url for url in sent if url.endswith("/state")]
    context.close()


def test_a_press_on_a_row_is_not_lost_when_the_list_moves(desk: Page, product: str) -> None:
    """While the button is down the rows stand still; then the list shows what came."""
    ask(product, "came-before-visitor")
    desk.get_by_role("tab", name="全部").click()
    expect(desk.locator(".rows")).to_have_attribute("data-tab", "all")
    row = desk.locator(".row-item").first
    row.hover()
    desk.mouse.down()
    wanted = str(row.get_attribute("data-id"))
    # On a busy machine a look at the list may be under way already; it waits for the button, too,
    # and so the next look does not begin.
    ask(product, "comes-meanwhile-visitor")
    desk.wait_for_timeout(1_500)
    expect(row).to_have_attribute("data-id", wanted)
    desk.mouse.up()
    expect(desk.locator(".conversation")).to_have_attribute("data-id", wanted)
    expect(row).not_to_have_attribute("data-id", wanted)


def test_ones_own_press_is_no_loss(desks: list[Page], page: Page, product: str) -> None:
    """What I put back in one tab is not told in the other as if somebody had taken it."""
    one, two = desks
    taken_over(one, page, product)
    two.goto(one.url)
    one.get_by_role("button", name="放回排队").dblclick()
    for desk in desks:
        expect(desk.locator(".chip", has_text="排队中")).to_be_visible()
        expect(desk.locator(".notice-bad")).to_have_count(0)


def test_a_long_list_has_no_end_and_keeps_its_place(desk: Page, product: str) -> None:
    """Hundreds wait: scrolling reaches the last, a few pages stand there, news moves nothing."""
    for number in range(_MANY):
        ask(product, f"long-{number:04d}-visitor")
    desk.get_by_role("tab", name="机器人中").click()
    desk.get_by_role("tab", name="排队").click()
    rows = desk.locator(".rows")
    expect(rows).to_have_attribute("data-more", "yes")
    # The list may be of a moment before the last wish; customers of other tests may wait again.
    expect(rows).to_have_attribute("data-queue", _THAT_MANY)
    count = int(rows.get_attribute("data-queue") or 0)
    for _ in range(60):
        rows.evaluate("one => { one.scrollTop += 3000; }")
        desk.wait_for_timeout(100)
    expect(desk.locator(".row-item").last).to_be_in_viewport()
    assert desk.locator(".row-item").count() <= 200
    assert rows.evaluate("one => one.scrollHeight") > 80 * _MANY
    before = rows.evaluate("one => one.scrollTop")
    ask(product, "one-more-visitor")
    expect(desk.locator("#load b").nth(1)).not_to_have_text(str(count))
    assert rows.evaluate("one => one.scrollTop") == before
    rows.evaluate("one => { one.scrollTop = 0; }")
    expect(desk.locator(".row-item").first).to_be_in_viewport()


def ask(product: str, session: str) -> None:
    """Let somebody ask for a person."""
    body = {"session": session, "client_id": f"c-{session}", "text": "转人工"}
    request = urllib.request.Request(
        f"{product}/chat/api/messages", json.dumps(body).encode(),
        {"Content-Type": "application/json"},
    )  # fmt: skip
    with urllib.request.urlopen(request, timeout=20) as answer:
        assert answer.status == 200
