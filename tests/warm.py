"""Programs that start in a moment: forked from a process that has loaded the product before.

What is forked has no thread, no connection and no file open; it runs its module from the
beginning, with words, environment and streams of its own, exactly as one that starts cold.
"""

from __future__ import annotations

import multiprocessing
import os
import runpy
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from functools import cache
from multiprocessing.context import ForkServerContext
from pathlib import Path

ROOT = Path(__file__).parents[1]
LONGEST_S = 300.0
# In this order: the last one keeps the collector from going through what the others loaded.
_LOADED = ["bot.cli.main", "tests.crash.dying", "tests.crash.server", "tests.settled"]


def run(
    module: str,
    *words: str,
    environment: Mapping[str, str] | None = None,
    stdin: str = "",
    check: bool = True,
) -> subprocess.CompletedProcess[str]:
    """Do what ``python -m module words`` does, and return how it ended.

    Raises ``subprocess.CalledProcessError`` when it failed, unless it may: then ``check`` is off.
    """
    given = dict(os.environ if environment is None else environment)
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder, name) for name in ("in", "out", "err")]
        files[0].write_text(stdin, encoding="utf-8")
        program = _warm().Process(target=_begin, args=(module, words, given, files))
        program.start()
        program.join(LONGEST_S)
        if program.exitcode is None:
            program.kill()
            program.join()
        out, err = (file.read_text(encoding="utf-8") for file in files[1:])
    status = program.exitcode if program.exitcode is not None else 1
    program.close()
    done = subprocess.CompletedProcess([module, *words], status, out, err)
    if check and status:
        raise subprocess.CalledProcessError(status, done.args, out, err)
    return done


@cache
def _warm() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_LOADED)
    return context


def _begin(
    module: str, words: tuple[str, ...], environment: dict[str, str], files: list[Path]
) -> None:
    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(environment)
    ways = (os.O_RDONLY, os.O_WRONLY | os.O_CREAT, os.O_WRONLY | os.O_CREAT)
    for number, (file, way) in enumerate(zip(files, ways, strict=True)):
        os.dup2(os.open(file, way, 0o600), number)
    # Python closed the standard input of what it has forked.
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - until the process ends
    sys.argv = [module, *words]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
