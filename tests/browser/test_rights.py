"""A request about personal data in a real browser: recorded, looked at, the copy downloaded."""

from __future__ import annotations

import zipfile
from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.browser.desk_kit import entered, faults_of


def test_a_copy_is_recorded_checked_and_downloaded(
    browser: Browser, product: str, product_folder: Path, tmp_path: Path
) -> None:
    """From the customer's page to the file in hand; what is kept and why is read on the way."""
    context = browser.new_context(locale="zh-CN", viewport={"width": 1366, "height": 900})
    page = context.new_page()
    faults = faults_of(page)
    entered(page, product, product_folder, "刘洋")
    page.goto(f"{product}/console/customers/DEMO-0001")
    page.get_by_role("link", name="登记个人信息请求").click()
    expect(page.locator("h1")).to_have_text("个人信息请求")
    page.get_by_label("要做什么").select_option("privacy_export")
    expect(page.get_by_label("客户编号")).to_have_value("DEMO-0001")
    page.get_by_role("button", name="登记", exact=True).click()
    made = page.get_by_role("status").get_by_role("link")
    number = made.inner_text()
    made.click()
    expect(page.locator("h1")).to_have_text("导出个人信息")
    plan = page.locator("section.panel", has_text="会怎样")
    expect(plan).to_contain_text("保险合同还在有效期内")
    assert "张伟示" not in page.locator("main").inner_text()
    step = page.locator("details.act", has_text="导出全部信息")
    step.locator("summary").click()
    step.get_by_label("怎么核实本人的").select_option("counter")
    with page.expect_download() as coming:
        step.get_by_role("button", name="下载").click()
    path = tmp_path / "copy.zip"
    coming.value.save_as(path)
    names = zipfile.ZipFile(path).namelist()
    assert names == [f"{number}.json", f"{number}.html", f"{number}.pdf"]
    page.goto(f"{product}/console/rights?view=done")
    expect(page.locator("table.list")).to_contain_text(number)
    page.goto(f"{product}/console/rights")
    assert faults == []
    context.close()
