"""Create the virtual environment; where venv is missing on Debian, install it first."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

if sys.version_info < (3, 11):
    sys.exit(f"需要 Python 3.11 或更新版本，现在是 {sys.version.split()[0]}")


def main() -> None:
    """Make the environment in the folder named on the command line, unless it works already."""
    folder = Path(sys.argv[1])
    if (folder / "bin" / "pip").exists() and _works(folder):
        return
    print("正在创建运行环境（第一次需要一两分钟）……", flush=True)
    shutil.rmtree(folder, ignore_errors=True)
    if _create(folder):
        return
    _install_venv()
    if not _create(folder):
        sys.exit("无法创建虚拟环境：请先安装 python3-venv")


def _works(folder: Path) -> bool:
    done = subprocess.run(
        [folder / "bin" / "python", "-m", "pip", "--version"], capture_output=True
    )
    return done.returncode == 0


def _create(folder: Path) -> bool:
    done = subprocess.run([sys.executable, "-m", "venv", str(folder)], capture_output=True)
    return done.returncode == 0


def _install_venv() -> None:
    if shutil.which("apt-get") is None:
        return
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    quiet = {"stdout": subprocess.DEVNULL}
    subprocess.run([*sudo, "apt-get", "update", "-qq"], check=False, **quiet)
    subprocess.run([*sudo, "apt-get", "install", "-y", "-qq", "python3-venv"], check=False, **quiet)


main()
