"""The same dialogues pass over Telegram and over WeChat's callback as in the terminal.

A few scenes in every run; the first N of every file with `ANDA_CHANNEL_DIALOGUES=N`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.bootstrap import App
from bot.scripts.player import Stage
from bot.scripts.script import Script, load
from tests.bot.channels.telegram import fake_api as telegram
from tests.bot.channels.telegram.fake_api import FakeBotApi
from tests.bot.channels.wechat import fake_api as wechat
from tests.bot.channels.wechat.fake_api import FakeApi
from tests.over_channels import OverTelegram, OverWeChat

FOLDER = Path(__file__).parent / "dialogues"
USUAL = (
    *("claim_report", "complaint", "verify", "policy_query", "human", "repair", "knowledge"),
    *("callback", "greet", "apply", "follow_up"),
)


def _scripts() -> dict[str, Script]:
    first = int(os.environ.get("ANDA_CHANNEL_DIALOGUES", "0"))
    names = sorted(path.stem for path in FOLDER.glob("*.yaml")) if first else USUAL
    return {
        f"{name}: {script.id}": script
        for name in names
        for script in load(FOLDER / f"{name}.yaml")[: first or 1]
    }


SCRIPTS = _scripts()


@pytest.fixture(scope="module")
def stage(parts: App, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """Return what all plays share; every play gets its own database."""
    return Stage(parts, tmp_path_factory.mktemp("stage"))


@pytest.fixture
def bot_api() -> Iterator[FakeBotApi]:
    """A Bot API of this play."""
    with telegram.running() as running:
        yield running


@pytest.fixture
def wechat_api() -> Iterator[FakeApi]:
    """A WeChat API of this play."""
    with wechat.running() as running:
        yield running


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
def test_over_telegram(script: Script, stage: Stage, bot_api: FakeBotApi) -> None:
    """The dialogue goes as written, with taps where buttons are shown."""
    line = OverTelegram(stage, script, api=bot_api).run()
    assert not line["failed"], _readable(line)


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
def test_over_wechat(script: Script, stage: Stage, wechat_api: FakeApi) -> None:
    """The dialogue goes as written, through encrypted pushes."""
    line = OverWeChat(stage, script, api=wechat_api).run()
    assert not line["failed"], _readable(line)


def _readable(line: dict[str, Any]) -> str:
    said = [str(failure) for failure in line["failed"]]
    for turn in line["turns"]:
        said += [f"> {turn['in']}", *(f"< {reply['text']}" for reply in turn["replies"])]
    return "\n".join(said)
