"""Install what the tests need from the system, where it is missing: PostgreSQL, Chromium, a font.

On Debian-like machines with root or sudo; elsewhere say in one line what to install.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path


def main() -> None:
    """Install what is missing."""
    missing = [package for package, present in _needed() if not present]
    if not missing:
        return
    if shutil.which("apt-get") is None:
        sys.exit(f"测试需要这些系统软件，请先安装：{'、'.join(missing)}")
    print(f"正在安装测试需要的系统软件：{' '.join(missing)}", flush=True)
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing],
    ):
        done = subprocess.run([*sudo, *command], env=environment, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"{' '.join(command)} 没有成功：{done.stderr.strip().splitlines()[-1:]}")


def _needed() -> list[tuple[str, bool]]:
    return [
        (
            "postgresql",
            any(Path("/usr/lib/postgresql").glob("*/bin/initdb")) or bool(shutil.which("initdb")),
        ),
        ("chromium", any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome")))),
        ("fonts-noto-cjk", _has_chinese_font()),
    ]


def _has_chinese_font() -> bool:
    if sys.platform == "darwin":
        return True
    if shutil.which("fc-list") is None:
        return False
    done = subprocess.run(["fc-list", ":lang=zh"], capture_output=True, text=True)
    return bool(done.stdout.strip())


main()
