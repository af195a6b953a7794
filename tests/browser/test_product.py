"""The whole product as a stranger starts it: a real server process and a real browser."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.postgres import free_port

pytestmark = pytest.mark.xdist_group("browser")
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of `anda serve --prepare` with a database and demo data of its own."""
    folder, port = tmp_path_factory.mktemp("product"), free_port()
    address = f"http://127.0.0.1:{port}"
    environment = {
        **os.environ,
        "ANDA_DATA_DIR": str(folder),
        "ANDA_DATABASE_URL": f"sqlite:///{folder / 'anda.db'}",
        "ANDA_PUBLIC_URL": address,
    }
    command = [sys.executable, "-m", "bot", "serve", "--prepare", "--port", str(port)]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            _wait_until_healthy(address, server)
            yield address
        finally:
            server.send_signal(signal.SIGTERM)
            status = server.wait(15)
    assert status == 0, (folder / "log").read_text()[-2000:]


def _wait_until_healthy(address: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(240):
        assert server.poll() is None, "the server ended"
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=2):
                return
        except OSError:
            time.sleep(0.25)
    raise AssertionError("the server was not ready within a minute")


def say(page: Page, text: str) -> None:
    """Type and send."""
    page.get_by_label("输入消息").fill(text)
    page.get_by_role("button", name="发送", exact=True).click()


def test_a_customer_reports_an_accident_in_the_browser(product: str, page: Page) -> None:
    """One breath, one card, one number; the claim survives a reload."""
    page.goto(f"{product}/chat")
    say(page, "刚才在卫津路追尾了 津A12345 没人伤 报警了 能开 我叫张伟 13800000001")
    expect(page.get_by_text("请您核对一下").last).to_be_visible()
    page.get_by_role("button", name="确认提交").last.click()
    number = re.compile(r"CL\d{14}")
    expect(page.get_by_text(number).last).to_be_visible()
    page.reload()
    expect(page.get_by_text(number).last).to_be_visible()


def test_a_question_is_answered_with_its_figures(product: str, page: Page) -> None:
    """The knowledge base answers in the page."""
    page.goto(f"{product}/chat")
    say(page, "交强险赔多少")
    expect(page.get_by_text("18 万元").last).to_be_visible()
