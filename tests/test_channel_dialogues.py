"""The same dialogues pass over Telegram and over WeChat's callback as in the terminal.

A few scenes in every run; the first N of every file with `ANDA_CHANNEL_DIALOGUES=N`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.bootstrap import App
from bot.scripts.player import Play, Stage
from bot.scripts.script import Script, load
from tests.bot.channels.telegram import fake_api as telegram
from tests.bot.channels.telegram.fake_api import FakeBotApi
from tests.bot.channels.wechat import fake_api as wechat
from tests.bot.channels.wechat.fake_api import FakeApi
from tests.over_channels import OverTelegram, OverWeChat

FOLDER = Path(__file__).parent / "dialogues"
# WeChat has no buttons: they become a line.
_OPTIONS = re.compile(r"^可以直接回复：.*$", re.MULTILINE)
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
    """The dialogue goes as written, with taps where buttons are shown, and as in the terminal."""
    line = OverTelegram(stage, script, api=bot_api).run()
    assert not line["failed"], _readable(line)
    _same(Play(stage, script).run(), line)


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
def test_over_wechat(script: Script, stage: Stage, wechat_api: FakeApi) -> None:
    """The dialogue goes as written, through encrypted pushes, and as in the terminal."""
    line = OverWeChat(stage, script, api=wechat_api).run()
    assert not line["failed"], _readable(line)
    _same(Play(stage, script).run(), line)


def _same(chat: dict[str, Any], channel: dict[str, Any]) -> None:
    """What the terminal says is said on the channel, turn by turn, and leaves the same records."""
    assert channel["records"] == chat["records"]
    for there, here in zip(chat["turns"], channel["turns"], strict=True):
        said = _bare("".join(reply["text"] for reply in here["replies"]))
        lacking = [r["text"] for r in there["replies"] if _bare(r["text"]) not in said]
        assert not lacking, (there["in"], said)


def _bare(text: str) -> str:
    """Return a text without what each channel lays out in its own way: blanks, buttons."""
    return "".join(_OPTIONS.sub("", text).split())


def _readable(line: dict[str, Any]) -> str:
    said = [str(failure) for failure in line["failed"]]
    for turn in line["turns"]:
        said += [f"> {turn['in']}", *(f"< {reply['text']}" for reply in turn["replies"])]
    return "\n".join(said)
