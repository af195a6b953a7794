"""Play any dialogue file over the channels: `python -m tests.channel_dialogues FILE.yaml`.

Each dialogue is played in the terminal's way, over a fake Telegram Bot API, and over the
encrypted WeChat callback; a line says how many pass, and whether the records are the same.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from bot.bootstrap import App
from bot.scripts.player import Play, Stage
from bot.scripts.script import Script, load
from bot.settings import Settings
from tests.bot.channels.telegram import fake_api as telegram
from tests.bot.channels.wechat import fake_api as wechat
from tests.conftest import SECRET
from tests.over_channels import OverTelegram, OverWeChat

Line = Mapping[str, Any]


def plain(stage: Stage, script: Script) -> Line:
    """Play a dialogue as `anda chat` does."""
    return Play(stage, script).run()


def over_telegram(stage: Stage, script: Script) -> Line:
    """Play a dialogue with updates and Bot API calls."""
    with telegram.running() as api:
        return OverTelegram(stage, script, api=api).run()


def over_wechat(stage: Stage, script: Script) -> Line:
    """Play a dialogue with encrypted pushes, passive replies and customer-service messages."""
    with wechat.running() as api:
        return OverWeChat(stage, script, api=api).run()


WAYS: Mapping[str, Callable[[Stage, Script], Line]] = {
    "chat": plain, "telegram": over_telegram, "wechat": over_wechat,
}  # fmt: skip


def main() -> int:
    """Play a file and say how it went."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--over", choices=[*WAYS, "all"], default="all")
    parser.add_argument("--only", default="")
    asked = parser.parse_args()
    scripts = [script for script in load(asked.file) if asked.only in ("", script.id)]
    ways = list(WAYS) if asked.over == "all" else [asked.over]
    with tempfile.TemporaryDirectory() as folder:
        base = App(Settings(secret_key=SECRET.decode(), database_url="sqlite://"))
        stage = Stage(base, Path(folder))
        lines = {way: [WAYS[way](stage, script) for script in scripts] for way in ways}
    bad = 0
    for way, played in lines.items():
        failed = [line for line in played if line["failed"]]
        bad += len(failed)
        sys.stdout.write(f"{way}: {len(played) - len(failed)}/{len(played)}\n")
        for line in failed:
            sys.stdout.write(f"  {line['id']}: {'; '.join(map(str, line['failed']))}\n")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
