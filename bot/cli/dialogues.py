"""`anda dialogues`: play dialogue scripts, each in a scratch database, through the same engine."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.bootstrap import App
from bot.cli import jsonl
from bot.scripts.player import Mode, Play, Stage
from bot.scripts.script import load


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(dialogues)


def dialogues(
    file: Annotated[Path, typer.Argument(help="YAML 对话脚本", exists=True, dir_okay=False)],
    as_lines: Annotated[bool, typer.Option("--jsonl")] = False,
    only: Annotated[str, typer.Option(help="只播放这一段")] = "",
) -> int:
    """播放对话脚本；有检查没通过时退出码为 1。"""
    scripts = [s for s in load(file) if not only or s.id == only]
    if not scripts:
        raise typer.BadParameter(f"{file} 里没有 {only or '任何对话'}")
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(App.from_configuration(), Path(folder))
        for script in scripts:
            line = Play(stage, script, Mode()).run()
            failures += bool(line["failed"])
            jsonl.write(line) if as_lines else _show(line)
    return 1 if failures else 0


def _show(line: dict[str, Any]) -> None:
    print(f"== {line['id']}：{'通过' if not line['failed'] else '未通过'}")
    for turn in line["turns"]:
        print(f"  > {turn['in']}")
        for reply in turn["replies"]:
            print(f"  < {reply['text']}".replace("\n", "\n    "))
    for failure in line["failed"]:
        print(f"  ✗ {failure}")
