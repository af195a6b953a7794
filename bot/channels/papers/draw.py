"""Draw a document in a process of its own: `python -m bot.channels.papers.draw` < JSON > PDF.

Drawing keeps a whole core busy for the better part of a second. In the server's own process it
would hold up every customer's turn; here the machine's other core does it, and nothing stays.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

import orjson

from bot.channels.papers.policy_pdf import Issuer, PolicyPaper, render

_TIMEOUT_S = 30


def drawn(paper: PolicyPaper, issuer: Issuer, at: datetime) -> bytes | None:
    """Return the PDF, None when it could not be drawn; call it in a thread."""
    asked = orjson.dumps({"paper": asdict(paper), "issuer": asdict(issuer), "at": at})
    command = [sys.executable, "-m", "bot.channels.papers.draw"]
    try:
        # S603 asks whether the command is trusted: it is this module, named here, run by the Python
        # that runs us, without a shell. What customers wrote goes to its input only. A process of
        # its own because drawing holds the interpreter for a second, and answers would wait.
        done = subprocess.run(  # noqa: S603 - our own module, no shell
            command, input=asked, capture_output=True, timeout=_TIMEOUT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 and done.stdout.startswith(b"%PDF-") else None


def main() -> None:
    """Read what to draw, and write it."""
    asked: dict[str, Any] = orjson.loads(sys.stdin.buffer.read())
    paper = asked["paper"]
    paper["starts_at"] = datetime.fromisoformat(paper["starts_at"])
    paper["ends_on"] = date.fromisoformat(paper["ends_on"])
    at = datetime.fromisoformat(asked["at"])
    sys.stdout.buffer.write(render(PolicyPaper(**paper), Issuer(**asked["issuer"]), at))


if __name__ == "__main__":
    main()
