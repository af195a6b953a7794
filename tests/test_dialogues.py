"""Every transcript, played three ways; and the house rules for intents."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import intents
from bot.bootstrap import App
from bot.dialogue.flow import Flow
from bot.dialogue.registry import find_flows
from bot.scripts.player import Mode, Play, Stage
from bot.scripts.script import Script, load

FOLDER = Path(__file__).parent / "dialogues"
SCRIPTS = {
    f"{path.stem}: {script.id}": script
    for path in sorted(FOLDER.glob("*.yaml"))
    for script in load(path)
}
MODES = {
    "plain": Mode(),
    "restarted": Mode(restart=True),
    "doubled": Mode(twice=True),
}
FLOWS = find_flows(intents)
MODULES = sorted({flow.__module__.rpartition(".")[2] for flow in FLOWS})


@pytest.fixture(scope="session")
def stage(parts: App, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """Return what all plays share; every play gets its own database."""
    return Stage(parts, tmp_path_factory.mktemp("stage"))


@pytest.mark.parametrize("mode", MODES.values(), ids=MODES)
@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
def test_transcript(script: Script, mode: Mode, stage: Stage) -> None:
    """The dialogue goes as written, however often the process stops or the network repeats."""
    line = Play(stage, script, mode).run()
    assert not line["failed"], _readable(line)


def _readable(line: dict[str, Any]) -> str:
    said = []
    for turn in line["turns"]:
        if turn["in"].keys() != {"bot"}:
            said += [f"> {turn['in']}", *(f"< {reply['text']}" for reply in turn["replies"])]
        said += [f"    FAILED {failure}" for failure in turn["failed"]]
    return "\n".join([*map(str, line["failed"]), *said])


@pytest.mark.parametrize("module", MODULES)
def test_intent_has_a_transcript(module: str) -> None:
    """Adding an intent means adding its transcript."""
    assert (FOLDER / f"{module}.yaml").is_file()


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.name)
def test_examples_are_read_as_their_intent(flow: type[Flow], stage: Stage) -> None:
    """A flow has three sentences that lead to it, or buttons if it only follows another one."""
    if not flow.examples:
        assert flow.taps
        return
    read = {example: stage.base.reader.read(example).intent for example in flow.examples}
    assert len(read) >= 3
    assert set(read.values()) == {flow.name}, read


def test_taps_lead_to_one_flow() -> None:
    """No button begins two flows."""
    taps = [tap for flow in FLOWS for tap in flow.taps]
    assert len(taps) == len(set(taps))
