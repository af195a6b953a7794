"""A throw-away PostgreSQL server on a free port; never the machine's own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# A process that is killed loses nothing that the kernel holds: only a power cut would.
_HASTY = (
    " -c fsync=off -c full_page_writes=off -c synchronous_commit=off -c autovacuum=off"
    " -c wal_level=minimal -c max_wal_senders=0"
)


@contextmanager
def throwaway_server(*, hasty: bool = False) -> Iterator[str]:
    """Start a server and yield its URL without a database name; stop it and remove its files.

    A ``hasty`` one waits for no disk: it survives what tests do to it, not a power cut.
    """
    binaries = _binaries()
    folder = Path(tempfile.mkdtemp(prefix="anda-pg-"))
    port = free_port()
    try:
        _own(folder)
        _run(binaries / "initdb", "-D", folder / "data", "-A", "trust", "-E", "UTF8",
             "--locale=C.UTF-8", "-U", "postgres")  # fmt: skip
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c max_connections=200"
        options += _HASTY if hasty else ""
        _run(binaries / "pg_ctl", "-D", folder / "data", "-o", options, "-l", folder / "log",
             "-w", "start")  # fmt: skip
        yield f"postgresql+psycopg://postgres@127.0.0.1:{port}"
    finally:
        if (folder / "data" / "postmaster.pid").exists():
            _run(binaries / "pg_ctl", "-D", folder / "data", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _binaries() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    path = str(found[-1]) if found else shutil.which("initdb")
    if path is None:
        raise RuntimeError("PostgreSQL is missing: run `make test`, which installs it")
    return Path(path).parent


def _own(folder: Path) -> None:
    """The server refuses to run as root, so root gives the folder to the user postgres."""
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")


def _run(*command: str | Path) -> None:
    words = [str(word) for word in command]
    if os.geteuid() == 0:
        words = ["su", "postgres", "-s", "/bin/sh", "-c", " ".join(map(_quoted, words))]
    done = subprocess.run(words, capture_output=True, text=True, check=False, cwd="/")
    if done.returncode:
        raise RuntimeError(f"{words} failed: {done.stderr or done.stdout}")


def _quoted(word: str) -> str:
    return "'" + word.replace("'", "'\\''") + "'"
