"""Install what the tests need from the system, where it is missing: PostgreSQL, Chromium, a font.

On Debian-like machines with root or sudo; elsewhere say in one line what to install. Where the
system has no Chromium to give (Ubuntu has only a snap), Playwright brings its own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

CHROMIUM = "chromium"
# The shell alone draws pages faster than the whole browser; not every system has it.
SHELL = "chromium-headless-shell"
_BROWSERS = (SHELL, "chromium", "chromium-browser", "google-chrome")
_PLAYWRIGHT = ("~/.cache/ms-playwright", "~/Library/Caches/ms-playwright")


def main() -> None:
    """Install what is missing."""
    missing = [package for package, present in _needed() if not present]
    if not missing:
        return
    print(f"正在安装测试需要的系统软件：{' '.join(missing)}", flush=True)
    others = [package for package in missing if package != CHROMIUM]
    if others and (trouble := _install(others)):
        sys.exit(f"测试需要这些系统软件，请先安装：{'、'.join(others)}（{trouble}）")
    if CHROMIUM in missing and (trouble := _browser()):
        sys.exit(f"测试需要 Chromium，请先安装（{trouble}）")


def _browser() -> str:
    """Return '' when there is a browser now: the shell, the whole one, or Playwright's own."""
    return _install([SHELL]) and _install([CHROMIUM]) and _playwright_chromium()


def _install(packages: list[str]) -> str:
    """Return '' when the system's own packages were installed, else why not."""
    if shutil.which("apt-get") is None:
        return "这里没有 apt-get"
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return _run([*sudo, "apt-get", "update", "-qq"], environment) or _run(
        [*sudo, "apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages],
        environment,
    )


def _playwright_chromium() -> str:
    python = Path(".venv/bin/python")
    return _run([str(python), "-m", "playwright", "install", CHROMIUM], dict(os.environ))


def _run(command: list[str], environment: dict[str, str]) -> str:
    """Return '' when the command ended well, else its last words."""
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
    except OSError as error:
        return str(error)
    words = done.stderr.strip().splitlines() or done.stdout.strip().splitlines() or ["没有成功"]
    return "" if done.returncode == 0 else words[-1]


def _needed() -> list[tuple[str, bool]]:
    return [
        (
            "postgresql",
            any(Path("/usr/lib/postgresql").glob("*/bin/initdb")) or bool(shutil.which("initdb")),
        ),
        (CHROMIUM, any(map(shutil.which, _BROWSERS)) or _has_playwright_chromium()),
        ("fonts-noto-cjk", _has_chinese_font()),
    ]


def _has_playwright_chromium() -> bool:
    return any(any(Path(folder).expanduser().glob("chromium*")) for folder in _PLAYWRIGHT)


def _has_chinese_font() -> bool:
    if sys.platform == "darwin":
        return True
    if shutil.which("fc-list") is None:
        return False
    done = subprocess.run(["fc-list", ":lang=zh"], capture_output=True, text=True)
    return bool(done.stdout.strip())


if __name__ == "__main__":
    main()
