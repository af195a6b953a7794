"""Load the product once, then fork a real server for every `start` line on stdin."""

from __future__ import annotations

import gc
import os
import sys

import bot.web  # noqa: F401  # loaded before the first fork, like everything else
from bot.bootstrap import App
from bot.cli.serve import Role, serve_parts


def main() -> None:
    """Answer `start` with a process id and `wait` with the exit status of that process."""
    parts = App.from_configuration()
    _ = parts.engine
    gc.freeze()
    server = 0
    for line in sys.stdin:
        if line.strip() == "start":
            server = _fork(parts, int(sys.argv[1]))
            _say(server)
        else:
            _, status = os.waitpid(server, 0)
            _say(os.waitstatus_to_exitcode(status))


def _fork(parts: App, port: int) -> int:
    if pid := os.fork():
        return pid
    sys.stdin.close()
    # The knowledge base and the readers are read-only; the server takes them as they are.
    serve_parts(parts, Role.ALL, "127.0.0.1", port)
    os._exit(0)


def _say(what: int) -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
