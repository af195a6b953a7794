"""Print every pattern that our code compiles to understand a message, as JSON, one a line.

`python -m tests.patterns_in_use` is a process of its own: it listens to the compiler before any of
our modules is loaded, and hears of what is written in files a clerk can change as well.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import Any

ROOT = str(Path(__file__).parents[1])
ATTRIBUTES = ("sounds_like", "told_by", "mine_by", "picked_by", "asked_by", "declined_by")
_WORDS = "我要报案，昨天下午三点在南京路追尾了，车牌津A12345，电话13900000000，要赔吗？"


def heard() -> dict[tuple[str, int], str]:
    """Load what understands a message, let it read one, and return the patterns with their places.

    Only patterns compiled by files of ours count, not those of libraries.
    """
    compiler: Any = import_module("re._compiler")
    compiled, found = compiler.compile, dict[tuple[str, int], str]()

    def listening(pattern: Any, flags: int = 0) -> Any:
        place = _ours()
        if isinstance(pattern, str) and place:
            found.setdefault((pattern, int(flags)), place)
        return compiled(pattern, flags)

    compiler.compile = listening
    _use()
    compiler.compile = compiled
    return found


def _ours() -> str:
    frame: FrameType | None = sys._getframe(2)  # who called is what is asked
    while frame and ("/re/" in frame.f_code.co_filename or frame.f_code.co_name == "compile"):
        frame = frame.f_back
    if frame is None:
        return ""
    name = frame.f_code.co_filename
    ours = name.startswith(ROOT) and "/.venv/" not in name and "/tests/" not in name
    return f"{name[len(ROOT) + 1 :]}:{frame.f_lineno}" if ours else ""


def _use() -> None:
    from bot.bootstrap import App  # noqa: PLC0415 - only now, for its modules compile
    from bot.dialogue.state import DialogueState  # noqa: PLC0415 - as above
    from bot.settings import Settings  # noqa: PLC0415 - as above

    app = App(Settings(secret_key="x" * 32, database_url="sqlite://"))
    app.engine.understander.commands(_WORDS, DialogueState(), app.now())
    for flow in app.registry.flows.values():
        for slot in flow.slots.values():
            slot.type.find(_WORDS, app.now())
            slot.type.answer(_WORDS, app.now())


def main() -> None:
    """Write them to standard output."""
    for (pattern, flags), place in heard().items():
        sys.stdout.write(json.dumps([pattern, flags, place]) + "\n")


if __name__ == "__main__":
    main()
