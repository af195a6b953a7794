"""A real headless Chromium for the browser tests."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    Page,
    expect,
    sync_playwright,
)

from tests import warm
from tests.browser.chat_kit import PHONE, Visit, visit
from tests.browser.fake_chat import FakeChat
from tests.postgres import free_port

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# A machine that runs other tests beside these is slow: wait long before calling it a failure.
expect.set_options(timeout=20_000)
ROOT = Path(__file__).parents[2]
# The shell draws the same pages without the windows around them: a quarter less to compute.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, for one module: while it runs, its event loop holds the test's thread."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    with sync_playwright() as playwright:
        if path is None and not Path(playwright.chromium.executable_path).exists():
            pytest.fail("Chromium is missing: run `make test`, which installs it", pytrace=False)
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A phone-sized page in a profile of its own."""
    context = browser.new_context(locale="zh-CN", viewport={"width": 390, "height": 844})
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the demo branch in it, made once: modules copy it."""
    folder = tmp_path_factory.mktemp("prepared")
    warm.run("bot", "setup", "--quiet", environment={**os.environ, **_places(folder)})
    return folder


def _places(folder: Path) -> dict[str, str]:
    return {
        "ANDA_DATA_DIR": str(folder),
        "ANDA_DATABASE_URL": f"sqlite:///{folder / 'anda.db'}",
    }


@pytest.fixture(scope="module")
def product_folder(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the product of this module keeps its data."""
    return Path(shutil.copytree(prepared, tmp_path_factory.mktemp("product") / "data"))


@pytest.fixture(scope="module")
def product(product_folder: Path) -> Iterator[str]:
    """The address of `anda serve --prepare` with a database and demo data of its own."""
    folder, port = product_folder, free_port()
    address = f"http://127.0.0.1:{port}"
    environment = {
        **os.environ,
        **_places(folder),
        "ANDA_PUBLIC_URL": address,
        # The desk is staffed whenever the tests happen to run.
        "ANDA_DESK__OPENS": "00:00",
        "ANDA_DESK__CLOSES": "23:59",
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
    for _ in range(720):
        assert server.poll() is None, "the server ended"
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=2):
                return
        except OSError:
            time.sleep(0.25)
    raise AssertionError("the server was not ready within three minutes")


@pytest.fixture
def here(browser: Browser) -> Iterator[Visit]:
    """A desktop visit that must end without a single console error."""
    with ExitStack() as stack:
        here = visit(browser, stack, FakeChat())
        yield here
        assert here.errors == []


@pytest.fixture
def phone(browser: Browser) -> Iterator[Visit]:
    """The same on a phone."""
    with ExitStack() as stack:
        here = visit(browser, stack, FakeChat(), viewport=PHONE, is_mobile=True, has_touch=True)
        yield here
        assert here.errors == []
